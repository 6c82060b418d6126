package simulated

import (
	"github.com/wavetank/wavetank/internal/simulator/journal"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/scenarios"
)

// Spill is a disk for what a run's streams have no room for in memory: unlinked temporary files. failed is told once, where
// they are full and the scenario wants that to be a failure. Whoever makes it closes it when the run is over.
func Spill(s scenarios.Storage, failed func(error)) (disk *kinesis.Disk, closing func() error, err error) {
	files := journal.Temporary("", journal.Config{MaxBytes: int64(s.Disk)})
	disk, err = kinesis.NewDisk(kinesis.DiskConfig{Journal: files, WhenFull: kinesis.WhenFull(s.Full), Failed: failed})
	return disk, files.Close, err
}

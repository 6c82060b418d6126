package simulated

import (
	"github.com/wavetank/wavetank/internal/simulator/journal"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// Spill is a disk for what a run's streams have no room for in memory: unlinked temporary files, up to 10 GiB, at which the
// oldest records are trimmed. Whoever makes it closes it when the run is over.
func Spill() (disk *kinesis.Disk, closing func() error, err error) {
	files := journal.Temporary("", journal.Config{})
	disk, err = kinesis.NewDisk(kinesis.DiskConfig{Journal: files})
	return disk, files.Close, err
}

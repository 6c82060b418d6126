package main

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/internal/simulator/journal"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/scenarios"
)

// diskFlags say what outlives serve, and where records go that do not fit into memory.
type diskFlags struct {
	data, memory, disk, full string

	given                  func(flag string) bool // whether a flag was on the command line; nil: none was
	memoryBytes, diskBytes scenarios.Bytes
}

func (f *diskFlags) add(c *cobra.Command) {
	f.given = c.Flags().Changed
	c.Flags().StringVar(&f.data, "data", "", "keep Kinesis in `DIR`: what is acknowledged survives the end of the process")
	c.Flags().StringVar(&f.memory, "memory", "1GiB", "the most memory that records take; others are read from disk")
	c.Flags().StringVar(&f.disk, "disk", "10GiB", "the most disk space that records take, in --data or else in unlinked temporary files")
	c.Flags().StringVar(&f.full, "full", string(kinesis.Trim), "what is done when that is reached: trim the oldest records, refuse new ones, or fail and end")
}

// check reads the flags' values.
func (f *diskFlags) check() (err error) {
	const least = 1 << 20
	for _, size := range []struct {
		flag, text string
		to         *scenarios.Bytes
	}{{"memory", f.memory, &f.memoryBytes}, {"disk", f.disk, &f.diskBytes}} {
		if *size.to, err = scenarios.ParseBytes(size.text); err != nil {
			return fmt.Errorf("--%s %s: %w", size.flag, size.text, err)
		}
		if *size.to < least {
			return fmt.Errorf("--%s %s: want 1MiB at least", size.flag, size.text)
		}
	}
	switch kinesis.WhenFull(f.full) {
	case kinesis.Trim, kinesis.Refuse, kinesis.Fail:
		return nil
	}
	return fmt.Errorf("--full %s: want trim, refuse or fail", f.full)
}

// fill takes from a scenario what no flag says.
func (f *diskFlags) fill(s scenarios.Storage) {
	given := func(flag string) bool { return f.given != nil && f.given(flag) }
	if s.Memory > 0 && !given("memory") {
		f.memoryBytes = s.Memory
	}
	if s.Disk > 0 && !given("disk") {
		f.diskBytes = s.Disk
	}
	if s.Full != "" && !given("full") {
		f.full = s.Full
	}
}

// open opens the disk. Whoever does closes it when nothing uses it any more. failed is told once, where the disk is full and
// that is a failure; what else goes wrong with it is written to standard error.
func (f *diskFlags) open(stderr io.Writer, failed func(error)) (*kinesis.Disk, io.Closer, error) {
	config := journal.Config{MaxBytes: int64(f.diskBytes)}
	j := journal.Temporary("", config)
	if f.data != "" {
		var err error
		if j, err = journal.Open(f.data, config); err != nil {
			return nil, nil, fmt.Errorf("--data %s: %w", f.data, err)
		}
	}
	d, err := kinesis.NewDisk(kinesis.DiskConfig{
		Journal: j, WhenFull: kinesis.WhenFull(f.full), Failed: failed, Logger: slog.New(slog.NewTextHandler(stderr, nil)),
	})
	if err != nil {
		_ = j.Close() // nothing was appended
		return nil, nil, fmt.Errorf("--data: %w", err)
	}
	return d, j, nil
}

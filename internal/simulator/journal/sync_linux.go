package journal

import (
	"os"
	"syscall"
)

// syncData syncs what a file holds, and of what the system knows of it no more than is needed to read that.
func syncData(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }

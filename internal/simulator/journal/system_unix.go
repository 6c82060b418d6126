//go:build unix

package journal

import (
	"os"
	"syscall"
)

// lockFile takes a file for this process alone. The lock is gone with the process.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

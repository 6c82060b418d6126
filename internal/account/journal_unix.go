//go:build unix

package account

import (
	"errors"
	"os"
	"syscall"
)

// lock takes a file for this process until it is closed. It is false where another has it. The kernel lets go of the lock
// of a process that is killed.
func lock(file *os.File) (bool, error) {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

func syncFolder(dir *os.File) error { return dir.Sync() }

// remove closes a file and removes it before its lock is let go of: nobody else opens what is going.
func remove(file *os.File) error { return errors.Join(os.Remove(file.Name()), file.Close()) }

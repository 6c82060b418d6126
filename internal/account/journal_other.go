//go:build !unix

package account

import (
	"errors"
	"os"
)

// lock does nothing here: a run in another process is not told from one that is over. Cleanup lists and asks before it
// deletes.
func lock(*os.File) (bool, error) { return true, nil }

// syncFolder does nothing here: a folder cannot be synced.
func syncFolder(*os.File) error { return nil }

// remove closes a file and removes it: an open one cannot be removed here.
func remove(file *os.File) error { return errors.Join(file.Close(), os.Remove(file.Name())) }

package pages

import "syscall"

const populateWrite = 23 // MADV_POPULATE_WRITE, since Linux 5.14; the frozen syscall package does not have it

// PopulateRange asks for the pages from one address to another, which are whole ones, and tells whether they came. It is a
// hint: what is no memory stays none, and what is written there stays.
func PopulateRange(from, to uintptr) bool {
	_, _, errno := syscall.Syscall(syscall.SYS_MADVISE, from, to-from, populateWrite)
	return errno == 0
}

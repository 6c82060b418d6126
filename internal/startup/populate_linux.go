package startup

import "syscall"

const populateWrite = 23 // MADV_POPULATE_WRITE, since Linux 5.14; the frozen syscall package does not have it

// populate asks for the memory in which Go's heap goes on, eight megabytes at most, in two pieces as the heap may end in
// either: one call in place of a fault for each page, of which a virtual machine makes five microseconds. It is a hint: where
// there is no such memory the call fails, and nothing is lost.
func populate(from uintptr) {
	for range 2 {
		to := (from + growth) &^ (growth - 1)
		if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, from, to-from, populateWrite); errno != 0 {
			return
		}
		from = to
	}
}

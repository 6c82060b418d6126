//go:build !linux

package pages

// PopulateRange asks for memory in advance where the system can be asked.
func PopulateRange(_, _ uintptr) bool { return false }

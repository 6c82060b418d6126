//go:build !linux

package startup

// populate asks for memory in advance where the system can be asked.
func populate(uintptr) {}

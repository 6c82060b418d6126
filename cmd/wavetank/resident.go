//go:build !linux

package main

// forgetStart gives back memory that only starting needed. Here the system takes it where it wants it.
func forgetStart() {}

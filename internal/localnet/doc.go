// Package localnet is a network inside one process: a listener whose connections are memory, with deadlines, half-closed
// connections and a bounded buffer as a socket has them.
//
// A goroutine that waits here waits for a channel or a timer and holds no lock, so that testing/synctest sees it as blocked
// and time in a bubble goes on: with sockets it would stand still. Everything is safe for concurrent use.
package localnet

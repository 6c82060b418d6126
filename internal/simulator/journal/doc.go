// Package journal keeps blocks of records, and documents, in append-only files: what a server must not lose when it is
// killed, and what does not fit into memory.
//
// A block is a run of consecutive records of one shard, with its length and its CRC-32C; a document is the whole state of
// its owner, of which the last one counts. [Open] opens a directory that outlives the process: what is appended is on disk
// when [Journal.Commit] returns, which writes and syncs once for everybody who waits (group commit). [Temporary] makes
// files that are unlinked as soon as they are made, so that nothing is left behind, not even by kill -9; they are never
// synced.
//
// A Journal is safe for concurrent use. It starts no goroutine: of those who wait for a commit the first does the writing.
// Writes take none of the clock's time.
package journal

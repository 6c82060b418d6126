// Package measure turns what happens to single records into numbers that can be trusted, and keeps them in a run file.
//
// A [Recorder] holds series (values, kept as histograms) and counters, both keyed by the second in which a record was
// due. Once a second its Tick appends what is new to run.jsonl, one line at a time, so that a killed run can still be
// reported. [Read] reads such a file back into a [Run], from which any percentile of any range of seconds can be taken.
// A [Ledger] follows each record from the moment it is offered to every sink it should come out of, and closes: nothing
// is left over. [Keys] counts what single partition keys take of their shards.
//
// Times are int64 nanoseconds. A due time counts from the start of the load; a window is one second of due time.
// Percentiles are never averaged: histograms are merged, and ranks are taken over every record that was due.
//
// Recorder, Ledger and Keys are safe for concurrent use and take one lock per batch, not per record. The types of a read
// run are not safe for concurrent use.
package measure

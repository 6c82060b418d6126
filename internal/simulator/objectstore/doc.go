// Package objectstore holds buckets and their objects: what Amazon S3 is to a pipeline of the simulator.
//
// An object is bytes that somebody put, or a list of records that a delivery put ([Service.PutRecords]). Records that came
// over a wire have their bytes: the object is made of them at once. Records of ours have none: the object keeps the list
// and is rendered, and compressed, when it is first looked at, which in virtual time is usually never.
//
// The store is bounded ([Config].MaxBytes): at the cap the bodies that were fetched longest ago are dropped first, and
// when none is left a put is refused with [ErrFull]. A dropped body leaves its metadata: the object is still listed, and
// fetching it answers [ErrDropped].
//
// A [Service] is safe for concurrent use. It has no clock: what needs the time takes it as an argument.
package objectstore

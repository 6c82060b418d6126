// Package kinesis is the embedded Kinesis Data Streams of one account and region.
//
// Its limits are AWS's own and are enforced: what a shard takes and gives a second, what a call may hold, what a record
// may weigh. AWS's rules live in the models (shard, bucket, log, hash range, sequence number), which are plain state that
// takes time as an argument; [Service] wraps them behind one mutex a stream.
//
// There are two ways in. [Service.Put], [Service.Read], [Service.Shards], [Service.Position] and [Service.Register] are
// the hot path that load, pollers and delivery loops use on either clock. The API operations, one file each, are what the
// wire's server calls; they validate as AWS does and then take the same path.
//
// A Service is safe for concurrent use. It starts no goroutine and holds a lock only while it computes. It waits for nothing
// but for a disk: records that are not in memory are read from files, and with a journal that outlives the process a put
// returns when its records are there (docs/design/015-storage.md). That takes none of the clock's time.
package kinesis

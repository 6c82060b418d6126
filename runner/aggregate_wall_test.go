package runner_test

import "testing"

// TestAggregatesOnTheWire runs a second of aggregates, some of them compressed, on the wall's clock: they are rendered, cross
// the wire, and are taken apart at each kind of sink.
func TestAggregatesOnTheWire(t *testing.T) {
	t.Parallel()
	s := tank{scenario: `
duration: 1s
drain: 3m
pipeline:
  streams: {shards: {shardCount: 2}, keys: {shardCount: 2}}
  functions:
    function: {model: {duration: 5ms}, eventSources: [{stream: shards, batchSize: 50}, {stream: keys}]}
  deliveryStreams:
    archive: {source: shards, s3: {bucket: objects, prefix: "a/", bufferingHints: {size: 1MiB, interval: 1s}, compressionFormat: GZIP}}
    copies: {source: keys, s3: {bucket: objects, prefix: "b/", bufferingHints: {size: 1MiB, interval: 1s}}}
  consumers:
    dashboard: {stream: shards, every: 300ms}
    other: {stream: keys, every: 300ms}
load:
  - {stream: shards, generator: {clickstream: {users: 50}}, rate: 600/s, lanes: 2, batch: {records: 20, aggregate: {}}}
  - {stream: keys, generator: {sensor: {sensors: 20}, compression: zstd}, rate: 400/s, batch: {aggregate: {by: key, count: 10}}}
  - {stream: keys, generator: {sensor: {sensors: 20}, compression: gzip}, rate: 50/s}
`}.open(t)
	o := serve(t, s, nil)
	l := o.Run.End.Ledger
	if l.Acked != l.Offered || l.Offered < 1000 || !o.Run.End.Drained || l.StoredTwice != 0 {
		t.Errorf("%d of %d acked, %d stored twice, drained %v", l.Acked, l.Offered, l.StoredTwice, o.Run.End.Drained)
	}
	t.Logf("%d reordered by the puts, on the wall's clock", l.PutReordered)
	for _, sink := range l.Sinks {
		if sink.Missing != 0 || sink.Delivered == 0 || sink.Duplicated != 0 || sink.Reordered > l.PutReordered {
			t.Errorf("%+v", sink)
		}
	}
	for _, stream := range []string{"shards", "keys"} {
		stored, accepted := o.total("put.kinesisRecords", "stream", stream), o.total("shard.accepted", "stream", stream)
		if acked := o.total("put.acked", "stream", stream); stored == 0 || stored != accepted || stored >= acked {
			t.Errorf("%s: %d user records acknowledged in %d records, the shards took %d", stream, acked, stored, accepted)
		}
	}
	if a, b := o.total("firehose.bytes", "deliveryStream", "copies"), o.total("firehose.bytes", "deliveryStream", "archive"); a == 0 || b == 0 {
		t.Errorf("%d and %d bytes delivered", a, b)
	}
}

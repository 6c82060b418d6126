package reports

// The limits of a shard by their names in a run's header. Where a target names none, AWS's own are the yardstick.
const (
	limitRecords   = "shard.write.records" // records/s
	limitBytes     = "shard.write.bytes"   // bytes/s
	limitReads     = "shard.read.calls"    // GetRecords/s
	limitReadBytes = "shard.read.bytes"    // bytes/s
)

// awsLimits are from the developer guide of Kinesis Data Streams, "Quotas and limits".
var awsLimits = map[string]float64{
	limitRecords:   1000,
	limitBytes:     1 << 20,
	limitReads:     5,
	limitReadBytes: 2 << 20,
}

// limit is one of the target's, or AWS's where it names none.
func (r *Report) limit(name string) float64 {
	if v := r.Run.Header.Limits[name]; v > 0 {
		return v
	}
	return awsLimits[name]
}

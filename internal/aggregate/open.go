package aggregate

import "github.com/wavetank/wavetank/internal/simulator/record"

// Opener opens the aggregates among records of bytes. The identity of a user record is found by identify; nil: none has one.
// The checks are those of [Read] without those of the hash keys, which belong to whoever knows the shard.
func Opener(identify record.Identify) record.Open {
	return func(dst []record.Record, r *record.Record) ([]record.Record, bool) {
		if len(r.Data) == 0 {
			return dst, false
		}
		outcome := Read(r.Data, FullRange(), func(_ int, u UserRecord) {
			one := record.Record{
				Arrival: r.Arrival, Seq: r.Seq, Shard: r.Shard,
				Key: u.Key, Hash: u.Hash, Explicit: u.Explicit, Data: u.Data, Size: int32(u.Size),
			}
			if identify != nil {
				one.Lane, one.Number, one.Ours = identify(u.Data)
			}
			dst = append(dst, one)
		})
		return dst, outcome != Whole
	}
}

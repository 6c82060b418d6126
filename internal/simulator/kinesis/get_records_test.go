package kinesis

import (
	"testing"

	"github.com/wavetank/wavetank/internal/clock"
)

// TestReleasedRecords: the space of an answer that was released is used again, and one that was not stays what it is.
func TestReleasedRecords(t *testing.T) {
	s := newStream(t, Config{Limits: generous()}, "s", 1)
	mustPut(t, s, clock.Epoch, ours(20, 1))
	get := func(limit int32) *GetRecordsOutput {
		t.Helper()
		it := iteratorAt(t, s, GetShardIteratorInput{ShardIteratorType: new("TRIM_HORIZON")})
		out, err := s.GetRecords(GetRecordsInput{ShardIterator: &it, Limit: &limit})
		if err != nil || len(out.Records) != int(limit) {
			t.Fatal(out, err)
		}
		return out
	}
	kept := get(20)
	for n := range int32(10) {
		out := get(n + 1)
		for i, r := range out.Records {
			if r.Number != uint64(i) {
				t.Fatalf("record %d is number %d", i, r.Number)
			}
		}
		space := out.Records
		out.Release()
		if space[0].Key != "" {
			t.Fatal("a released answer keeps its records alive")
		}
	}
	for i, r := range kept.Records {
		if r.Number != uint64(i) {
			t.Fatalf("record %d of an answer that was kept is number %d", i, r.Number)
		}
	}
}

package measure

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var shardLimits = KeyLimits{Seconds: 10, Records: 1000, Bytes: 1 << 20}

func TestKeysAreCountedExactly(t *testing.T) {
	k := NewKeys(KeysConfig{Stream: "clicks", Keys: 4})
	b := k.Begin()
	offer := func(index uint32, key string, times int, size int32) {
		for range times {
			b.Offered(index, key, size)
		}
	}
	offer(0, "hot", 30_000, 100)
	offer(1, "big", 2000, 20_000)
	offer(2, "victim", 3, 100)
	offer(3, "calm", 50, 100)
	offer(9, "out of range", 1, 1)
	for range 20_000 {
		b.Answered(0, "hot", 1, true)
	}
	b.Answered(1, "big", 2, false)
	b.Answered(2, "victim", 1, true)
	b.Answered(3, "calm", -1, false)
	b.Answered(9, "out of range", 1, true)
	b.End()
	want := KeyTable{Exact: true, Keys: []KeyUse{
		{Stream: "clicks", Shard: "shardId-000000000001", Key: "hot", Offered: 30_000, Bytes: 3_000_000, Throttled: 20_000, Share: 3},
		{Stream: "clicks", Shard: "shardId-000000000002", Key: "big", Offered: 2000, Bytes: 40_000_000, Share: 40_000_000.0 / 10 / (1 << 20)},
		{Stream: "clicks", Shard: "shardId-000000000001", Key: "victim", Offered: 3, Bytes: 300, Throttled: 1, Share: 0.0003},
	}}
	if diff := cmp.Diff(want, k.Table(2, shardLimits)); diff != "" {
		t.Errorf("the two most offered and the two most refused (-want +got):\n%s", diff)
	}
	if got := k.Table(1, KeyLimits{}); got.Keys[0].Share != 0 {
		t.Errorf("without limits the share is %v", got.Keys[0].Share)
	}
	if got := NewKeys(KeysConfig{Keys: 5}).Table(3, shardLimits); got.Keys != nil || !got.Exact {
		t.Errorf("an empty table is %+v", got)
	}
}

func TestFewUnboundedKeysAreExact(t *testing.T) {
	k := NewKeys(KeysConfig{Track: 3})
	b := k.Begin()
	for i := range 30 {
		b.Offered(0, string(rune('a'+i%3)), 10)
	}
	b.End()
	got := k.Table(9, shardLimits)
	if !got.Exact || len(got.Keys) != 3 || got.Keys[0].Key != "a" || got.Keys[0].Offered != 10 || got.Keys[0].Error != 0 {
		t.Errorf("table is %+v", got)
	}
}

// What Space-Saving promises: a count is never too low, too high by its error at most, the error is at most the records
// divided by the slots, and every key with more than that is there.
func TestManyUnboundedKeysHaveTheirError(t *testing.T) {
	const slots, records = 50, 100_000
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.2, 1, 5000)
	k := NewKeys(KeysConfig{Track: slots})
	truth := map[string]int64{}
	b := k.Begin()
	for range records {
		key := fmt.Sprint("user-", zipf.Uint64())
		truth[key]++
		b.Offered(0, key, 1)
	}
	b.End()
	table := k.Table(slots, shardLimits)
	if table.Exact || len(table.Keys) != slots {
		t.Fatalf("table is exact: %v, of %d keys", table.Exact, len(table.Keys))
	}
	seen := map[string]bool{}
	for _, u := range table.Keys {
		seen[u.Key] = true
		if n := truth[u.Key]; u.Offered < n || u.Offered-u.Error > n || u.Error > records/slots {
			t.Errorf("%s was offered %d times; counted %d, error %d", u.Key, n, u.Offered, u.Error)
		}
		if u.Bytes > truth[u.Key] {
			t.Errorf("%s: %d bytes of %d", u.Key, u.Bytes, truth[u.Key])
		}
	}
	for key, n := range truth {
		if n > records/slots && !seen[key] {
			t.Errorf("%s was offered %d times and is not in the table", key, n)
		}
	}
}

package aggregate_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/wavetank/wavetank/internal/aggregate"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// shardsAt are shards numbered from a number on, which begin at these upper halves of hash keys. The first has to be 0.
func shardsAt(number int32, starts ...uint64) []aggregate.Shard {
	var shards []aggregate.Shard
	for i, hi := range starts {
		end := record.Hash{Hi: ^uint64(0), Lo: ^uint64(0)}
		if i+1 < len(starts) {
			end.Hi = starts[i+1] - 1
		}
		shards = append(shards, aggregate.Shard{Number: number + int32(i), Range: aggregate.Range{Start: record.Hash{Hi: hi}, End: end}})
	}
	return shards
}

// sent is a batch that a router sent, kept.
type sent struct {
	aggregate.Batch[int]
}

// collect makes a router that keeps what it sends.
func collect(limits aggregate.Limits, by aggregate.Grouping) (*aggregate.Router[int], *[]sent) {
	var out []sent
	r := aggregate.NewRouter(limits, by, true, func(b *aggregate.Batch[int]) {
		kept := *b
		kept.Data, kept.Users = slices.Clone(b.Data), slices.Clone(b.Users)
		out = append(out, sent{kept})
	})
	return r, &out
}

func update(t testing.TB, r *aggregate.Router[int], shards []aggregate.Shard) {
	t.Helper()
	if err := r.Update(shards); err != nil {
		t.Fatal(err)
	}
}

// at is a user record of a hash key.
func at(hi uint64, data string) aggregate.UserRecord {
	u := user("k", data)
	u.Hash, u.Explicit = record.Hash{Hi: hi}, true
	return u
}

func TestARouterPredictsTheShard(t *testing.T) {
	r, _ := collect(aggregate.Limits{}, aggregate.ByShard)
	shards := shardsAt(7, 0, 1<<62, 1<<63)
	slices.Reverse(shards) // the order of a listing is nobody's promise
	update(t, r, shards)
	tests := []struct {
		hash record.Hash
		want int32
	}{
		{record.Hash{}, 7},
		{record.Hash{Hi: 1<<62 - 1, Lo: ^uint64(0)}, 7},
		{record.Hash{Hi: 1 << 62}, 8},
		{record.Hash{Hi: 1<<63 - 1, Lo: ^uint64(0)}, 8},
		{record.Hash{Hi: 1 << 63}, 9},
		{record.Hash{Hi: ^uint64(0), Lo: ^uint64(0)}, 9},
	}
	for _, tt := range tests {
		if got := r.Shard(&aggregate.UserRecord{Hash: tt.hash}); got != tt.want {
			t.Errorf("%x is of shard %d, want %d", tt.hash, got, tt.want)
		}
	}
	update(t, r, []aggregate.Shard{shardsAt(7, 0, 1<<62, 1<<63)[1]})
	for i, hi := range []uint64{0, 1 << 62, 1 << 63} {
		if got := r.Shard(&aggregate.UserRecord{Hash: record.Hash{Hi: hi}}); got != []int32{-1, 8, -1}[i] {
			t.Errorf("with gaps, %x is of shard %d", hi, got)
		}
	}
}

func TestAMapThatCannotBeIsRefused(t *testing.T) {
	r, _ := collect(aggregate.Limits{}, aggregate.ByShard)
	update(t, r, shardsAt(0, 0))
	bad := shardsAt(1, 0)
	bad[0].Start, bad[0].End = bad[0].End, bad[0].Start
	touching := shardsAt(6, 0, 1<<63)
	touching[0].End = touching[1].Start
	for want, shards := range map[string][]aggregate.Shard{
		"the hash keys of shard 1 end before they start": bad,
		"shards 0 and 5 share hash keys":                 append(shardsAt(0, 0), shardsAt(4, 0, 1<<62)[1]),
		"shards 6 and 7 share hash keys":                 touching,
	} {
		if err := r.Update(shards); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		if got := r.Shard(&aggregate.UserRecord{}); got != 0 {
			t.Errorf("the map changed: shard %d", got)
		}
	}
}

func TestUserRecordsOfAShardGoTogether(t *testing.T) {
	r, out := collect(aggregate.Limits{}, aggregate.ByShard)
	update(t, r, shardsAt(0, 0, 1<<63))
	for i, hi := range []uint64{1 << 63, 5, 1<<63 + 7, 6, 7} {
		u := at(hi, fmt.Sprint(i))
		r.Add(int64(i), &u, i)
	}
	if since, waits := r.Oldest(); since != 0 || !waits {
		t.Errorf("the oldest is %d, %t", since, waits)
	}
	r.Flush(-1)
	if len(*out) != 0 {
		t.Fatalf("%d sent before their time", len(*out))
	}
	r.Flush(0)
	r.Flush(0)
	if since, waits := r.Oldest(); len(*out) != 1 || since != 1 || !waits {
		t.Fatalf("%d sent, the oldest is %d, %t", len(*out), since, waits)
	}
	r.Flush(math.MaxInt64)
	if _, waits := r.Oldest(); len(*out) != 2 || waits {
		t.Fatalf("%d sent, waits %t", len(*out), waits)
	}
	for i, want := range []struct {
		shard int32
		since int64
		hash  uint64
		users []int
	}{{1, 0, 1 << 63, []int{0, 2}}, {0, 1, 5, []int{1, 3, 4}}} {
		got := (*out)[i]
		if got.Shard != want.shard || got.Since != want.since || got.Hash.Hi != want.hash || !slices.Equal(got.Users, want.users) || got.Count != len(want.users) {
			t.Errorf("batch %d is %+v, want %+v", i, got, want)
		}
	}
}

func TestWhatDoesNotFitClosesTheOneBefore(t *testing.T) {
	r, out := collect(aggregate.Limits{Size: 71}, aggregate.ByKey)
	big := string(make([]byte, 200))
	for i, data := range []string{"0123456789", "0123456789", "012345678901234567890", "0123456789", big, "0123456789"} {
		u := user("k", data)
		r.Add(int64(i), &u, i)
	}
	var users [][]int
	for _, s := range *out {
		users = append(users, s.Users)
	}
	// The second and the third are too large together, what is too large for an aggregate goes alone and at once.
	if want := "[[0 1] [2 3] [4]]"; fmt.Sprint(users) != want {
		t.Errorf("sent %v, want %s", users, want)
	}
	if string((*out)[2].Data) != big || (*out)[2].Aggregated() {
		t.Errorf("%+v is not as it was", (*out)[2])
	}
	if since, waits := r.Oldest(); since != 5 || !waits {
		t.Errorf("the oldest is %d, %t", since, waits)
	}
}

func TestWithoutAMapUserRecordsGoAlone(t *testing.T) {
	r, out := collect(aggregate.Limits{}, aggregate.ByShard)
	for i := range 3 {
		u := user("k", fmt.Sprint(i))
		r.Add(0, &u, i)
		if len(*out) != i+1 {
			t.Fatalf("%d sent", len(*out))
		}
		if b := (*out)[i]; b.Shard != aggregate.UnknownShard || b.Aggregated() || b.Key != "k" || string(b.Data) != fmt.Sprint(i) {
			t.Errorf("sent %+v", b)
		}
	}
	byKey, out := collect(aggregate.Limits{Count: 3}, aggregate.ByKey)
	for i := range 3 {
		u := user("k", fmt.Sprint(i))
		byKey.Add(0, &u, i)
	}
	if len(*out) != 1 || (*out)[0].Count != 3 || (*out)[0].Shard != aggregate.UnknownShard {
		t.Errorf("by key, sent %+v", *out)
	}
}

func TestAnAggregateOfAnOldMapIsLost(t *testing.T) {
	old, split := shardsAt(0, 0), shardsAt(1, 0, 1<<63)
	for by, want := range map[aggregate.Grouping]aggregate.Outcome{aggregate.ByShard: aggregate.Dropped, aggregate.ByKey: aggregate.Opened} {
		r, out := collect(aggregate.Limits{}, by)
		update(t, r, old)
		for i, hi := range []uint64{1, 1 << 63, 1, 1 << 63} {
			u := at(hi, "x")
			r.Add(0, &u, i)
		}
		update(t, r, split)
		r.Flush(math.MaxInt64)
		for _, b := range *out {
			arrived := split[r.Shard(&aggregate.UserRecord{Hash: b.Hash})-1]
			if _, outcome := readIn(t, b.Data, arrived.Range); outcome != want || b.Shard != 0 {
				t.Errorf("grouping %d: made for shard %d, %s, want %s", by, b.Shard, outcome, want)
			}
		}
		u := at(1<<63, "x")
		r.Add(0, &u, 9)
		r.Flush(math.MaxInt64)
		if last := (*out)[len(*out)-1]; last.Shard != 2 {
			t.Errorf("by the new map it goes to shard %d", last.Shard)
		}
	}
}

// TestARouterLosesAndDoublesNothing offers user records by chance, with maps that change, and reads what was sent by the map
// it was gathered by.
func TestARouterLosesAndDoublesNothing(t *testing.T) {
	maps := [][]aggregate.Shard{shardsAt(0, 0), shardsAt(1, 0, 1<<63), shardsAt(3, 0, 1<<62, 1<<63, 3<<62), nil}
	ranges := map[int32]aggregate.Range{aggregate.UnknownShard: aggregate.FullRange()}
	for _, m := range maps {
		for _, s := range m {
			ranges[s.Number] = s.Range
		}
	}
	for seed := range uint64(40) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		users := randomUsers(rnd, 800, 200)
		by := aggregate.Grouping(seed % 2)
		r, out := collect(aggregate.Limits{Size: 64 + rnd.IntN(5000), Count: rnd.IntN(50)}, by)
		for i := range users {
			if rnd.IntN(100) == 0 {
				update(t, r, maps[rnd.IntN(len(maps))])
			}
			if rnd.IntN(50) == 0 {
				r.Flush(int64(i - rnd.IntN(50)))
			}
			r.Add(int64(i), &users[i], i)
		}
		r.Flush(math.MaxInt64)
		seen := make([]bool, len(users))
		for _, b := range *out {
			got, outcome := readIn(t, b.Data, ranges[b.Shard])
			if b.Count == 1 {
				u := users[b.Users[0]]
				u.Data = b.Data
				got, outcome = []aggregate.UserRecord{u}, aggregate.Opened
			}
			if outcome != aggregate.Opened || b.Count != len(b.Users) || b.Size != len(b.Data) || !slices.IsSorted(b.Users) {
				t.Fatalf("seed %d: %s, %+v", seed, outcome, b.Outer)
			}
			var want []aggregate.UserRecord
			for _, i := range b.Users {
				if seen[i] {
					t.Fatalf("seed %d: user record %d was sent twice", seed, i)
				}
				seen[i] = true
				want = append(want, users[i])
				if by == aggregate.ByKey && users[i].Hash != b.Hash {
					t.Fatalf("seed %d: two hash keys in a group by key", seed)
				}
			}
			compare(t, got, want)
		}
		if i := slices.Index(seen, false); i >= 0 {
			t.Fatalf("seed %d: user record %d was not sent", seed, i)
		}
	}
}

func TestARouterByShardAllocatesNothingInTheEnd(t *testing.T) {
	users := randomUsers(rand.New(rand.NewPCG(1, 10)), 1000, 200)
	r := aggregate.NewRouter(aggregate.Limits{}, aggregate.ByShard, true, func(*aggregate.Batch[int]) {})
	update(t, r, shardsAt(0, 0, 1<<62, 1<<63, 3<<62))
	offer := func() {
		for i := range users {
			r.Add(0, &users[i], i)
		}
		r.Flush(math.MaxInt64)
	}
	for range 20 { // groups take turns, and each grows to the largest it has held
		offer()
	}
	if n := testing.AllocsPerRun(20, offer); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

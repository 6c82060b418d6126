package aggregate_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/aggregate"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// randomUsers are user records by chance: few keys and many, with explicit hash keys and without, of all sizes.
func randomUsers(r *rand.Rand, n, largest int) []aggregate.UserRecord {
	users := make([]aggregate.UserRecord, n)
	for i := range users {
		data := make([]byte, r.IntN(1+r.IntN(largest+1)))
		for j := range data {
			data[j] = byte(r.Uint32())
		}
		u := user(fmt.Sprintf("key-%d", r.IntN(1+r.IntN(400))), string(data))
		switch r.IntN(6) {
		case 0:
			u.Hash, u.Explicit = record.Hash{Hi: r.Uint64(), Lo: r.Uint64()}, true
		case 1:
			u.Hash, u.Explicit = record.Hash{Lo: r.Uint64N(300)}, true
		}
		users[i] = u
	}
	return users
}

func TestAUserRecordAloneIsSentAsItIs(t *testing.T) {
	for _, u := range []aggregate.UserRecord{user("k", "data"), explicit("k", "5", "data"), user("k", ""), user("k", strings.Repeat("x", 100_000))} {
		w := aggregate.NewWriter(aggregate.Limits{}, true)
		if !w.Add(&u) {
			t.Fatal("the first does not fit")
		}
		if w.Size() != len(u.Data) {
			t.Errorf("the size is %d, want %d", w.Size(), len(u.Data))
		}
		data, outer := w.Flush([]byte("before"))
		if string(data) != "before"+string(u.Data) {
			t.Errorf("appended %q", data)
		}
		if want := (aggregate.Outer{Key: "k", Hash: u.Hash, Count: 1, Size: len(u.Data)}); outer != want || outer.Aggregated() {
			t.Errorf("the record is %+v, want %+v", outer, want)
		}
		if _, outcome := read(t, data); outcome != aggregate.Whole {
			t.Errorf("read as %s", outcome)
		}
	}
}

func TestAnAggregateGoesWhereItsFirstUserRecordDoes(t *testing.T) {
	for _, first := range []aggregate.UserRecord{user("k", "1"), explicit("k", "340282366920938463463374607431768211455", "1")} {
		data, outer := gather(t, []aggregate.UserRecord{first, user("l", "2"), user("m", "3")})
		if want := (aggregate.Outer{Key: "a", Hash: first.Hash, Count: 3, Size: len(data)}); outer != want || !outer.Aggregated() {
			t.Errorf("the record is %+v, want %+v", outer, want)
		}
	}
}

func TestAWriterWithNothingGatheredAppendsNothing(t *testing.T) {
	w := aggregate.NewWriter(aggregate.Limits{Count: 1}, true)
	if w.Full() || w.Size() != 0 || w.Count() != 0 {
		t.Errorf("full %t, size %d, count %d", w.Full(), w.Size(), w.Count())
	}
	if data, outer := w.Flush([]byte("before")); string(data) != "before" || outer != (aggregate.Outer{}) {
		t.Errorf("%q, %+v", data, outer)
	}
}

func TestAnAggregateKeepsItsLimits(t *testing.T) {
	// Two user records of key "k" and ten bytes are 20 + 3 + 2*16 = 55 bytes; a third is 16 more.
	tests := []struct {
		limits aggregate.Limits
		fit    int
		full   bool // after those that fit
	}{
		{aggregate.Limits{Count: 1}, 1, true},
		{aggregate.Limits{Count: 3}, 3, true},
		{aggregate.Limits{Size: 54}, 1, false},
		{aggregate.Limits{Size: 55}, 2, true},
		{aggregate.Limits{Size: 56}, 2, false},
		{aggregate.Limits{Size: 71}, 3, true},
		{aggregate.Limits{Size: 71, Count: 2}, 2, true},
		{aggregate.Limits{Size: 10}, 1, true}, // the data alone are as large
		{aggregate.Limits{Size: 5}, 1, true},
	}
	for _, tt := range tests {
		for _, bodies := range []bool{true, false} {
			w := aggregate.NewWriter(tt.limits, bodies)
			u := user("k", "0123456789")
			for i := range tt.fit {
				if w.Full() || !w.Fits(&u) || !w.Add(&u) {
					t.Errorf("%+v: user record %d does not fit", tt.limits, i)
				}
			}
			size := w.Size()
			if w.Fits(&u) || w.Add(&u) || w.Full() != tt.full || w.Count() != tt.fit || w.Size() != size {
				t.Errorf("%+v: %d user records, full %t, want %d, %t", tt.limits, w.Count(), w.Full(), tt.fit, tt.full)
			}
		}
	}
}

func TestAWriterWithoutBodiesKnowsTheSize(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	limits := aggregate.Limits{Size: 4000}
	with, without := aggregate.NewWriter(limits, true), aggregate.NewWriter(limits, false)
	for i, u := range randomUsers(r, 5000, 500) {
		bare := u
		bare.Data = nil
		if with.Fits(&u) != without.Fits(&bare) {
			t.Fatalf("user record %d fits one of the two", i)
		}
		if !with.Fits(&u) {
			data, outer := with.Flush(nil)
			none, bareOuter := without.Flush(nil)
			if none != nil || outer != bareOuter || outer.Size != len(data) {
				t.Fatalf("%+v with bodies, %+v without, %d bytes", outer, bareOuter, len(data))
			}
		}
		with.Add(&u)
		without.Add(&bare)
	}
}

func TestUserRecordsComeBackInOrder(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		want := randomUsers(r, r.IntN(600), 300)
		limits := aggregate.Limits{Size: 64 + r.IntN(6000), Count: r.IntN(3) * r.IntN(40)}
		w := aggregate.NewWriter(limits, true)
		var got []aggregate.UserRecord
		flush := func() {
			data, outer := w.Flush(nil)
			switch users, outcome := read(t, data); {
			case outer.Count == 0:
			case outcome == aggregate.Opened:
				if len(data) > limits.Size || limits.Count > 0 && len(users) > limits.Count {
					t.Fatalf("seed %d: %d user records of %d bytes, with %+v", seed, len(users), len(data), limits)
				}
				got = append(got, users...)
			default:
				u := want[len(got)]
				u.Data = data
				got = append(got, u)
			}
		}
		for i := range want {
			if !w.Add(&want[i]) {
				flush()
				w.Add(&want[i])
			}
		}
		flush()
		compare(t, got, want)
	}
}

func TestAWriterAllocatesNothingInTheEnd(t *testing.T) {
	users := randomUsers(rand.New(rand.NewPCG(1, 4)), 1000, 200)
	w := aggregate.NewWriter(aggregate.Limits{}, true)
	var data []byte
	if n := testing.AllocsPerRun(20, func() {
		for i := range users {
			if !w.Add(&users[i]) {
				data, _ = w.Flush(data[:0])
				w.Add(&users[i])
			}
		}
		data, _ = w.Flush(data[:0])
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAWriterKeepsNoDataOfTheCaller(t *testing.T) {
	w := aggregate.NewWriter(aggregate.Limits{}, true)
	u := user("k", "first")
	w.Add(&u)
	copy(u.Data, "other")
	w.Add(&u)
	data, _ := w.Flush(nil)
	users, _ := read(t, data)
	if len(users) != 2 || !bytes.Equal(users[0].Data, []byte("first")) {
		t.Errorf("%v", users)
	}
}

func BenchmarkWriter(b *testing.B) {
	users := randomUsers(rand.New(rand.NewPCG(1, 5)), 1000, 400)
	w := aggregate.NewWriter(aggregate.Limits{}, true)
	var data []byte
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if u := &users[i%len(users)]; !w.Add(u) {
			data, _ = w.Flush(data[:0])
			w.Add(u)
		}
	}
}

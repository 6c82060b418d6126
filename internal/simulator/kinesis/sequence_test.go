package kinesis

import (
	"math/big"
	"testing"
	"time"
)

// TestRealSequenceNumber reads a number that AWS gave out (kinesalite pull request 87).
func TestRealSequenceNumber(t *testing.T) {
	const seen = "49594189147623985939251953501666965394405037144469929986"
	n, ok := ParseSequenceNumber(seen)
	if !ok {
		t.Fatal("not read")
	}
	if got := time.Unix(n.Created(), 0).UTC().Format(time.RFC3339); got != "2019-03-26T02:51:52Z" {
		t.Errorf("created %s", got)
	}
	if got := time.Unix(n.Arrived(), 0).UTC().Format(time.RFC3339); got != "2019-03-26T02:52:15Z" {
		t.Errorf("arrived %s", got)
	}
	if n.Index() != 0xc3 || n.Shard() != 0 {
		t.Errorf("index %#x, shard %d", n.Index(), n.Shard())
	}
	if n.String() != seen {
		t.Errorf("written as %s", n)
	}
}

func TestSequenceNumberOrder(t *testing.T) {
	base := NewSequenceNumber(1000, 3, 10, 2000)
	tests := []struct {
		name  string
		later SequenceNumber
	}{
		{"a later record of the shard", NewSequenceNumber(1000, 3, 11, 2000)},
		{"a later record, however late", NewSequenceNumber(1000, 3, 1<<40, 90_000)},
		{"the end of the shard", NewSequenceNumber(1000, 3, lastIndex, 3000)},
		{"the first record of a shard made a second later", NewSequenceNumber(1001, 4, 0, 1001)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if base.Compare(tt.later) >= 0 || tt.later.Compare(base) <= 0 || base.Compare(base) != 0 {
				t.Error("not in order")
			}
			if a, b := base.String(), tt.later.String(); len(a) != 56 && a >= b {
				t.Errorf("%s is not before %s", a, b)
			}
		})
	}
}

func TestParseSequenceNumberRefuses(t *testing.T) {
	tests := []struct{ name, text string }{
		{"nothing", ""},
		{"zero", "0"},
		{"a leading zero", "049594189147623985939251953501666965394405037144469929986"},
		{"another layout", "21269319989652663814458848515492872193"},
		{"129 digits", "1" + string(make([]byte, 128))},
		{"letters", "4959418914762398593925195350166696539440503714446992998x"},
		{"a gap that is not zero", new(big.Int).Add(mustBig("49594189147623985939251953501666965394405037144469929986"),
			new(big.Int).Lsh(big.NewInt(1), 72)).String()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if n, ok := ParseSequenceNumber(tt.text); ok {
				t.Errorf("read as %v", n)
			}
		})
	}
}

func mustBig(s string) *big.Int {
	v, _ := new(big.Int).SetString(s, 10)
	return v
}

func FuzzSequenceNumber(f *testing.F) {
	f.Add(int64(0x5c9993c8), int32(0), uint64(0xc3), int64(0x5c9993df))
	f.Add(int64(1<<36-1), int32(1<<31-1), ^uint64(0), int64(1<<36-1))
	f.Fuzz(func(t *testing.T, created int64, shard int32, index uint64, arrived int64) {
		const seconds = 1<<36 - 1
		created, arrived, shard, index = created&seconds, arrived&seconds, shard&(1<<31-1), index&lastIndex
		n := NewSequenceNumber(created, shard, index, arrived)
		back, ok := ParseSequenceNumber(n.String())
		if !ok || back != n {
			t.Fatalf("%s was read as %v, %v", n, back, ok)
		}
		if n.Created() != created || n.Shard() != shard || n.Index() != index || n.Arrived() != arrived {
			t.Fatalf("%d %d %d %d came back as %d %d %d %d", created, shard, index, arrived,
				n.Created(), n.Shard(), n.Index(), n.Arrived())
		}
	})
}

// FuzzParseSequenceNumber: whatever is read is written back the same.
func FuzzParseSequenceNumber(f *testing.F) {
	f.Add("49594189147623985939251953501666965394405037144469929986")
	f.Add("0")
	f.Fuzz(func(t *testing.T, s string) {
		if n, ok := ParseSequenceNumber(s); ok && n.String() != s {
			t.Fatalf("%q was written back as %s", s, n)
		}
	})
}

func BenchmarkAppendSequenceNumber(b *testing.B) {
	n := NewSequenceNumber(0x5c9993c8, 7, 0xc3, 0x5c9993df)
	var dst []byte
	for b.Loop() {
		dst = n.Append(dst[:0])
	}
}

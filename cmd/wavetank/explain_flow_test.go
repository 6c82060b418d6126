package main

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

func hashed(key string) [2]uint64 {
	sum := md5.Sum([]byte(key))
	return [2]uint64{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:])}
}

// The simulator itself says which shard takes a key.
func TestShardOfIsTheSimulators(t *testing.T) {
	for _, shards := range []int{1, 2, 3, 7, 16, 100} {
		s := kinesis.New(kinesis.Config{Account: "123456789012", Region: "us-east-1", Clock: clock.NewVirtual()})
		if err := s.CreateStream(kinesis.CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(shards))}); err != nil {
			t.Fatal(err)
		}
		for i := range 500 {
			key := fmt.Sprint("key-", i)
			hash := hashed(key)
			recs := []record.Record{{Key: key, Hash: record.Hash{Hi: hash[0], Lo: hash[1]}, Data: []byte("x"), Size: 1}}
			res := make([]kinesis.Result, 1)
			if err := s.Put(generateStart, "s", recs, res); err != nil {
				t.Fatal(err)
			}
			if got := shardOf(hash, shards); got != int(res[0].Shard) {
				t.Fatalf("%d shards: %s goes to %d, the simulator puts it into %d", shards, key, got, res[0].Shard)
			}
		}
	}
}

func TestFlow(t *testing.T) {
	tests := []struct {
		name            string
		flow            flow
		share, accepted float64 // of the limits; records/s
	}{
		{"nothing", flow{}, 0, 0},
		{"records are the larger share", flow{500, 1 << 18}, 0.5, 500},
		{"bytes are", flow{100, 3 << 18}, 0.75, 100},
		{"at the limit", flow{1000, 1 << 20}, 1, 1000},
		{"three times the records", flow{3000, 1 << 20}, 3, 1000},
		{"twice the bytes", flow{300, 2 << 20}, 2, 150},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.flow.share(); got != tt.share {
				t.Errorf("share %v, want %v", got, tt.share)
			}
			if got := tt.flow.accepted().records; math.Abs(got-tt.accepted) > 1e-9 {
				t.Errorf("%v records/s accepted, want %v", got, tt.accepted)
			}
		})
	}
}

// drawn makes a sample of keys, each with so many of its records of 100 B.
func drawn(keys map[string]int) *sample {
	s := &sample{size: 100}
	for _, n := range keys {
		s.drawn += n
	}
	for key, n := range keys {
		share := float64(n) / float64(s.drawn)
		s.keys = append(s.keys, &keyed{key: key, hash: hashed(key), records: share, bytes: 100 * share})
	}
	return s
}

func TestSpread(t *testing.T) {
	one, two := drawn(map[string]int{"a": 6, "b": 1, "c": 1, "d": 2}), drawn(map[string]int{"b": 1})
	u := spread([]inlet{{1000, one, nil}, {700, two, nil}}, 4)
	sum := total(u.shards)
	if math.Abs(sum.records-1700) > 1e-9 || math.Abs(sum.bytes-170_000) > 1e-9 {
		t.Errorf("shards have %+v together, want 1,700 records/s of 100 B", sum)
	}
	if u.key.key != "b" || math.Abs(u.key.records-800) > 1e-9 || u.key.shard != shardOf(hashed("b"), 4) {
		t.Errorf("the hottest key is %+v, want b with 800/s", u.key)
	}
	if got := u.busiest(); u.shards[got].records < 800 {
		t.Errorf("the busiest shard is %d with %+v", got, u.shards[got])
	}
	if u := spread(nil, 3); u.key.key != "" || u.busiest() != 0 || total(u.shards) != (flow{}) {
		t.Errorf("no load makes %+v", u)
	}
}

func TestEnough(t *testing.T) {
	many := map[string]int{}
	for i := range 1000 {
		many[fmt.Sprint(i)] = 1
	}
	hot := map[string]int{"hot": 10, "cold": 1}
	tests := []struct {
		name string
		keys map[string]int
		rate float64
		want int
	}{
		{"twice as many", many, 3000, 4},
		{"eight times as many", many, 12_000, 16},
		{"more than sixteen times as many", many, 100_000, 0},
		{"one key is too much", hot, 1500, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := enough([]inlet{{tt.rate, drawn(tt.keys), nil}}, 2); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

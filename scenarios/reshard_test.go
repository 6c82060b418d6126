package scenarios

import (
	"math"
	"strings"
	"testing"
	"time"
)

// resharded is a stream that has 2, 4, 3 and again 2 shards, for a minute each.
func resharded() *Scenario {
	const minute = Duration(time.Minute)
	return &Scenario{
		Pipeline: Pipeline{Streams: map[string]Stream{"orders": {ShardCount: 2}, "clicks": {ShardCount: 7}, "any": {StreamMode: OnDemand}}},
		Reshards: []Reshard{
			{At: 3 * minute, Stream: "orders", ShardCount: 2},
			{At: minute, Stream: "orders", ShardCount: 4},
			{At: 2 * minute, Stream: "orders", ShardCount: 3},
		},
	}
}

func TestShardsOverTime(t *testing.T) {
	s := resharded()
	rows := []struct {
		stream string
		length time.Duration
		most   int
		hours  float64
	}{
		{"orders", 0, 4, 0},
		{"orders", 30 * time.Second, 4, 1.0 / 60},
		{"orders", time.Minute, 4, 2.0 / 60},
		{"orders", 90 * time.Second, 4, 4.0 / 60},
		{"orders", 4 * time.Minute, 4, 11.0 / 60},
		{"orders", time.Hour, 4, (9 + 57*2) / 60.0},
		{"clicks", time.Hour, 7, 7},
		{"any", time.Hour, 4, 4},
	}
	for _, row := range rows {
		if got := s.ShardHours(row.stream, row.length); math.Abs(got-row.hours) > 1e-12 {
			t.Errorf("%s over %v: %v shard hours, want %v", row.stream, row.length, got, row.hours)
		}
		if got := s.MostShards(row.stream); got != row.most {
			t.Errorf("%s: at most %d shards, want %d", row.stream, got, row.most)
		}
	}
}

// What AWS does by default is taken: the nearest counts, and an eleventh change 24 hours after the first.
func TestReshardsThatAWSAllows(t *testing.T) {
	rows := []struct{ name, text string }{
		{"at the very start", "[{at: 0s, stream: orders, shardCount: 10}]"},
		{"to double", "[{at: 1h, stream: orders, shardCount: 10}]"},
		{"to half, rounded up", "[{at: 1h, stream: orders, shardCount: 3}]"},
		{"in two steps, in any order", "[{at: 2h, stream: orders, shardCount: 20}, {at: 1h, stream: orders, shardCount: 10}]"},
		{"an eleventh a day later", "[" + strings.Join([]string{
			"{at: 1h, stream: orders, shardCount: 6}", "{at: 2h, stream: orders, shardCount: 5}", "{at: 3h, stream: orders, shardCount: 6}",
			"{at: 4h, stream: orders, shardCount: 5}", "{at: 5h, stream: orders, shardCount: 6}", "{at: 6h, stream: orders, shardCount: 5}",
			"{at: 7h, stream: orders, shardCount: 6}", "{at: 8h, stream: orders, shardCount: 5}", "{at: 9h, stream: orders, shardCount: 6}",
			"{at: 10h, stream: orders, shardCount: 5}", "{at: 25h, stream: orders, shardCount: 6}",
		}, ", ") + "]"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			text := "version: 1\nduration: 30h\npipeline: {streams: {orders: {shardCount: 5}}}\nreshards: " + row.text + "\n"
			if _, err := Parse("reshards.yaml", []byte(text), nil); err != nil {
				t.Error(err)
			}
		})
	}
}

package simulated

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// split is a stream of shard 0, which is split into 1 and 2 at 2.5 s, and these merged into 3 at 4.5 s.
type split struct {
	clock   *clock.Virtual
	passed  map[int32]uint64
	expired map[int32]bool // shards that are gone
}

// splitShards are the shards with their records: one in each half second, from one half second to another.
var splitShards = []struct {
	parents, children []int32
	from, to          int
}{
	{nil, []int32{1, 2}, 0, 5}, {[]int32{0}, []int32{3}, 5, 9}, {[]int32{0}, []int32{3}, 5, 9}, {[]int32{1, 2}, nil, 9, 12},
}

// half is how many half seconds have come.
func (s *split) half() int { return int(s.clock.Now().Sub(clock.Epoch) / (500 * time.Millisecond)) }

func (s *split) Shards(string) (shards []record.Shard, err error) {
	for n, sh := range splitShards {
		if sh.from <= s.half() && !s.expired[int32(n)] {
			shards = append(shards, record.Shard{Number: int32(n), Parents: sh.parents, Closed: s.half() >= sh.to})
		}
	}
	return shards, nil
}

// tip is how many records a shard has.
func (s *split) tip(shard int32) uint64 {
	sh := splitShards[shard]
	return uint64(max(0, min(s.half()+1, sh.to)-sh.from))
}

func (s *split) Position(_ string, shard int32, at record.Position) (uint64, error) {
	if at.Type == record.Latest {
		return s.tip(shard), nil
	}
	return 0, nil
}

func (s *split) Read(_ time.Time, _, _ string, shard int32, from uint64, most int, dst []record.Record) (record.Page, error) {
	if s.expired[shard] {
		return record.Page{}, record.ErrNotFound
	}
	page := record.Page{Next: s.tip(shard), Records: dst}
	for seq := from; seq < page.Next; seq++ {
		page.Records = append(page.Records, record.Record{Shard: shard, Seq: seq})
	}
	if sh := splitShards[shard]; s.half() >= sh.to {
		page.End, page.Children = true, sh.children
	}
	return page, nil
}

func (s *split) Register(string, string) (func(int32, uint64), func()) {
	return func(shard int32, next uint64) { s.passed[shard] = next }, func() {}
}

func (s *split) Subscribe(string, int32, uint64, func()) (record.Subscription, error) {
	return nil, record.ErrNotFound
}

// consumed keeps what a consumer got: when, and from which shard.
type consumed struct {
	target.Observer
	got []string
}

func (o *consumed) Consumed(now time.Time, _ string, records []record.Record) {
	for _, r := range records {
		o.got = append(o.got, fmt.Sprintf("%v %d/%d", now.Sub(clock.Epoch), r.Shard, r.Seq))
	}
}

// A consumer reads what follows a shard from its beginning, at the instant at which it has read the shard to its end.
func TestAConsumerFollowsAReshard(t *testing.T) {
	tests := []struct {
		name, start string
		begins      time.Duration
		expires     int32 // -1: none
		want        []string
	}{
		{"from the start", record.Latest, 0, -1, []string{
			"1s 0/1", "1s 0/2", "2s 0/3", "2s 0/4", "3s 1/0", "3s 1/1", "3s 2/0", "3s 2/1", "4s 1/2", "4s 1/3", "4s 2/2", "4s 2/3",
			"5s 3/0", "5s 3/1", "6s 3/2",
		}},
		{"from the tip, with a closed shard", record.Latest, 3 * time.Second, -1, []string{
			"4s 1/2", "4s 1/3", "4s 2/2", "4s 2/3", "5s 3/0", "5s 3/1", "6s 3/2",
		}},
		{"from the oldest record", record.TrimHorizon, 5 * time.Second, -1, []string{
			"5s 0/0", "5s 0/1", "5s 0/2", "5s 0/3", "5s 0/4", "5s 1/0", "5s 1/1", "5s 1/2", "5s 1/3", "5s 2/0", "5s 2/1", "5s 2/2", "5s 2/3",
			"5s 3/0", "5s 3/1", "6s 3/2",
		}},
		{"from the oldest record, of a shard that expires unread", record.TrimHorizon, 5 * time.Second, 0, []string{
			"5s 1/0", "5s 1/1", "5s 1/2", "5s 1/3", "5s 2/0", "5s 2/1", "5s 2/2", "5s 2/3", "5s 3/0", "5s 3/1", "6s 3/2",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, seen := clock.NewVirtual(), &consumed{}
			defer v.Stop()
			made := New(Config{Clock: v, Seed: 1})
			if err := made.Deploy(t.Context(), &scenarios.Scenario{}, seen); err != nil {
				t.Fatal(err)
			}
			made.Begin(v.Now())
			v.RunUntil(clock.Epoch.Add(tt.begins))
			s := &split{clock: v, passed: map[int32]uint64{}}
			c := scenarios.Consumer{Stream: "s", StartingPosition: tt.start, Every: scenarios.Duration(time.Second)}
			if err := made.consume(s, "c", c); err != nil {
				t.Fatal(err)
			}
			s.expired = map[int32]bool{tt.expires: true}
			v.RunUntil(clock.Epoch.Add(time.Minute))
			if !slices.Equal(seen.got, tt.want) {
				t.Errorf("got  %q\nwant %q", seen.got, tt.want)
			}
			for n := range splitShards {
				if tt.expires != int32(n) && s.passed[int32(n)] != s.tip(int32(n)) {
					t.Errorf("the stream keeps shard %d from record %d on, though nobody needs it", n, s.passed[int32(n)])
				}
			}
		})
	}
}

// A consumer asks again for what a fault keeps from it, at its next turn: the iterator of a shard, and the list of those that follow one
// where it was not told of them.
func TestFaultsActOnWhatAConsumerAsksFirst(t *testing.T) {
	refused := fault.Action{Err: &fault.Error{Code: "LimitExceededException"}}
	for name, test := range map[string]struct {
		operation string
		action    fault.Action
		first     string // record of shard 1
	}{
		"nothing":                            {"", refused, "3s 1/0"},
		"an iterator is refused":             {"GetShardIterator", refused, "4s 1/0"},
		"an iterator is not answered":        {"GetShardIterator", fault.Action{Cut: true, After: true}, "4s 1/0"},
		"an iterator is held":                {"GetShardIterator", fault.Action{Delay: 300 * time.Millisecond}, "3.3s 1/0"},
		"an iterator is held for too long":   {"GetShardIterator", fault.Action{Delay: 40 * time.Second}, "33s 1/0"},
		"the list of shards is refused":      {"ListShards", refused, "4s 1/0"},
		"the list of shards is not answered": {"ListShards", fault.Action{Cut: true}, "4s 1/0"},
		"the list of shards is held":         {"ListShards", fault.Action{Until: clock.Epoch.Add(3700 * time.Millisecond)}, "3.7s 1/0"},
	} {
		t.Run(name, func(t *testing.T) {
			v, seen := clock.NewVirtual(), &consumed{}
			defer v.Stop()
			made := New(Config{Clock: v, Seed: 1, Hook: func(now time.Time, r fault.Request) fault.Action {
				if since := now.Sub(clock.Epoch); r.Operation != test.operation || r.Resource != "s" || since >= 3500*time.Millisecond {
					return fault.Action{}
				}
				return test.action
			}})
			if err := made.Deploy(t.Context(), &scenarios.Scenario{}, seen); err != nil {
				t.Fatal(err)
			}
			s := &split{clock: v, passed: map[int32]uint64{}}
			c := scenarios.Consumer{Stream: "s", StartingPosition: record.Latest, Every: scenarios.Duration(time.Second)}
			if err := made.consume(s, "c", c); err != nil {
				t.Fatal(err)
			}
			v.RunUntil(clock.Epoch.Add(time.Minute))
			i := slices.IndexFunc(seen.got, func(got string) bool { return strings.Contains(got, " 1/") })
			if i < 0 || seen.got[i] != test.first || len(seen.got) != 15 {
				t.Errorf("got %q, want the first of shard 1 as %s, and 15", seen.got, test.first)
			}
		})
	}
}

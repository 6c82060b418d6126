package runner_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/wavetank/wavetank/internal/aggregate"
	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/runner"
)

// sealed is a target that writes down what is put to it, with bodies or without.
type sealed struct {
	target.Target
	t      *testing.T
	bodies bool
	puts   []string
}

func (s *sealed) Traits() target.Traits {
	traits := s.Target.Traits()
	traits.Bodies = s.bodies
	return traits
}

func (s *sealed) OpenShards(ctx context.Context, stream string) ([]record.Shard, error) {
	return s.Target.(target.ShardLister).OpenShards(ctx, stream)
}

func (s *sealed) Put(p *clock.Proc, r *target.Request) {
	text := fmt.Sprint(since(p.Now()))
	for i := range r.Entries {
		e := &r.Entries[i]
		text += fmt.Sprintf(" %s/%d/%x/%t/%d", e.Key, e.Size, e.Hash, e.Explicit, len(r.UsersOf(i)))
		if s.bodies {
			s.check(e, r.UsersOf(i))
		}
	}
	s.puts = append(s.puts, text)
	s.Target.Put(p, r)
}

// check holds an entry's body against its size and its user records.
func (s *sealed) check(e *target.Entry, users []target.Entry) {
	if len(e.Body) != int(e.Size) {
		s.t.Errorf("a body of %d bytes has the size %d", len(e.Body), e.Size)
	}
	n := 0
	outcome := aggregate.Read(e.Body, aggregate.FullRange(), func(sub int, u aggregate.UserRecord) {
		if sub < len(users) && (u.Key != users[sub].Key || u.Hash != users[sub].Hash || u.Size != int(users[sub].Size)) {
			s.t.Errorf("user record %d is %s of %d bytes, want %s of %d", sub, u.Key, u.Size, users[sub].Key, users[sub].Size)
		}
		n++
	})
	if alone := len(users) == 1; alone != (outcome == aggregate.Whole) || !alone && n != len(users) {
		s.t.Errorf("%d user records are read as %s, %d", len(users), outcome, n)
	}
}

// What is put is the same at the same instants, whether bodies are rendered or counted only.
func TestAggregatesAreTheSameWithBodiesAndWithout(t *testing.T) {
	t.Parallel()
	for _, load := range []string{
		"aggregate: {}", "aggregate: {by: key, maxBufferedTime: 1s}", "aggregate: {size: 2KiB}",
	} {
		for _, compression := range []string{"", ", compression: gzip", ", compression: zstd"} {
			t.Run(load+compression, func(t *testing.T) {
				puts := map[bool][]string{}
				for _, bodies := range []bool{true, false} {
					s := &sealed{t: t, bodies: bodies}
					_, err := tank{scenario: `
duration: 2s
drain: 1s
pipeline: {streams: {s: {shardCount: 3}}, consumers: {consumer: {stream: s, every: 300ms}}}
load: [{stream: s, generator: {clickstream: {users: 40, size: {p50: 300B, p99: 2KiB}}` + compression + `}, rate: 250/s, batch: {` + load + `}}]
`, wrap: func(_ runner.Env, made target.Target) target.Target { s.Target = made; return s }}.try(t)
					if err != nil {
						t.Fatal(err)
					}
					puts[bodies] = s.puts
				}
				n := min(len(puts[true]), len(puts[false])) // the drain, in which the load goes on, is longer for one
				if n < 15 || !slices.Equal(puts[true][:n], puts[false][:n]) {
					t.Errorf("%d requests with bodies, %d without, or others", len(puts[true]), len(puts[false]))
				}
			})
		}
	}
}

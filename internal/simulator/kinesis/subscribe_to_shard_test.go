package kinesis

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// told is one thing that a subscriber heard, and when after the epoch.
type told struct {
	at    time.Duration
	event SubscribeToShardEvent
	err   error
}

// subscriber is a process that reads a subscription until it is over.
type subscriber struct{ all []told }

// records is how many records it was told, bytes how many bytes of data.
func (r *subscriber) records() (n int, bytes int64) {
	for _, h := range r.all {
		n += len(h.event.Records)
		for i := range h.event.Records {
			bytes += int64(h.event.Records[i].Size)
		}
	}
	return n, bytes
}

func (r *subscriber) last() told { return r.all[len(r.all)-1] }

// from is a request for the shard 0.
func from(arn, position string) SubscribeToShardInput {
	return SubscribeToShardInput{ConsumerARN: &arn, ShardId: new("shardId-000000000000"), StartingPosition: &StartingPosition{Type: &position}}
}

// subscribe starts a subscriber that must be admitted.
func subscribe(t testing.TB, s *Service, c *clock.Virtual, in SubscribeToShardInput) *subscriber {
	t.Helper()
	signal := c.NewSignal()
	sub, err := s.SubscribeToShard(in, signal.Notify)
	if err != nil {
		t.Fatal(err)
	}
	out := &subscriber{}
	c.Go("subscriber", func(p *clock.Proc) {
		defer sub.Close()
		for {
			e, again, err := sub.Next(p.Now())
			switch at := p.Now().Sub(clock.Epoch); {
			case err != nil:
				out.all = append(out.all, told{at: at, err: err})
				return
			case e != nil:
				heard := *e
				heard.Records = append([]record.Record(nil), e.Records...)
				out.all = append(out.all, told{at: at, event: heard})
			default:
				if p.Wait(signal, again) == clock.Stopped {
					return
				}
			}
		}
	})
	return out
}

// at runs the clock to an instant after the epoch and puts records there.
func putAt(t testing.TB, s *Service, c *clock.Virtual, at time.Duration, recs []record.Record) {
	t.Helper()
	c.RunUntil(clock.Epoch.Add(at))
	mustPut(t, s, c.Now(), recs)
}

// TestAPutIsPushedAtOnce: a subscriber is woken by the put, at its instant, and told nothing twice.
func TestAPutIsPushedAtOnce(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	s := newStream(t, Config{Clock: c}, "s", 1)
	r := subscribe(t, s, c, from(register(t, s, "c"), "LATEST"))
	instants := []time.Duration{1234567, 1234568, 3 * time.Second, 3*time.Second + 1}
	for _, at := range instants {
		putAt(t, s, c, at, ours(3, 10))
	}
	c.RunUntil(clock.Epoch.Add(4 * time.Second))
	if len(r.all) != 1+len(instants) || len(r.all[0].event.Records) != 0 {
		t.Fatalf("%d events, the first with %d records", len(r.all), len(r.all[0].event.Records))
	}
	for i, at := range instants {
		h := r.all[i+1]
		if h.at != at || len(h.event.Records) != 3 || h.event.Records[0].Seq != uint64(3*i) || h.event.MillisBehindLatest != 0 {
			t.Errorf("put at %v, pushed at %v: %d records, %d ms behind", at, h.at, len(h.event.Records), h.event.MillisBehindLatest)
		}
	}
}

// TestASubscriptionDoesNotCountAsReading: GetRecords keeps its 5 calls and 2 MiB a second.
func TestASubscriptionDoesNotCountAsReading(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	s := newStream(t, Config{Clock: c, Limits: Limits{WriteBytes: 1 << 30}}, "s", 1)
	r := subscribe(t, s, c, from(register(t, s, "c"), "LATEST"))
	for range 20 {
		putAt(t, s, c, 0, ours(1, 100<<10))
		c.RunUntil(clock.Epoch)
	}
	if n, _ := r.records(); n != 20 {
		t.Fatalf("%d records", n)
	}
	for range 5 {
		if _, err := s.Read(c.Now(), "r", "s", 0, 0, 1, nil); err != nil {
			t.Error(err)
		}
	}
}

// TestStartingPositions: the five types, and a ContinuationSequenceNumber with either of the two that take one.
func TestStartingPositions(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	s := newStream(t, Config{Clock: c}, "s", 1)
	for i := range 5 {
		putAt(t, s, c, time.Duration(i)*time.Second, ours(2, 1))
	}
	c.RunUntil(clock.Epoch.Add(10 * time.Second))
	early := subscribe(t, s, c, from(register(t, s, "early"), "LATEST"))
	c.RunUntil(clock.Epoch.Add(11 * time.Second))
	quiet := early.last().event.ContinuationSequenceNumber.String()
	putAt(t, s, c, 12*time.Second, ours(1, 1))
	sh := s.streams["s"].shards[0]
	third := sh.sequence(2, sh.at(2).Arrival).String()
	tests := []struct {
		name, kind string
		sequence   *string
		timestamp  *Timestamp
		want       uint64 // the position of the first record; 11 is the tip
	}{
		{"the oldest", "TRIM_HORIZON", nil, nil, 0},
		{"the tip", "LATEST", nil, nil, 11},
		{"at a record", "AT_SEQUENCE_NUMBER", &third, nil, 2},
		{"after a record", "AFTER_SEQUENCE_NUMBER", &third, nil, 3},
		{"at an instant", "AT_TIMESTAMP", nil, &Timestamp{clock.Epoch.Add(1500 * time.Millisecond)}, 4},
		{"before the first", "AT_TIMESTAMP", nil, &Timestamp{clock.Epoch.Add(-time.Hour)}, 0},
		{"after an event without records", "AFTER_SEQUENCE_NUMBER", &quiet, nil, 10},
		{"at an event without records", "AT_SEQUENCE_NUMBER", &quiet, nil, 10},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := from(register(t, s, fmt.Sprint("c-", i)), tt.kind)
			in.StartingPosition.SequenceNumber, in.StartingPosition.Timestamp = tt.sequence, tt.timestamp
			r := subscribe(t, s, c, in)
			c.RunUntil(c.Now())
			got := uint64(11)
			if recs := r.all[0].event.Records; len(recs) > 0 {
				got = recs[0].Seq
			}
			if n, _ := r.records(); got != tt.want || n != int(11-tt.want) {
				t.Errorf("from %d on %d records, want from %d on", got, n, tt.want)
			}
		})
	}
}

// TestRefusedSubscriptions: what is wrong is told before a stream of events begins.
func TestRefusedSubscriptions(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	arn := register(t, s, "c")
	change := func(change func(*SubscribeToShardInput)) SubscribeToShardInput {
		in := from(arn, "LATEST")
		change(&in)
		return in
	}
	position := func(p StartingPosition) SubscribeToShardInput {
		return change(func(in *SubscribeToShardInput) { in.StartingPosition = &p })
	}
	tests := []struct {
		name          string
		in            SubscribeToShardInput
		code, message string
	}{
		{"nothing", SubscribeToShardInput{}, codeValidation, "3 validation errors detected: Value null at 'consumerARN' failed to satisfy constraint: " +
			"Member must not be null; Value null at 'shardId' failed to satisfy constraint: Member must not be null; Value null at " +
			"'startingPosition' failed to satisfy constraint: Member must not be null"},
		{"no type", position(StartingPosition{}), codeValidation, "1 validation error detected: Value null at 'startingPosition.type' failed to satisfy " +
			"constraint: Member must not be null"},
		{"no sequence number", position(StartingPosition{Type: new("AT_SEQUENCE_NUMBER")}), codeInvalidArgument, "Must either specify (1) " +
			"AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no " +
			"StartingSequenceNumber. Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber."},
		{"no timestamp", position(StartingPosition{Type: new("AT_TIMESTAMP")}), codeInvalidArgument, "Must specify timestampInMillis parameter for " +
			"iterator of type AT_TIMESTAMP. Current request has no timestamp parameter."},
		{
			"a consumer that is not there", change(func(in *SubscribeToShardInput) { in.ConsumerARN = new(streamS + "/consumer/d:1") }),
			codeNotFound, "Consumer " + streamS + "/consumer/d:1, account 123456789012 not found.",
		},
		{
			"a stream that is not there", change(func(in *SubscribeToShardInput) { in.ConsumerARN = new(streamS + "2/consumer/c:1") }),
			codeNotFound, "Stream s2 under account 123456789012 not found.",
		},
		{
			"a shard that is not there", change(func(in *SubscribeToShardInput) { in.ShardId = new("shardId-000000000007") }),
			codeNotFound, "Shard shardId-000000000007 in stream s under account 123456789012 does not exist",
		},
		{
			"no shard", change(func(in *SubscribeToShardInput) { in.ShardId = new("shard") }),
			codeNotFound, "Could not find shard shard in stream s under account 123456789012.",
		},
		{
			"a dry run", change(func(in *SubscribeToShardInput) { in.DryRun = new(true) }),
			"DryRunOperationException", "The request would have succeeded, but DryRun was set.",
		},
		{
			"a dry run of what fails", change(func(in *SubscribeToShardInput) { in.DryRun, in.ShardId = new(true), new("shard") }),
			codeNotFound, "Could not find shard shard in stream s under account 123456789012.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.SubscribeToShard(tt.in, func() { t.Error("a refused subscription was woken") })
			want(t, err, tt.code, tt.message)
		})
	}
	if _, err := s.SubscribeToShard(from(arn, "LATEST"), func() {}); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

// TestOneSubscriptionAConsumerAndShard: one call a second; within 5 s of a successful call another is refused; later it
// takes over, and the one before ends with the same error. Another consumer and another shard have nothing to do with it.
func TestOneSubscriptionAConsumerAndShard(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	s := newStream(t, Config{Clock: c}, "s", 2)
	arn, second := register(t, s, "c"), register(t, s, "d")
	another := "Another active subscription exists for this consumer: 123456789012:s:shardId-000000000000:c"
	call := func(at time.Duration) error {
		c.RunUntil(clock.Epoch.Add(at))
		_, err := s.SubscribeToShard(from(arn, "LATEST"), func() {})
		return err
	}
	first := subscribe(t, s, c, from(arn, "LATEST"))
	want(t, call(500*time.Millisecond), codeInUse, another)
	want(t, call(time.Second), codeInUse, another)
	want(t, call(5*time.Second-1), codeInUse, another)
	want(t, call(5*time.Second), codeLimitExceeded, "Rate exceeded for consumer c and shard shardId-000000000000 in stream s under account 123456789012.")
	other := subscribe(t, s, c, from(second, "LATEST"))
	in := from(arn, "LATEST")
	in.ShardId = new("shardId-000000000001")
	subscribe(t, s, c, in)
	c.RunUntil(clock.Epoch.Add(6 * time.Second))
	if first.last().err != nil {
		t.Fatalf("before anybody took over: %v", first.last().err)
	}
	taken := subscribe(t, s, c, from(arn, "LATEST"))
	c.RunUntil(clock.Epoch.Add(7 * time.Second))
	want(t, first.last().err, codeInUse, another)
	if first.last().at != 6*time.Second || taken.last().err != nil || other.last().err != nil {
		t.Errorf("it ended after %v; the others: %v and %v", first.last().at, taken.last().err, other.last().err)
	}
}

// TestASubscriptionLivesFiveMinutes and then ends without an error; who subscribes again goes on where it ended.
func TestASubscriptionLivesFiveMinutes(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	s := newStream(t, Config{Clock: c}, "s", 1)
	arn := register(t, s, "c")
	r := subscribe(t, s, c, from(arn, "LATEST"))
	putAt(t, s, c, 5*time.Minute-time.Second, ours(1, 1))
	putAt(t, s, c, 5*time.Minute+time.Second, ours(2, 1))
	if end := r.last(); !errors.Is(end.err, ErrSubscriptionOver) || end.at != 5*time.Minute {
		t.Fatalf("the end: %+v", end)
	}
	if n, _ := r.records(); n != 1 {
		t.Errorf("%d records", n)
	}
	in := from(arn, "AFTER_SEQUENCE_NUMBER")
	in.StartingPosition.SequenceNumber = new(r.all[len(r.all)-2].event.ContinuationSequenceNumber.String())
	r = subscribe(t, s, c, in)
	c.RunUntil(c.Now())
	if n, _ := r.records(); n != 2 || r.all[0].event.Records[0].Seq != 1 {
		t.Errorf("the next one begins with %+v", r.all[0].event.Records)
	}
}

// TestAQuietSubscription: an event at once and every five seconds, whose ContinuationSequenceNumber rises from each to the
// next, and lies between the records.
func TestAQuietSubscription(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	s := newStream(t, Config{Clock: c}, "s", 1)
	r := subscribe(t, s, c, from(register(t, s, "c"), "TRIM_HORIZON"))
	putAt(t, s, c, 12*time.Second, ours(2, 1))
	c.RunUntil(clock.Epoch.Add(20 * time.Second))
	var at []time.Duration
	last := SequenceNumber{}
	for i, h := range r.all {
		at = append(at, h.at)
		n := h.event.ContinuationSequenceNumber
		if n.Compare(last) <= 0 {
			t.Errorf("event %d goes on from %s, not after %s", i, n, last)
		}
		last = n
	}
	if got := fmt.Sprint(at); got != "[0s 5s 10s 12s 17s]" {
		t.Errorf("events at %s", got)
	}
	pushed := r.all[3].event
	if want := s.streams["s"].shards[0].sequence(1, pushed.Records[1].Arrival); pushed.ContinuationSequenceNumber != want {
		t.Errorf("records go on from %s, want their last, %s", pushed.ContinuationSequenceNumber, want)
	}
}

// TestPushedBytes: two consumers get 2 MiB a second each from one shard at the same time, and a burst of as much.
func TestPushedBytes(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	s := newStream(t, Config{Clock: c, Limits: Limits{WriteBytes: 1 << 30, WriteRecords: 1e6}}, "s", 1)
	for range 30 {
		putAt(t, s, c, 0, ours(1024, 1024-10))
	}
	readers := []*subscriber{subscribe(t, s, c, from(register(t, s, "c"), "TRIM_HORIZON")), subscribe(t, s, c, from(register(t, s, "d"), "TRIM_HORIZON"))}
	c.RunUntil(clock.Epoch.Add(10 * time.Second))
	for i, r := range readers {
		const most, least = (2 + 20 + 1) * mib, (2 + 20 - 1) * mib // a burst, ten seconds and one event
		if _, bytes := r.records(); bytes > most || bytes < least {
			t.Errorf("subscriber %d got %.1f MiB in 10 s", i, float64(bytes)/mib)
		}
		if r.last().event.MillisBehindLatest < 9000 {
			t.Errorf("subscriber %d is %d ms behind", i, r.last().event.MillisBehindLatest)
		}
	}
	c.RunUntil(clock.Epoch.Add(15 * time.Second))
	for i, r := range readers {
		if n, _ := r.records(); n != 30*1024 || r.last().event.MillisBehindLatest != 0 {
			t.Errorf("subscriber %d got %d records and is %d ms behind", i, n, r.last().event.MillisBehindLatest)
		}
	}
}

// TestAnEventHoldsAtMost what the model says; a larger record has an event of its own.
func TestAnEventHoldsAtMost(t *testing.T) {
	tests := []struct {
		name   string
		model  Model
		recs   []record.Record
		counts string // records of each event
	}{
		{"records", Model{EventRecords: 4}, ours(10, 1), "[4 4 2]"},
		{"bytes", Model{EventBytes: 250}, ours(5, 100), "[2 2 1]"},
		{"large records", Model{EventBytes: 50}, ours(3, 100), "[1 1 1]"},
		{"one MiB", Model{}, ours(4, 400<<10), "[2 2]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := clock.NewVirtual()
			defer c.Stop()
			s := newStream(t, Config{Clock: c, Model: tt.model, Limits: Limits{WriteBytes: 1 << 30}}, "s", 1)
			mustPut(t, s, c.Now(), tt.recs)
			r := subscribe(t, s, c, from(register(t, s, "c"), "TRIM_HORIZON"))
			c.RunUntil(clock.Epoch.Add(time.Second))
			var counts []int
			for _, h := range r.all {
				counts = append(counts, len(h.event.Records))
			}
			if got := fmt.Sprint(counts); got != tt.counts {
				t.Errorf("events of %s records, want %s", got, tt.counts)
			}
		})
	}
}

// closing is a change that closes the shard 0, with one child.
type closing struct{}

func (closing) apply(s *Service, st *stream, at time.Time) {
	parent := st.shards[0]
	child := newShard(int32(len(st.shards)), parent.start, parent.end, &s.cfg.Limits, at.UnixNano())
	child.parents = []int32{0}
	st.shards, st.open = append(st.shards, child), []*shard{child}
	parent.closed, parent.children = at.UnixNano(), []int32{child.number}
}

// closeShard closes the shard 0 some time from now.
func closeShard(t *testing.T, s *Service, c *clock.Virtual, wait time.Duration) {
	t.Helper()
	st, err := s.lock("s", c.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer st.mu.Unlock()
	s.after(st, c.Now(), wait, true, closing{})
}

// TestAQuietShardThatCloses wakes its subscriber at that instant, though nobody else looks at the stream.
func TestAQuietShardThatCloses(t *testing.T) {
	for _, wait := range []time.Duration{0, time.Nanosecond, 1500 * time.Millisecond, time.Minute} {
		t.Run(wait.String(), func(t *testing.T) {
			c := clock.NewVirtual()
			defer c.Stop()
			s := newStream(t, Config{Clock: c}, "s", 1)
			r := subscribe(t, s, c, from(register(t, s, "c"), "LATEST"))
			c.RunUntil(clock.Epoch.Add(time.Second))
			closeShard(t, s, c, wait)
			c.RunUntil(clock.Epoch.Add(2 * time.Minute))
			if h := r.last(); !errors.Is(h.err, ErrSubscriptionOver) || h.at != time.Second+wait {
				t.Errorf("it ended after %v with %v", h.at, h.err)
			}
		})
	}
}

// TestTheEndOfAShard: a subscriber of a shard that closes is told so at that instant, with the children and without a
// number to go on from, and the subscription is over. Who comes later, even at LATEST, is told the same.
func TestTheEndOfAShard(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	s := newStream(t, Config{Clock: c}, "s", 1)
	arn := register(t, s, "c")
	r := subscribe(t, s, c, from(arn, "LATEST"))
	putAt(t, s, c, time.Second, ours(2, 1))
	closeShard(t, s, c, 2500*time.Millisecond)
	putAt(t, s, c, 2*time.Second, ours(1, 1))
	c.RunUntil(clock.Epoch.Add(10 * time.Second))
	end := func(r *subscriber, at time.Duration) {
		t.Helper()
		h, over := r.all[len(r.all)-2], r.last()
		if h.at != at || len(h.event.ChildShards) != 1 || h.event.ChildShards[0].ShardId != "shardId-000000000001" ||
			!h.event.ContinuationSequenceNumber.IsZero() || !errors.Is(over.err, ErrSubscriptionOver) || over.at != at {
			t.Errorf("the last event came at %v: %+v; then %v", h.at, h.event, over.err)
		}
	}
	end(r, 3500*time.Millisecond)
	if n, _ := r.records(); n != 3 {
		t.Errorf("%d records", n)
	}
	for _, position := range []string{"LATEST", "TRIM_HORIZON"} {
		r := subscribe(t, s, c, from(arn, position))
		at := c.Now().Sub(clock.Epoch)
		c.RunUntil(c.Now().Add(6 * time.Second))
		end(r, at)
		if n, _ := r.records(); n != 3 && position == "TRIM_HORIZON" {
			t.Errorf("%d records", n)
		}
	}
	if n := len(s.streams["s"].shards[0].subscriptions); n != 0 {
		t.Errorf("%d subscriptions are left", n)
	}
}

// TestASubscriptionEndsWithItsConsumer, and with its stream: at once, with the error that a new call is answered with.
func TestASubscriptionEndsWithItsConsumer(t *testing.T) {
	notActive := fmt.Sprintf("Consumer c with creation timestamp %d under stream: s , account 123456789012 is not in ACTIVE status.", clock.Epoch.Unix())
	arn := fmt.Sprintf("%s/consumer/c:%d", streamS, clock.Epoch.Unix())
	deregister := func(s *Service) error {
		return s.DeregisterStreamConsumer(DeregisterStreamConsumerInput{ConsumerARN: &arn})
	}
	remove := func(s *Service) error {
		return s.DeleteStream(DeleteStreamInput{StreamName: new("s"), EnforceConsumerDeletion: new(true)})
	}
	tests := []struct {
		name          string
		model         Model
		do            func(*Service) error
		code, message string
	}{
		{"deregistering", Model{Deregistering: time.Minute}, deregister, codeInUse, notActive},
		{"deregistered", Model{}, deregister, codeNotFound, "Consumer " + arn + ", account 123456789012 not found."},
		{"deleting", Model{Deleting: time.Minute}, remove, codeInUse, notActive},
		{"deleted", Model{}, remove, codeNotFound, "Stream s under account 123456789012 not found."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := clock.NewVirtual()
			defer c.Stop()
			s := newStream(t, Config{Clock: c, Model: tt.model}, "s", 1)
			r := subscribe(t, s, c, from(register(t, s, "c"), "LATEST"))
			c.RunUntil(clock.Epoch.Add(7 * time.Second))
			if err := tt.do(s); err != nil {
				t.Fatal(err)
			}
			c.RunUntil(clock.Epoch.Add(8 * time.Second))
			if r.last().at != 7*time.Second {
				t.Errorf("it ended after %v", r.last().at)
			}
			want(t, r.last().err, tt.code, tt.message)
			_, err := s.SubscribeToShard(from(arn, "LATEST"), func() {})
			want(t, err, tt.code, tt.message)
		})
	}
	s := newStream(t, Config{Model: Model{Registering: time.Second}}, "s", 1)
	_, err := s.SubscribeToShard(from(register(t, s, "c"), "LATEST"), func() {})
	want(t, err, codeInUse, notActive)
}

// TestPushLatency: the profile aws lets a record be on its way for 70 ms in the mean, and what is pushed is in order. One
// seed has one history.
func TestPushLatency(t *testing.T) {
	run := func() (delays []time.Duration) {
		c := clock.NewVirtual()
		defer c.Stop()
		s := newStream(t, Config{Clock: c, Model: Model{Push: ModelAWS().Push}}, "s", 1)
		r := subscribe(t, s, c, from(register(t, s, "c"), "LATEST"))
		for i := range 250 {
			putAt(t, s, c, time.Duration(i)*time.Second, ours(1, 1))
		}
		c.RunUntil(c.Now().Add(time.Second))
		next := uint64(0)
		for _, h := range r.all {
			for i := range h.event.Records {
				if h.event.Records[i].Seq != next {
					t.Fatalf("record %d where %d should be", h.event.Records[i].Seq, next)
				}
				next++
				delays = append(delays, h.at-time.Duration(h.event.Records[i].Arrival-clock.Epoch.UnixNano()))
			}
		}
		return delays
	}
	delays := run()
	var sum, least time.Duration = 0, time.Hour
	for _, d := range delays {
		sum, least = sum+d, min(least, d)
	}
	if mean := sum / 250; len(delays) != 250 || mean < 60*time.Millisecond || mean > 80*time.Millisecond || least < 10*time.Millisecond {
		t.Errorf("%d records, on their way for %v in the mean and %v at least", len(delays), mean, least)
	}
	if again := run(); fmt.Sprint(again) != fmt.Sprint(delays) {
		t.Error("a second run is another")
	}
}

// TestPushLatencyUnderLoad: with many puts in flight, each record is on its way for about as long as alone.
func TestPushLatencyUnderLoad(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	push := 100 * time.Millisecond
	s := newStream(t, Config{Clock: c, Model: Model{Push: Latency{P50: push}}}, "s", 1)
	r := subscribe(t, s, c, from(register(t, s, "c"), "LATEST"))
	for i := range 900 {
		putAt(t, s, c, time.Duration(i)*time.Millisecond, ours(1, 1))
	}
	c.RunUntil(c.Now().Add(time.Second))
	if n, _ := r.records(); n != 900 {
		t.Fatalf("%d records", n)
	}
	for _, h := range r.all {
		for i := range h.event.Records {
			d := h.at - time.Duration(h.event.Records[i].Arrival-clock.Epoch.UnixNano())
			if d > push || d < push-pushWindow {
				t.Fatalf("record %d was on its way for %v", h.event.Records[i].Seq, d)
			}
		}
	}
	if n := len(r.all); n < 80 || n > 100 {
		t.Errorf("%d events for 900 ms, want one each 10 or 11 ms", n)
	}
}

// TestEventJSON: an event is the JSON that AWS sends, without a number to go on from only at the end of a shard.
func TestEventJSON(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	recs := []record.Record{{Key: "k", Data: []byte("x"), Size: 1}}
	mustPut(t, s, clock.Epoch.Add(time.Second), recs)
	sh := s.streams["s"].shards[0]
	number := sh.sequence(0, sh.at(0).Arrival)
	e := SubscribeToShardEvent{Records: []record.Record{sh.at(0)}, ContinuationSequenceNumber: number, MillisBehindLatest: 7, shard: sh}
	want := `{"Records":[{"SequenceNumber":"` + number.String() + `","ApproximateArrivalTimestamp":1767225601.000,"Data":"eA==","PartitionKey":"k"}],` +
		`"MillisBehindLatest":7,"ContinuationSequenceNumber":"` + number.String() + `"}`
	if got := string(e.AppendJSON(nil)); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	end := SubscribeToShardEvent{ChildShards: []ChildShard{{"shardId-000000000001", []string{"shardId-000000000000"}, HashKeyRange{}}}, shard: sh}
	got := string(end.AppendJSON([]byte("before ")))
	if !json.Valid([]byte(strings.TrimPrefix(got, "before "))) || strings.Contains(got, "Continuation") || !strings.Contains(got, `"Records":[]`) {
		t.Errorf("the end of a shard: %s", got)
	}
}

// TestSubscribersAtOnce: on the wall clock two subscribers of each shard hear every record once and in order, while records
// are put.
func TestSubscribersAtOnce(t *testing.T) {
	c := clock.NewWall()
	defer c.Stop()
	limits := generous()
	limits.PushBytes = 4_000_000_000
	s := newStream(t, Config{Clock: c, Limits: limits}, "s", 2)
	const puts, each = 40, 50
	done := make(chan int, 4)
	for i := range 4 {
		in := from(register(t, s, fmt.Sprint("c-", i)), "TRIM_HORIZON")
		in.ShardId = new(ShardID(int32(i % 2)))
		woken := make(chan struct{}, 1)
		sub, err := s.SubscribeToShard(in, func() {
			select {
			case woken <- struct{}{}:
			default:
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			next := uint64(0)
			defer func() { done <- int(next) }()
			for {
				e, _, err := sub.Next(c.Now())
				if errors.Is(err, ErrSubscriptionOver) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				if e == nil {
					<-woken
					continue
				}
				for _, r := range e.Records {
					if r.Seq != next {
						t.Errorf("record %d where %d should be", r.Seq, next)
						return
					}
					next++
				}
				if next == puts*each/2 {
					sub.Close()
				}
			}
		}()
	}
	recs := ours(each, 10)
	for i := range recs {
		recs[i].Hash.Hi = uint64(i%2) << 63 // as many into each shard
	}
	for range puts {
		if err := s.Put(c.Now(), "s", recs, make([]Result, each)); err != nil {
			t.Error(err)
		}
	}
	for range 4 {
		if n := <-done; n != puts*each/2 {
			t.Errorf("a subscriber heard %d records, want %d", n, puts*each/2)
		}
	}
}

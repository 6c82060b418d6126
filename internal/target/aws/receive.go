package aws

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/receiver"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// Receive is how the run's receiver, to which delivery streams with an HTTP endpoint deliver, behaves and is reached.
type Receive struct {
	Models map[string]receiver.Model // by delivery stream; one that is not there takes everything at once
	Listen string                    // the address of this machine that it listens on; default 127.0.0.1
	Host   string                    // the name or address by which the service reaches that; default Listen
	// BodyAlone is for a service that leaves AWS's headers out.
	BodyAlone bool
	// Reply says how an attempt is answered; it may delay it, refuse it or cut it off. Nil: as the model draws.
	Reply func(deliveryStream string, q *receiver.Request, drawn receiver.Reply) receiver.Reply
	// Records are what the inside knows of a request that is under way.
	Records func(id string) []target.Record
	// Stop ends the requests under way, while the receiver is there still and tells nobody any more.
	Stop func()
}

// receiving is the run's receiver: each request is told at the instant at which it is taken. It is safe for concurrent use.
type receiving struct {
	target   *Target
	listener *server.Listener
	end      context.CancelFunc // of the requests that are held back

	mu   sync.Mutex
	over bool // nobody is told any more
}

// deliverable refuses a pipeline with HTTP endpoints where the service at the endpoint is not known to reach this process.
func (t *Target) deliverable(s *scenarios.Scenario) error {
	names := s.Pipeline.DeliversToHTTP()
	if len(names) == 0 || t.config.Receive != nil {
		return nil
	}
	return fmt.Errorf("delivery stream %s delivers to the run's own HTTP receiver, which the target %s cannot reach: run it with --target embedded, or simulate it",
		names[0], t.Traits().Name)
}

// untoldOfBackups is what cannot be told where Firehose may put records into a backup that nobody here reads.
func (t *Target) untoldOfBackups() []target.Untold {
	if t.config.Receive == nil {
		return nil
	}
	const patience = 3 * time.Minute // AWS's with an answer
	for _, m := range t.config.Receive.Models {
		if m.Errors > 0 || m.P99 >= patience {
			return []target.Untold{{
				Prefix: "integrity.missing", Measured: true,
				Reason: "what Firehose backs up when an HTTP endpoint has not taken it is not read back from this target, and counts as pending",
			}}
		}
	}
	return nil
}

// receive starts the receiver where a delivery stream needs one.
func (t *Target) receive(ctx context.Context, s *scenarios.Scenario) error {
	names := s.Pipeline.DeliversToHTTP()
	if len(names) == 0 {
		return nil
	}
	r, paths := &receiving{target: t}, receiver.Paths{}
	for _, name := range names {
		model := t.config.Receive.Models[name]
		paths[name] = receiver.New(receiver.Config{
			Now: t.config.Clock.Now, Identify: t.config.Identify, BodyAlone: t.config.Receive.BodyAlone,
			Receive: func(q *receiver.Request) receiver.Reply { return r.reply(name, model, q) },
		})
	}
	// An interrupt ends the load, not the requests that are on their way.
	base, end := context.WithCancel(context.WithoutCancel(ctx))
	listener, err := server.Listen(base, net.JoinHostPort(t.config.Receive.Listen, "0"), paths, nil)
	if err != nil {
		end()
		return fmt.Errorf("receive deliveries: %w", err)
	}
	r.listener, r.end = listener, end
	t.receiver = r
	if t.config.Inside == nil {
		t.phase("receiving deliveries at " + r.url(""))
	}
	return nil
}

// url is where a delivery stream delivers to.
func (r *receiving) url(deliveryStream string) string {
	host, port, _ := net.SplitHostPort(r.listener.Addr()) // an address that is listened on is one
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(cmp.Or(r.target.config.Receive.Host, host), port), Path: "/" + deliveryStream}
	return u.String()
}

// reply decides about one attempt. Unless it is refused its records are told when its time is over, or when the sender has
// given up waiting: it is taken then, and comes again.
func (r *receiving) reply(name string, m receiver.Model, q *receiver.Request) receiver.Reply {
	reply := m.Reply(q)
	if !slices.ContainsFunc(q.Records, func(r target.Record) bool { return !r.Ours || r.Lane != target.MarkerLane }) {
		reply = receiver.Reply{} // what looks for the way is taken, whatever the model does with the load
	}
	d := target.Delivery{DeliveryStream: name, RequestID: q.ID, Attempt: q.Attempt, Records: r.records(q)}
	for i := range d.Records {
		d.Bytes += int64(d.Records[i].Size)
	}
	if reply.Status == 0 {
		reply.Then = func() { r.take(d) }
	}
	if t := r.target; t.config.Receive.Reply != nil {
		reply = t.config.Receive.Reply(name, q, reply)
	}
	return reply
}

// records are those of a request without their bodies, with what the inside knows of when each arrived and where it is stored.
func (r *receiving) records(q *receiver.Request) []target.Record {
	records := q.Records
	for i := range records {
		one := &records[i]
		one.Data, one.Shard, one.Arrival = nil, target.NoPlace, 0
		one.Marker = one.Ours && one.Lane == target.MarkerLane
	}
	if inside := r.target.config.Receive.Records; inside != nil {
		return known(records, inside(q.ID))
	}
	return records
}

// take tells of a request that is taken now. Where the inside tells nothing a record arrived when it was acknowledged: that
// is told once, so that nobody asks before a record is taken.
func (r *receiving) take(d target.Delivery) {
	if r.target.config.Receive.Records == nil {
		for i := range d.Records {
			one := &d.Records[i]
			one.Arrival, _ = r.target.acks[d.DeliveryStream].arrival(one.Lane, one.Number)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return
	}
	d.At = r.target.config.Clock.Now()
	r.target.observer.Delivered(d)
	r.target.markers.seen(d.DeliveryStream, d.Records)
}

// Stop ends subscriptions, and what is delivered to the run's receiver, where there is one: what is under way then is not
// taken.
func (t *Target) Stop() {
	t.stop()
	r := t.receiver
	if r == nil {
		return
	}
	r.mu.Lock()
	r.over = true
	r.mu.Unlock()
	if stop := t.config.Receive.Stop; stop != nil {
		stop()
	}
	r.end()
	_ = r.listener.Close() // nobody is told any more: there is nothing that could be lost by it
}

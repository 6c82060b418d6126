package embedded

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/receiver"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/internal/target/simulated"
)

// posts are the requests to the run's receiver that are under way, with what only the inside knows of their records. They
// are sent as any other: over HTTP. It is safe for concurrent use.
type posts struct {
	firehose.Endpoints

	mu   sync.Mutex
	byID map[string][]target.Record
}

// Post sends a request and keeps its records, without their bodies, until it is answered.
func (p *posts) Post(now time.Time, r *firehose.Request) firehose.Answer {
	records := slices.Clone(r.Records)
	for i := range records {
		records[i].Data = nil
	}
	p.set(r.ID, records)
	defer p.set(r.ID, nil)
	return p.Endpoints.Post(now, r)
}

// set keeps the records of a request; nil forgets them.
func (p *posts) set(id string, records []target.Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if records == nil {
		delete(p.byID, id)
		return
	}
	p.byID[id] = records
}

// records are those of a request that is under way.
func (p *posts) records(id string) []target.Record {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.byID[id]
}

// receive is how the run's receiver behaves: as its model and the faults say.
func (t *Target) receive() *aws.Receive {
	return &aws.Receive{
		Models:  simulated.Receivers(t.scenario, t.config.Seed),
		Reply:   t.reply,
		Records: t.posts.records,
		Stop:    t.sender.Close,
	}
}

// reply lets the faults act on an attempt.
func (t *Target) reply(name string, q *receiver.Request, drawn receiver.Reply) receiver.Reply {
	now := t.config.Clock.Now()
	a := t.hook(now, simulated.ReceiverRequest(name, len(q.Records)))
	drawn.After = simulated.Answering(now, a, drawn.After)
	drawn.Cut = a.Cut || a.Lost
	if a.Err != nil {
		drawn.Status, drawn.Message = http.StatusServiceUnavailable, a.Err.Code
	}
	if a.Err != nil || a.Cut && !a.After {
		drawn.Then = nil // it is not taken
	}
	return drawn
}

package simulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// reading is an HTTP endpoint that reads the requests' bodies.
type reading struct{ bodies []string }

func (e *reading) Post(now time.Time, r *firehose.Request) firehose.Answer {
	body, err := r.AppendBody(nil)
	if err != nil {
		return firehose.Answer{Failure: firehose.ConnectionFailed, Detail: err.Error()}
	}
	e.bodies = append(e.bodies, string(body))
	return r.Accept(now)
}

// Requests to an HTTP endpoint hold what objects would: a world's Firehose renders as its object store does.
func TestRequestsAreRendered(t *testing.T) {
	virtual := clock.NewVirtual()
	defer virtual.Stop()
	endpoint := &reading{}
	w := simulator.New(simulator.Config{
		Clock:    virtual,
		Objects:  objectstore.Config{Render: func(dst []byte, r *record.Record) []byte { return fmt.Append(dst, r.Number) }},
		Firehose: firehose.Config{Endpoints: endpoint},
	}).World("123456789012", "us-east-1")
	err := w.Firehose.Create(firehose.DeliveryStream{
		Name: "d", Bucket: "bucket", HTTP: &firehose.HTTPEndpoint{URL: "https://localhost/"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Firehose.Put(virtual.Now(), "d", []record.Record{{Number: 7, Size: 1, Ours: true}}, make([]bool, 1)); err != nil {
		t.Fatal(err)
	}
	virtual.RunUntil(virtual.Now().Add(10 * time.Minute))
	if len(endpoint.bodies) != 1 || !strings.Contains(endpoint.bodies[0], `{"data":"Nw=="}`) {
		t.Errorf("%q", endpoint.bodies)
	}
}

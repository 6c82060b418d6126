package firehose_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// newHTTPWorld makes a world with a delivery stream d to an endpoint, with a buffer of 1 MiB and 5 s.
func newHTTPWorld(t *testing.T, change func(*firehose.HTTPEndpoint, *firehose.Config)) *world {
	h := firehose.HTTPEndpoint{URL: "http://localhost/", Buffering: &firehose.BufferingHints{Size: mib, Interval: 5 * time.Second}}
	w := newWorld(t, func(c *firehose.Config) {
		if change != nil {
			change(&h, c)
		}
	})
	w.must(w.firehose.Create(firehose.DeliveryStream{
		Name: "d", Bucket: "bucket", HTTP: &h, Buffering: &firehose.BufferingHints{Size: mib, Interval: time.Minute},
	}))
	return w
}

// objects are the bodies in the bucket by their keys.
func (w *world) objects() map[string]string {
	w.t.Helper()
	page, err := w.store.List("bucket", objectstore.ListQuery{})
	w.must(err)
	all := map[string]string{}
	for _, o := range page.Objects {
		body, err := w.store.Get("bucket", o.Key)
		w.must(err)
		all[o.Key] = string(body.Body)
	}
	return all
}

func TestHTTPDelivery(t *testing.T) {
	w := newHTTPWorld(t, func(h *firehose.HTTPEndpoint, _ *firehose.Config) {
		h.AccessKey, h.Gzip = "secret", true
		h.CommonAttributes = []firehose.CommonAttribute{{AttributeName: "stage", AttributeValue: "test"}, {AttributeName: "a"}}
	})
	start := w.clock.Now()
	w.produce(10, 4, 0, time.Second, w.direct("d"))
	w.run(time.Minute)

	if len(w.lags()) != 10 || len(w.delivered) != 2 || len(w.discarded) != 0 || len(w.backups) != 0 {
		t.Fatalf("%d records in %d requests, %d discarded, %d backups", len(w.lags()), len(w.delivered), len(w.discarded), len(w.backups))
	}
	one, r := w.delivered[0], w.endpoint.requests[0]
	if one.At.Sub(start) != 5*time.Second || one.URL != "http://localhost/" || one.RequestID != r.ID || one.Attempts != 1 || one.Bytes != 20 || one.Bucket != "" {
		t.Errorf("%+v", one)
	}
	if r.AccessKey != "secret" || !r.Gzip || r.CommonAttributes != `{"commonAttributes":{"a":"","stage":"test"}}` ||
		r.SourceARN != "arn:aws:firehose:us-east-1:123456789012:deliverystream/d" || r.Timeout != 3*time.Minute || r.Attempt != 1 {
		t.Errorf("%+v", r)
	}
	if want := fmt.Sprintf(`{"requestId":"%s","timestamp":%d,"records":[{"data":"MCAgIA=="}`, r.ID, start.Add(5*time.Second).UnixMilli()); !strings.HasPrefix(w.endpoint.bodies[0], want) {
		t.Errorf("%s", w.endpoint.bodies[0])
	}
	if r.ID == w.endpoint.requests[1].ID {
		t.Error("two requests have one id")
	}
}

// An endpoint refuses for a while: the request comes again with its id and its body, and what waits behind it follows in order.
func TestHTTPDeliveryIsRetried(t *testing.T) {
	w := newHTTPWorld(t, nil)
	start := w.clock.Now()
	w.endpoint.answer = func(now time.Time, r *firehose.Request) firehose.Answer {
		if now.Sub(start) < 18*time.Second {
			return r.Refuse(now, 503, "not now")
		}
		return r.Accept(now)
	}
	w.produce(40, 100, 0, time.Second, w.direct("d"))
	w.run(10 * time.Second)
	if oldest, ok := w.firehose.Oldest("d"); !ok || oldest != start {
		t.Errorf("while it is retried the oldest record is of %v, want %v", oldest, start)
	}
	held := 0
	w.firehose.Held(func(_, _ string, recs []record.Record) { held += len(recs) })
	if held != 11 {
		t.Errorf("%d records are held, want 11", held)
	}
	w.run(2 * time.Minute)

	attempts := w.delivered[0].Attempts
	if attempts < 4 || attempts > 6 {
		t.Fatalf("the first request was taken at attempt %d", attempts)
	}
	base := time.Second
	for i := range attempts {
		a := w.attempts[i]
		if a.Number != i+1 || a.RequestID != w.delivered[0].RequestID || w.endpoint.bodies[i] != w.endpoint.bodies[0] {
			t.Errorf("attempt %d: %+v", i, a)
		}
		if i == 0 {
			continue
		}
		wait := a.Began.Sub(w.attempts[i-1].Ended)
		if float64(wait) < 0.85*float64(base) || float64(wait) > 1.15*float64(base) {
			t.Errorf("wait %d is %v, want %v ± 15 %%", i, wait, base)
		}
		base *= 2
	}
	if first := w.attempts[0]; first.ErrorCode != "HttpEndpoint.DestinationException" || first.Status != 503 || !strings.Contains(first.ErrorMessage, "not now") {
		t.Errorf("%+v", first)
	}
	if len(w.lags()) != 40 {
		t.Errorf("%d of 40 records delivered", len(w.lags()))
	}
	for i, next := 0, uint64(0); i < len(w.delivered); i++ {
		for _, r := range w.delivered[i].Records {
			if r.Number != next {
				t.Fatalf("record %d comes before %d", r.Number, next)
			}
			next++
		}
	}
}

// What the endpoint does not take until the retries are over is under the error prefix of the backup bucket, and only there.
func TestHTTPFailuresGoToTheErrorPrefix(t *testing.T) {
	retry := 10 * time.Second
	w := newHTTPWorld(t, func(h *firehose.HTTPEndpoint, _ *firehose.Config) { h.RetryDuration = &retry })
	start := w.clock.Now()
	w.endpoint.answer = func(now time.Time, r *firehose.Request) firehose.Answer {
		if strings.Contains(w.endpoint.bodies[len(w.endpoint.bodies)-1], `"MCAg`) { // with record 0
			late := r.Accept(now) // it takes the request, and says so too late
			late.Took = time.Hour
			return late
		}
		return r.Accept(now)
	}
	w.produce(10, 4, 0, time.Second, w.direct("d"))
	w.run(time.Hour)

	if len(w.backups) != 1 || len(w.delivered) != 1 || len(w.discarded) != 0 {
		t.Fatalf("%d backups, %d deliveries, %d discarded", len(w.backups), len(w.delivered), len(w.discarded))
	}
	b := w.backups[0]
	if !b.Failed || b.ErrorCode != "HttpEndpoint.RequestTimeout" || len(b.Records) != 5 || b.Records[0].Number != 0 || b.Bucket != "bucket" {
		t.Errorf("%+v", b)
	}
	// Attempts of 3 min each, and 10 s of waits between them: what an endpoint takes for its answer does not count.
	if took := b.At.Sub(start) - 5*time.Second; took != time.Duration(b.Attempts)*3*time.Minute+retry || b.Attempts < 4 {
		t.Errorf("%d attempts took %v", b.Attempts, took)
	}
	if strings.Contains(b.Key, w.attempts[0].RequestID) {
		t.Errorf("object %s has the request's id", b.Key)
	}
	body := w.objects()[b.Key]
	if !strings.HasPrefix(b.Key, "http-endpoint-failed/2026/01/01/00/d-1-2026-01-01-00-00-00-") || strings.Count(body, "\n") != 5 || int64(len(body)) != b.Bytes ||
		!strings.HasPrefix(body, fmt.Sprintf(`{"attemptsMade":%d,"arrivalTimestamp":%d,"errorCode":"HttpEndpoint.RequestTimeout",`, b.Attempts, start.UnixMilli())) ||
		!strings.Contains(body, `"rawData":"MCAgIA=="`) {
		t.Errorf("%s\n%s", b.Key, body)
	}
	if w.delivered[0].Records[0].Number != 5 {
		t.Errorf("the next request begins with record %d", w.delivered[0].Records[0].Number)
	}
}

// In a run that keeps no bodies an error object is what it weighs, and what it would say is nowhere.
func TestHTTPFailuresWithoutBodies(t *testing.T) {
	w := newHTTPWorld(t, func(h *firehose.HTTPEndpoint, c *firehose.Config) {
		h.RetryDuration, c.Render = new(time.Duration), nil
		store := objectstore.New(objectstore.Config{DropRecords: true})
		if err := store.CreateBucket(c.Clock.Now(), "bucket"); err != nil {
			t.Fatal(err)
		}
		c.Store, c.Endpoints = store, refuser{}
	})
	w.produce(5, 4, 0, time.Second, w.direct("d"))
	w.run(time.Minute)
	if len(w.backups) != 1 || len(w.backups[0].Records) != 5 || w.backups[0].Bytes < 5*200 {
		t.Errorf("%+v", w.backups)
	}
}

// refuser is an endpoint that reads nothing and refuses everything.
type refuser struct{}

func (refuser) Post(now time.Time, r *firehose.Request) firehose.Answer {
	return r.Refuse(now, 500, "")
}

// With retries of no time a request is sent once.
func TestHTTPWithoutRetries(t *testing.T) {
	w := newHTTPWorld(t, func(h *firehose.HTTPEndpoint, _ *firehose.Config) { h.RetryDuration = new(time.Duration) })
	w.endpoint.answer = func(now time.Time, r *firehose.Request) firehose.Answer { return r.Refuse(now, 500, "") }
	w.produce(1, 4, 0, 0, w.direct("d"))
	w.run(time.Minute)
	if len(w.endpoint.requests) != 1 || len(w.backups) != 1 || w.backups[0].Attempts != 1 {
		t.Errorf("%d requests, %d backups", len(w.endpoint.requests), len(w.backups))
	}
}

// A 413 is a failure for good, and its records go nowhere.
func TestHTTP413(t *testing.T) {
	w := newHTTPWorld(t, nil)
	w.endpoint.answer = func(now time.Time, r *firehose.Request) firehose.Answer { return r.Refuse(now, 413, "large") }
	w.produce(3, 4, 0, time.Second, w.direct("d"))
	w.run(time.Hour)
	if len(w.endpoint.requests) != 1 || len(w.discarded) != 3 || len(w.backups) != 0 || len(w.delivered) != 0 {
		t.Errorf("%d requests, %d discarded, %d backups", len(w.endpoint.requests), len(w.discarded), len(w.backups))
	}
	if _, ok := w.firehose.Oldest("d"); ok {
		t.Error("what was discarded is still the oldest")
	}
}

// A request ends at its most records, and at a size that keeps its body below the limit, whatever the hint says.
func TestHTTPRequestsAreLimited(t *testing.T) {
	t.Run("records", func(t *testing.T) {
		w := newHTTPWorld(t, func(_ *firehose.HTTPEndpoint, c *firehose.Config) { c.Limits.RequestRecords = 3 })
		w.must(w.direct("d")(w.clock.Now(), records(10, 1)))
		w.run(time.Minute)
		var sizes []int
		for _, d := range w.delivered {
			sizes = append(sizes, len(d.Records))
		}
		if !slices.Equal(sizes, []int{3, 3, 3, 1}) {
			t.Errorf("requests of %v records", sizes)
		}
	})
	t.Run("bytes", func(t *testing.T) {
		const most = 4 * mib
		w := newHTTPWorld(t, func(h *firehose.HTTPEndpoint, c *firehose.Config) {
			h.Buffering, c.Limits.RequestBytes = &firehose.BufferingHints{Size: 64 * mib, Interval: time.Minute}, most
		})
		w.produce(30, 900_000, 0, time.Second, w.direct("d"))
		w.run(2 * time.Minute)
		longest := 0
		for _, b := range w.endpoint.bodies {
			longest = max(longest, len(b))
		}
		if len(w.lags()) != 30 || longest > most || longest < most/2 {
			t.Errorf("%d records delivered, the longest body has %d bytes of %d", len(w.lags()), longest, most)
		}
	})
}

// What is older than the retention is discarded, and not written to the bucket.
func TestHTTPRetention(t *testing.T) {
	w := newHTTPWorld(t, func(_ *firehose.HTTPEndpoint, c *firehose.Config) { c.Limits.Retention = 30 * time.Second })
	w.endpoint.answer = func(now time.Time, r *firehose.Request) firehose.Answer { return r.Refuse(now, 500, "") }
	w.produce(3, 4, 0, time.Second, w.direct("d"))
	w.run(time.Hour)
	if len(w.discarded) != 3 || len(w.backups) != 0 || len(w.attempts) < 4 || len(w.attempts) > 6 {
		t.Errorf("%d discarded, %d backups, %d attempts", len(w.discarded), len(w.backups), len(w.attempts))
	}
}

// Whose sender is closed has no attempt counted against it: at the end of a run nothing fails that has not.
func TestHTTPSenderIsClosed(t *testing.T) {
	w := newHTTPWorld(t, func(h *firehose.HTTPEndpoint, _ *firehose.Config) { h.RetryDuration = new(time.Duration) })
	closed := true
	w.endpoint.answer = func(now time.Time, r *firehose.Request) firehose.Answer {
		if closed {
			return firehose.Answer{Failure: firehose.Closed}
		}
		return r.Accept(now)
	}
	w.produce(1, 4, 0, 0, w.direct("d"))
	w.run(time.Hour)
	if len(w.attempts) != 0 || len(w.backups) != 0 {
		t.Errorf("%d attempts, %d backups", len(w.attempts), len(w.backups))
	}
	closed = false
	w.run(time.Hour)
	if len(w.delivered) != 1 || w.delivered[0].Attempts != 1 {
		t.Errorf("%+v", w.delivered)
	}
}

func TestHTTPHasOneHistory(t *testing.T) {
	history := func(seed uint64) string {
		w := newHTTPWorld(t, func(h *firehose.HTTPEndpoint, c *firehose.Config) { c.Seed, h.BackupMode = seed, firehose.AllData })
		w.endpoint.answer = func(now time.Time, r *firehose.Request) firehose.Answer {
			if len(w.endpoint.requests)%3 != 0 {
				return firehose.Answer{Failure: firehose.ConnectionReset, Took: 20 * time.Millisecond}
			}
			a := r.Accept(now)
			a.Took = 150 * time.Millisecond
			return a
		}
		w.produce(500, 20_000, 0, 10*time.Millisecond, w.direct("d"))
		w.run(10 * time.Minute)
		return w.history.String()
	}
	first := history(1)
	if first == "" || first != history(1) {
		t.Error("one seed has two histories")
	}
	if first == history(2) {
		t.Error("another seed waits and names the same")
	}
}

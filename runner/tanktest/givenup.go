package tanktest

import (
	"fmt"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// failingPuts is how many attempts of a delivery stream to put an object into its bucket have failed, of one shard's, since one succeeded.
type failingPuts struct {
	times       int
	first, last int64
	why         string
}

func (f *failingPuts) String() string {
	if f.times == 1 {
		return fmt.Sprintf("a PutObject has failed, at %s with %s", clockTime(f.last), f.why)
	}
	return fmt.Sprintf("%d PutObject have failed since %s, the last at %s with %s", f.times, clockTime(f.first), clockTime(f.last), f.why)
}

// StoreFailed keeps that an object could not be stored.
func (h deliveryHistory) StoreFailed(now time.Time, deliveryStream string, recs []record.Record, why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	of := lane{function: deliveryStream, shard: recs[0].Shard}
	f := h.failingPuts[of]
	if f == nil {
		if h.failingPuts == nil {
			h.failingPuts = map[lane]*failingPuts{}
		}
		f = &failingPuts{first: now.UnixNano()}
		h.failingPuts[of] = f
	}
	f.times++
	f.last, f.why = now.UnixNano(), why
}

// storing keeps that an object of a delivery stream was stored. The history is locked.
func (h *history) storing(deliveryStream string, recs []record.Record) {
	if len(recs) > 0 {
		delete(h.failingPuts, lane{function: deliveryStream, shard: recs[0].Shard})
	}
}

// failingPut tells that a delivery stream cannot store what it holds of a shard; "" where it can.
func (h *history) failingPut(deliveryStream string, shard int32) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.failingPuts[lane{function: deliveryStream, shard: shard}]; f != nil {
		return ", where " + f.String()
	}
	return ""
}

// Discarded keeps records that a delivery stream has given up: it could not deliver them for as long as it may try, or it was deleted.
func (h deliveryHistory) Discarded(now time.Time, deliveryStream string, recs []record.Record, deleted bool) {
	if len(recs) == 0 {
		return
	}
	source := h.tank.source(deliveryStream)
	_, keeps := h.tank.expired(source, recs[0].Arrival)
	of := lane{function: deliveryStream, shard: recs[0].Shard}
	h.mu.Lock()
	defer h.mu.Unlock()
	var text string
	switch f := h.failingPuts[of]; {
	case deleted:
		delete(h.failingPuts, of)
		text = fmt.Sprintf("lost with %s, which was deleted while it held it", deliveryStream)
	case f == nil && keeps == 0: // the stream is gone
		text = fmt.Sprintf("given up by %s: it came to its turn too late", deliveryStream)
	case f == nil:
		text = fmt.Sprintf("given up by %s: it came to its turn when it was older than %s", deliveryStream, long(int64(keeps)))
	default:
		text = fmt.Sprintf("given up by %s after %s of failing deliveries: %v", deliveryStream, long(now.UnixNano()-f.first), f)
	}
	h.byStream(source, recs, func(stream string, recs []record.Record) {
		h.drops = append(h.drops, drop{deliveryStream, stream, placesOf(recs), text, 0, now, ""})
	})
}

// long is a time span to the minute: 24h, 23h55m.
func long(nano int64) string {
	if nano < int64(time.Minute) {
		return time.Duration(nano).Round(time.Millisecond).String()
	}
	text := strings.TrimSuffix(time.Duration(nano).Round(time.Minute).String(), "0s")
	if whole, ok := strings.CutSuffix(text, "h0m"); ok {
		return whole + "h"
	}
	return text
}

// dropText is how a drop is told in the story of one of its records, of which there may be more in one. The history is locked.
func (h *history) dropText(d *drop, at place, b bundle) string {
	n := d.places.times(at)
	if d.attempts == 0 { // a delivery stream's: that is all there is to say
		return b.some(n) + d.condition
	}
	return fmt.Sprintf("%sgiven up: %s, %s%s", b.seenBy(d.function).some(n), d.condition, h.attempts(d, at), to(d.destination))
}

// attempts tells how often a mapping has tried records before it gave them up. AWS counts one where it never did. The history is locked.
func (h *history) attempts(d *drop, at place) string {
	if d.attempts == 1 && !h.tried(d.function, d.stream, at) {
		return "never tried"
	}
	return fmt.Sprintf("%d attempts", d.attempts)
}

// invoked tells whether a function was invoked with records of a stream.
func (h *history) invoked(function, stream string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.invocations.len() {
		if v := h.invocations.at(i); v.function == function && v.stream == stream {
			return true
		}
	}
	return false
}

// tried tells whether a record was in an invocation of a function. The history is locked.
func (h *history) tried(function, stream string, at place) bool {
	for i := range h.invocations.len() {
		if v := h.invocations.at(i); v.function == function && v.stream == stream && v.places.has(at) {
			return true
		}
	}
	return false
}

// expired tells whether a stream keeps a record of some arrival no more, and for how long it keeps one. Nothing of a stream that is gone
// has expired. Nothing is locked.
func (k *Tank) expired(stream string, arrival int64) (over bool, keeps time.Duration) {
	now := k.Now()
	horizon, err := k.world.Kinesis.Horizon(now, stream)
	if err != nil {
		return false, 0
	}
	return arrival < horizon.UnixNano(), now.Sub(horizon)
}

// expiry tells when a record has expired in its stream; "" where it has not. Nothing is locked.
func (h *history) expiry(stream string, at place) string {
	h.mu.Lock()
	r := h.record(stream, at)
	h.mu.Unlock()
	if r == nil {
		return ""
	}
	over, keeps := h.tank.expired(stream, r.arrival)
	if !over {
		return ""
	}
	return fmt.Sprintf("has expired at %s, %s after it was stored", clockTime(r.arrival+int64(keeps)), long(int64(keeps)))
}

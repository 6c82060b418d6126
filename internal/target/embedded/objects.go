package embedded

import (
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/target"
)

// inner keeps what the inside tells of objects until the bucket has been read: deliveries count as they are seen from
// outside, with the instant that the inside knows.
type inner struct {
	target.Observer
	objects *objects
}

// Delivered keeps an object's instant and its records without their bodies.
func (i *inner) Delivered(d target.Delivery) { i.objects.put(d) }

// objects are deliveries that were not read back yet, by key.
type objects struct {
	mu    sync.Mutex
	byKey map[string]target.Delivery
}

func (o *objects) put(d target.Delivery) {
	d.Records = slices.Clone(d.Records)
	for i := range d.Records {
		d.Records[i].Data = nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.byKey[d.Key] = d
}

// take gives an object back, once.
func (o *objects) take(key string) (time.Time, []target.Record, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	d, ok := o.byKey[key]
	delete(o.byKey, key)
	return d.At, d.Records, ok
}

// visible tells when an object that nobody has taken became visible.
func (o *objects) visible(key string) (time.Time, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	d, ok := o.byKey[key]
	return d.At, ok
}

// held visits what nobody has taken.
func (o *objects) held(visit func(*target.Delivery)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range o.byKey {
		visit(&d)
	}
}

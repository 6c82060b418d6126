package tanktest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Delivery is a delivery stream of Firehose that reads a stream and delivers to a bucket of its own.
type Delivery struct {
	*Sink
	bucket    string
	place     string // where the test opened it
	unflushed bool   // what it holds in the end does not matter
}

// delivers makes the sink of a delivery stream.
func (k *Tank) delivers(name string, stream *Stream, bucket, opened string) *Delivery {
	h := &k.history
	each := func(from int, visit func(at place, when int64)) int {
		for i := from; i < len(h.deliveries); i++ {
			if o := &h.deliveries[i]; o.deliveryStream == name && o.stream == stream.name {
				when := o.at.UnixNano()
				o.places.each(func(at place) { visit(at, when) })
			}
		}
		return len(h.deliveries)
	}
	return &Delivery{bucket: bucket, place: opened, Sink: &Sink{
		tank: k, stream: stream, name: name, verb: "has delivered", opens: true, each: each, where: k.inDelivery(name, stream.name),
	}}
}

// DeliveryOption is a setting of a delivery stream.
type DeliveryOption func(*deliveryOptions)

type deliveryOptions struct {
	stream           firehose.DeliveryStream
	transform        any // the handler; nil: there is none
	transformOptions []TransformOption
}

// Buffering is when an object is delivered: when its records have so many bytes (1 to 128 MiB, whole) or its oldest has waited
// so long (up to 900 s, whole), whichever is first; 5 MiB and 300 s.
func Buffering(size int64, interval time.Duration) DeliveryOption {
	return func(o *deliveryOptions) {
		o.stream.Buffering = &firehose.BufferingHints{Size: size, Interval: interval}
	}
}

// Prefix is the beginning of the objects' keys, with !{timestamp:…} expressions as Firehose has them, which want an [ErrorPrefix]
// beside them; yyyy/MM/dd/HH/.
func Prefix(p string) DeliveryOption { return func(o *deliveryOptions) { o.stream.Prefix = p } }

// Gzip compresses the objects.
func Gzip() DeliveryOption {
	return func(o *deliveryOptions) { o.stream.Compression = firehose.Gzip }
}

// Deliver makes a delivery stream that reads a stream, and a bucket of its name that it delivers to. It begins behind the newest record,
// as Firehose does.
func (k *Tank) Deliver(name, stream string, opts ...DeliveryOption) *Delivery {
	k.t.Helper()
	k.exists("Deliver", stream)
	d := k.delivers(name, &Stream{k, stream}, name, caller())
	if err := k.world.Objects.CreateBucket(k.Now(), d.bucket); err != nil && !errors.Is(err, objectstore.ErrBucketExists) {
		k.must(err, "Deliver(%q, %q)", name, stream)
	}
	o := deliveryOptions{stream: firehose.DeliveryStream{Name: name, Source: stream, Bucket: d.bucket, RoleARN: role, SourceRoleARN: role}}
	for _, opt := range opts {
		opt(&o)
	}
	if strings.Contains(o.stream.Prefix, "!{") && o.stream.ErrorOutputPrefix == "" {
		k.t.Fatalf("tanktest: Deliver(%q, %q): AWS takes a Prefix with expressions only beside an ErrorPrefix, "+
			"such as ErrorPrefix(%q)", name, stream, "errors/!{firehose:error-output-type}/")
	}
	if o.transform != nil {
		k.must(k.transform(&o.stream, o.transform, o.transformOptions), "Deliver(%q, %q): Transform", name, stream)
	}
	k.deliver(d)
	k.must(k.world.Firehose.Create(o.stream), "Deliver(%q, %q)", name, stream)
	d.begins = k.history.beginning(stream, k.history.stored(stream))
	return d
}

// deliver has a delivery stream be known, before it delivers.
func (k *Tank) deliver(d *Delivery) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.deliveries[d.name] = d
}

// source is the stream that a delivery stream reads; "" where it reads none.
func (k *Tank) source(deliveryStream string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if d := k.deliveries[deliveryStream]; d != nil {
		return d.stream.name
	}
	return ""
}

// flushed fails the test where delivery streams still hold records when it ends, whoever has made them: what is in a buffer then was
// never seen to be delivered.
func (k *Tank) flushed() {
	held := map[string]int{}
	k.world.Firehose.Held(func(deliveryStream, _ string, recs []record.Record) { held[deliveryStream] += len(recs) })
	k.mu.Lock()
	known := maps.Clone(k.deliveries)
	k.mu.Unlock()
	if k.t.Failed() {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(held)) {
		switch d, n := known[name], held[name]; {
		case n == 0:
		case d == nil:
			k.t.Errorf("delivery stream %s, made through the API, still buffers %d records when the test ends: let time pass until it has delivered them, "+
				"or delete it where they do not matter", name, n)
		case !d.unflushed:
			k.t.Errorf("delivery stream %s, opened at %s, still buffers %d records when the test ends: let time pass until it has delivered them, "+
				"or call Unflushed where they do not matter", name, d.place, n)
		}
	}
}

// Unflushed says that what the delivery stream still buffers when the test ends does not matter.
func (d *Delivery) Unflushed() { d.unflushed = true }

// Object is an object that was delivered.
type Object struct {
	Key     string
	Body    []byte
	Records int       // user records: those of an aggregate are told one by one
	At      time.Time // when it became visible
}

// Objects are what the delivery stream has delivered, in the order of their delivery.
func (d *Delivery) Objects() []Object {
	k := d.tank
	k.t.Helper()
	h := &k.history
	h.mu.Lock()
	delivered := slices.DeleteFunc(slices.Clone(h.deliveries), func(o delivery) bool { return o.deliveryStream != d.name })
	h.mu.Unlock()
	var all []Object
	for _, o := range delivered {
		if n := len(all); n > 0 && all[n-1].Key == o.key { // it has records of a deleted stream too
			all[n-1].Records += o.places.count()
			continue
		}
		got, err := k.world.Objects.Get(d.bucket, o.key)
		k.must(err, "read object %s of %s", o.key, d.bucket)
		all = append(all, Object{o.key, got.Body, o.places.count(), o.at})
	}
	return all
}

// Bucket is the bucket that the delivery stream delivers to.
func (d *Delivery) Bucket() string { return d.bucket }

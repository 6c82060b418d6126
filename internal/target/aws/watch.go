package aws

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// watch starts the processes that look at the sinks, waits for the delivery streams that were made, and where nothing inside
// tells that the sinks are positioned, sends marker records until each has seen one.
func (t *Target) watch(ctx context.Context, s *scenarios.Scenario, delivering *delivering) error {
	t.watches = t.bucketWatches(s)
	for _, w := range t.watches {
		t.config.Clock.Go("watch "+w.bucket, w.run)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Consumers)) {
		if err := t.consume(ctx, name, s.Pipeline.Consumers[name]); err != nil {
			return fmt.Errorf("start consumer %s: %w", name, err)
		}
	}
	if t.config.Inside != nil {
		return delivering.active(ctx) // its readers take their positions as they are made
	}
	if t.config.StandIn {
		if err := t.makeStream(ctx, ceilingStream, scenarios.Stream{ShardCount: ceilingShards}); err != nil {
			return fmt.Errorf("make stream %s: %w", ceilingStream, err)
		}
	}
	if err := t.warm(ctx, s, delivering); err != nil {
		return err
	}
	t.phase("waiting for a marker record at each sink")
	if err := t.position(ctx, s); err != nil || !t.config.StandIn {
		return err
	}
	return t.ceilings(ctx, s)
}

// Unread is how many objects that were visible at an instant were not told yet: at least one where it is not known.
func (t *Target) Unread(at time.Time) int {
	n := 0
	for _, w := range t.watches {
		n += w.unread(at)
	}
	return n
}

// object reads one object, tells the observer and marks it for removal where objects are not kept.
func (w *bucketWatch) object(ctx context.Context, o *s3types.Object, first sighting) error {
	key := aws.ToString(o.Key)
	name := w.deliveryStream(key)
	data, err := w.read(ctx, key)
	if err != nil {
		return fmt.Errorf("read s3://%s/%s: %w", w.bucket, key, err)
	}
	d := target.Delivery{
		DeliveryStream: name, Key: key, At: first.at, Resolution: first.resolution,
		Bytes: aws.ToInt64(o.Size), Records: w.target.split(data, w.yield),
	}
	if inside := w.target.config.Inside; inside != nil {
		if at, records, ok := inside.Object(w.bucket, key); ok {
			d.At, d.Resolution, d.Records = at, 0, known(d.Records, records)
		}
	} else {
		for i := range d.Records {
			r := &d.Records[i]
			r.Shard = target.NoPlace
			r.Arrival, _ = w.target.acks[name].arrival(r.Lane, r.Number)
		}
	}
	if len(d.Records) > 0 || !w.theirs.there { // an object of others alone is not of the run
		w.target.observer.Delivered(d)
	}
	w.target.markers.seen(name, d.Records)
	w.seen[key] = true
	if !w.target.config.Keep && !w.theirs.there {
		w.gone = append(w.gone, s3types.ObjectIdentifier{Key: o.Key})
	}
	return nil
}

// known adds what the inside knows of an object's records (when each arrived, and where it is stored) to what was read
// out of it. Bodies without an identity are known by their place only. Where the two disagree, what was read counts.
func known(read, inside []target.Record) []target.Record {
	if len(read) == 0 {
		return inside
	}
	if len(read) != len(inside) {
		return read
	}
	for i := range read {
		if read[i].Lane == inside[i].Lane && read[i].Number == inside[i].Number {
			read[i].Arrival, read[i].Shard, read[i].Seq = inside[i].Arrival, inside[i].Shard, inside[i].Seq
		}
	}
	return read
}

// deliveryStream is the one whose object a key is: AWS's object names begin with the delivery stream's.
func (w *bucketWatch) deliveryStream(key string) string {
	base := path.Base(key)
	found, longest := "", 0
	for _, name := range w.names {
		begin := w.target.names.at(kindDeliveryStream, name) + "-"
		if strings.HasPrefix(base, begin) && len(begin) > longest {
			found, longest = name, len(begin)
		}
	}
	return found
}

// read fetches an object and undoes its compression.
func (w *bucketWatch) read(ctx context.Context, key string) ([]byte, error) {
	out, err := w.target.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: w.target.bucket(w.bucket), Key: aws.String(key)})
	if err != nil {
		return nil, err
	}
	defer out.Body.Close()
	var body io.Reader = out.Body
	if strings.HasSuffix(key, ".gz") || aws.ToString(out.ContentEncoding) == "gzip" {
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		body = z
	}
	w.body.Reset()
	for {
		_, err := io.CopyN(&w.body, body, politeness)
		if errors.Is(err, io.EOF) {
			return w.body.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		w.yield()
	}
}

const (
	politeness = 32 << 10 // bytes of an object that are worked on before others get the processor
	hurry      = 4 << 20  // bytes that wait to be read, of which none is polite any more
)

// yield lets others have the processor: the load that is due meanwhile must not leave late for an object. On a machine
// that is too busy that would be for ever, and the objects in memory ever more.
func (w *bucketWatch) yield() {
	if w.behind < hurry {
		runtime.Gosched()
	}
}

// split finds the records of ours in concatenated bodies, and yields now and then. Bytes between them belong to nobody we
// know.
func (t *Target) split(data []byte, yield func()) []target.Record {
	var records []target.Record
	polite := len(data)
	for at := t.config.Next(data); at >= 0; {
		if data = data[at:]; polite-len(data) > politeness {
			polite = len(data)
			yield()
		}
		skip := 1
		if t.config.Skip != nil {
			skip = t.config.Skip(data)
		}
		end := t.config.Next(data[skip:])
		size := len(data)
		if end >= 0 {
			size = end + skip
		}
		if lane, number, ok := t.config.Identify(data[:size]); ok {
			records = append(records, target.Record{
				Lane: lane, Number: number, Size: int32(size), Shard: -1, Ours: true, Marker: lane == target.MarkerLane,
			})
		}
		at = -1
		if end >= 0 {
			at = end + skip
		}
	}
	return records
}

package aws

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/wavetank/wavetank/internal/clock"
)

// bucketWatch sees deliveries by listing a bucket and reading each new object. An object counts as visible when a list
// first holds it, however long its turn to be read takes: the bucket is listed between two objects, too.
type bucketWatch struct {
	target *Target
	bucket string
	names  []string // of the delivery streams that deliver to it
	theirs theirs   // what is in it that is not the run's; the zero value where the bucket was made for the run
	seen   map[string]bool
	body   bytes.Buffer

	queue  []s3types.Object           // listed, and not read yet
	behind int64                      // bytes of the queue
	gone   []s3types.ObjectIdentifier // read, and to be deleted
	rested time.Time                  // when the last whole list was over

	mu     sync.Mutex          // of what follows, which others ask for
	first  map[string]sighting // of the queue, by key, and of objects whose reading failed
	listed time.Time           // when the last whole list began
}

// sighting is when an object was first in a list.
type sighting struct {
	at         time.Time
	resolution time.Duration // it was not there so long before
	queued     bool
}

func (w *bucketWatch) run(p *clock.Proc) {
	for p.Sleep(w.target.config.Poll) {
		// An error is not the pipeline's: the next look, a moment later, sees what this one missed. What is never
		// seen stays missing in the ledger.
		_ = w.look(p)
	}
}

// look reads what is new, until there is nothing that was not read.
func (w *bucketWatch) look(p *clock.Proc) error {
	if err := w.list(p); err != nil {
		return err
	}
	defer w.remove()
	for len(w.queue) > 0 {
		if err := w.next(); err != nil {
			return err
		}
		if len(w.gone) == removal {
			w.remove()
		}
		if w.due(p.Now()) {
			if err := w.list(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// patience is how long one request of a watch may take.
func patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 30*time.Second)
}

// due tells whether it is time for a list. One that takes long comes seldom: there must be time to read.
func (w *bucketWatch) due(now time.Time) bool {
	return now.Sub(w.rested) >= max(w.target.config.Poll, w.rested.Sub(w.listed))
}

// list queues what is in the bucket and was not before.
func (w *bucketWatch) list(p *clock.Proc) error {
	began, before, queued := p.Now(), w.listed, len(w.queue)
	in := &s3.ListObjectsV2Input{Bucket: w.target.bucket(w.bucket)}
	w.theirs.narrow(in)
	pages := s3.NewListObjectsV2Paginator(w.target.s3, in)
	for pages.HasMorePages() {
		ctx, cancel := patience()
		page, err := pages.NextPage(ctx)
		cancel()
		if err != nil {
			return fmt.Errorf("list bucket %s: %w", w.bucket, err)
		}
		at := p.Now()
		resolution := w.target.config.Poll
		if !before.IsZero() {
			resolution = at.Sub(before)
		}
		for i := range page.Contents {
			if o := &page.Contents[i]; w.wants(o) {
				w.sight(o, sighting{at: at, resolution: resolution})
			}
		}
	}
	w.byAge(w.queue[queued:])
	w.rested = p.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listed = began
	return nil
}

// byAge puts objects that one list found in the order in which they came, as far as the store's instants tell: a list is in
// the order of the keys, and of two in one second a key tells nothing. Whether records came in the order of their
// partition key is judged by this order.
func (w *bucketWatch) byAge(objects []s3types.Object) {
	came := func(o s3types.Object) time.Time {
		if inside := w.target.config.Inside; inside != nil {
			if at, ok := inside.Visible(w.bucket, aws.ToString(o.Key)); ok {
				return at
			}
		}
		return aws.ToTime(o.LastModified)
	}
	slices.SortStableFunc(objects, func(a, b s3types.Object) int { return came(a).Compare(came(b)) })
}

// unread is how many objects that were visible at an instant were not read yet: one at least where it is not known.
func (w *bucketWatch) unread(at time.Time) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	if !w.listed.After(at) {
		n = 1
	}
	for _, o := range w.first {
		if !o.at.After(at) {
			n++
		}
	}
	return n
}

// sight queues an object, unless it is queued already. One whose reading has failed keeps its instant.
func (w *bucketWatch) sight(o *s3types.Object, now sighting) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := aws.ToString(o.Key)
	first, known := w.first[key]
	if first.queued {
		return
	}
	if !known {
		first = now
	}
	first.queued = true
	if w.first == nil {
		w.first = map[string]sighting{}
	}
	w.first[key] = first
	w.queue = append(w.queue, *o)
	w.behind += aws.ToInt64(o.Size)
}

// next reads the object whose turn it is.
func (w *bucketWatch) next() error {
	ctx, cancel := patience()
	defer cancel()
	o := w.queue[0]
	if w.queue = w.queue[1:]; len(w.queue) == 0 {
		w.queue = nil
	}
	w.behind -= aws.ToInt64(o.Size)
	key := aws.ToString(o.Key)
	first := w.first[key] // nobody else writes to it
	err := w.object(ctx, &o, first)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		first.queued = false // the next list tells whether it is there still
		w.first[key] = first
		return err
	}
	delete(w.first, key)
	return nil
}

// removal is how many objects one request deletes. AWS takes up to 1,000.
const removal = 250

// remove deletes objects that were read. One that stays is known by its key.
func (w *bucketWatch) remove() {
	if len(w.gone) == 0 {
		return
	}
	ctx, cancel := patience()
	defer cancel()
	gone := w.gone
	w.gone = nil
	stays, err := w.target.deleteObjects(ctx, *w.target.bucket(w.bucket), gone)
	if err != nil {
		return
	}
	for i := range gone {
		delete(w.seen, aws.ToString(gone[i].Key))
	}
	for _, o := range stays {
		w.seen[aws.ToString(o.Key)] = true
	}
}

// wants tells whether an object is to be read: it is the run's, and was not read yet.
func (w *bucketWatch) wants(o *s3types.Object) bool {
	key := aws.ToString(o.Key)
	return !w.seen[key] && w.deliveryStream(key) != "" && !w.theirs.old(o)
}

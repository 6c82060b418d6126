package aws

import (
	"bytes"
	"context"
	"fmt"
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

	queue  []s3types.Object    // listed, and not read yet
	first  map[string]sighting // of those, by key, and of those whose reading failed
	behind int64               // bytes of the queue
	listed time.Time           // when the last whole list began
	rested time.Time           // and when it was over
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
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := w.list(ctx, p); err != nil {
		return err
	}
	for len(w.queue) > 0 {
		if err := w.next(ctx); err != nil {
			return err
		}
		if w.due(p.Now()) {
			if err := w.list(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// due tells whether it is time for a list. One that takes long comes seldom: there must be time to read.
func (w *bucketWatch) due(now time.Time) bool {
	return now.Sub(w.rested) >= max(w.target.config.Poll, w.rested.Sub(w.listed))
}

// list queues what is in the bucket and was not before.
func (w *bucketWatch) list(ctx context.Context, p *clock.Proc) error {
	began, before := p.Now(), w.listed
	in := &s3.ListObjectsV2Input{Bucket: w.target.bucket(w.bucket)}
	w.theirs.narrow(in)
	pages := s3.NewListObjectsV2Paginator(w.target.s3, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
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
	w.listed, w.rested = began, p.Now()
	return nil
}

// sight queues an object, unless it is queued already. One whose reading has failed keeps its instant.
func (w *bucketWatch) sight(o *s3types.Object, now sighting) {
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
func (w *bucketWatch) next(ctx context.Context) error {
	o := w.queue[0]
	if w.queue = w.queue[1:]; len(w.queue) == 0 {
		w.queue = nil
	}
	w.behind -= aws.ToInt64(o.Size)
	key := aws.ToString(o.Key)
	first := w.first[key]
	if err := w.object(ctx, &o, first); err != nil {
		first.queued = false // the next list tells whether it is there still
		w.first[key] = first
		return err
	}
	delete(w.first, key)
	return nil
}

// wants tells whether an object is to be read: it is the run's, and was not read yet.
func (w *bucketWatch) wants(o *s3types.Object) bool {
	key := aws.ToString(o.Key)
	return !w.seen[key] && w.deliveryStream(key) != "" && !w.theirs.old(o)
}

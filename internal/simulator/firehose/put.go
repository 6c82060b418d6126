package firehose

import (
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Put offers records to a delivery stream by Direct PUT as one call, each in its turn, and says in refused which of them a
// limit refuses; refused is as long as recs. An accepted record is buffered and its Arrival, Seq and Shard (-1) are filled
// in. A record needs Size and either its identity or Data. The only errors are of the whole call: a delivery stream that is
// not there, is CREATING, or has a source.
//
// Where refused[i] is true on entry, record i is refused (a fault) and takes nothing of any limit.
func (s *Service) Put(now time.Time, name string, recs []record.Record, refused []bool) error {
	d, err := s.find(name)
	if err != nil {
		return err
	}
	switch {
	case d.source != nil: // as captured from AWS
		return errorf(codeInvalidArgument, "This operation is not permitted on KinesisStreamAsSource delivery stream type.")
	case d.creating(now): // AWS says that it fails, not how
		return errorf(codeInvalidArgument, "Firehose %s is not ACTIVE.", name)
	}
	if identify := s.config.Identify; identify != nil {
		for i := range recs {
			if r := &recs[i]; r.Data != nil && !r.Ours {
				r.Lane, r.Number, r.Ours = identify(r.Data)
			}
		}
	}
	l := d.direct
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		_, err := s.find(name)
		return err
	}
	d.put(now.UnixNano(), recs, refused[:len(recs)])
	s.observer.Put(now, name, recs, refused[:len(recs)])
	return nil
}

// put buffers what is admitted. The caller holds the lane's lock.
func (d *deliveryStream) put(now int64, recs []record.Record, refused []bool) {
	l := d.direct
	if l.crowded() {
		for i := range refused {
			refused[i] = true
		}
		return
	}
	if d.quota.admit(now, recs, refused) == len(recs) {
		return
	}
	now = max(now, l.last)
	for i := 0; i < len(recs); {
		if refused[i] {
			i++
			continue
		}
		first := i
		for ; i < len(recs) && !refused[i]; i++ {
			r := &recs[i]
			r.Arrival, r.Seq, r.Shard = now, l.seq, -1
			l.seq++
		}
		l.accept(now, recs[first:i])
	}
}

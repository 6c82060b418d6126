package kinesis

import (
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Put offers records to a stream as one call, each in its turn, and says in res what became of each; res is as long as
// recs. An accepted record is stored and its Arrival, Seq and Shard are filled in. A record needs Key, Hash, Size and
// either its identity or Data. The only errors are of the whole call: a stream that is not there.
//
// Where res[i].Limit is LimitInjected or LimitInternal on entry, record i is refused for that reason and its shard does
// not see it; any other value there is overwritten. res[i].Err is left as it is.
//
// With a disk that outlives the process Put returns when what it accepted is there. Where that fails, or the disk is full and
// nothing is to be trimmed, the records are refused with LimitInternal.
func (s *Service) Put(now time.Time, name string, recs []record.Record, res []Result) error {
	_, err := s.put(now, name, recs, res[:len(recs)])
	return err
}

// put is Put; it also returns the stream that took the records.
func (s *Service) put(now time.Time, name string, recs []record.Record, res []Result) (*stream, error) {
	if identify := s.cfg.Identify; identify != nil {
		for i := range recs {
			if r := &recs[i]; r.Data != nil && !r.Ours {
				r.Lane, r.Number, r.Ours = identify(r.Data)
			}
		}
	}
	if s.disk != nil && !s.takes(recs) {
		for i := range res {
			res[i].Limit = LimitInternal
		}
		s.disk.refused.Add(int64(len(res)))
	}
	st, err := s.lockTaking(name, now)
	if err != nil {
		return nil, err
	}
	if st.awaits {
		_ = s.keep(st) // now: it must not speak of records that come behind it; where it fails, what follows does, too
	}
	held, upTo := st.put(now.UnixNano(), recs, res), uint64(0)
	if st.awaits {
		upTo, err = s.journalPut(st)
	}
	if len(st.free.blocks) > 0 {
		s.letGo(st)
	}
	if len(st.busy) > 0 {
		s.watch(st, now)
	}
	if s.cfg.Observer != nil {
		s.cfg.Observer.Put(now, name, recs, res)
	}
	st.mu.Unlock()
	if s.memory.add(held) {
		s.reclaim()
	}
	if st.awaits {
		s.await(st, upTo, err, res)
	}
	return st, nil
}

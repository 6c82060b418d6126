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
// not see it; any other value there is overwritten.
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
	st, err := s.lock(name, now)
	if err != nil {
		return nil, err
	}
	held := st.put(now.UnixNano(), recs, res)
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
	return st, nil
}

package kinesis

import (
	"slices"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// reached is a shard that a put reached, and the position of the first record it may have stored there.
type reached struct {
	shard *shard
	from  uint64
}

// waiting is a shard whose records before a position are readable when the journal is committed up to a point.
type waiting struct {
	shard *shard
	end   uint64
	upTo  uint64
}

// takes tells whether there is room for what is put: on disk where all goes there, as long as anything can be written, and else
// in memory, which is not relieved any more where the disk is full.
func (s *Service) takes(recs []record.Record) bool {
	if !s.disk.durable() {
		if s.disk.short.Load() && s.memory.Held() > s.memory.most {
			s.reclaim()
		}
		return !s.disk.short.Load() || s.memory.Held() <= s.memory.most
	}
	const head = 64 // bytes of a block and of a record that are not its data and key
	bytes := int64(head)
	for i := range recs {
		bytes += int64(len(recs[i].Data)) + int64(len(recs[i].Key)) + head
	}
	return s.disk.journal.Failure() == nil && s.disk.makeRoom(bytes)
}

// journalPut appends what a put has stored, a block for each shard. Those who read see the records when they are on disk. The
// caller has kept the stream's document, on which records may depend, and holds the stream's lock, so that the journal has each
// shard's records in their order.
func (s *Service) journalPut(st *stream) (upTo uint64, err error) {
	defer func() {
		clear(st.reached)
		st.reached = st.reached[:0]
	}()
	for _, r := range st.reached {
		sh := r.shard
		if sh.next == r.from {
			continue
		}
		st.runs, st.scratch = sh.runs(r.from, st.runs[:0], st.scratch[:0])
		ref, n, err := s.disk.journal.AppendRecords(st.owner, sh.number, st.runs...)
		clear(st.runs)
		clear(st.scratch)
		if err != nil {
			return 0, err
		}
		sh.blocks = append(sh.blocks, ref)
		st.waiting = append(st.waiting, waiting{sh, sh.next, n})
		upTo = n
	}
	return upTo, nil
}

// await returns when a put's records are on disk and readable. Where they cannot be, because of err or because writing fails,
// they are refused after all.
func (s *Service) await(st *stream, upTo uint64, err error, res []Result) {
	if err == nil && upTo > 0 {
		err = s.disk.journal.Commit(upTo)
	}
	if err != nil {
		s.disk.broken(err)
		for i := range res {
			if res[i].Limit == LimitNone {
				res[i].Limit = LimitInternal
			}
		}
		return
	}
	if upTo > 0 {
		st.mu.Lock()
		st.show(s.disk.journal.Committed())
		st.mu.Unlock()
	}
}

// show makes the records readable that are on disk, and wakes the subscribers of their shards. The caller holds the stream's
// lock.
func (st *stream) show(committed uint64) {
	n := 0
	for n < len(st.waiting) && st.waiting[n].upTo <= committed {
		w := &st.waiting[n]
		w.shard.shown = w.end
		for _, sub := range w.shard.subscriptions {
			sub.wake()
		}
		n++
	}
	st.waiting = slices.Delete(st.waiting, 0, n)
}

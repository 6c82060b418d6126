package generators

import "time"

// Stream is the records of all lanes of a generator in the order they are due; those due at the same instant come in the
// order of their lanes. It belongs to one goroutine.
type Stream struct {
	generator Generator
	lanes     []Lane
	sequences []*Sequence
	queue     []turn // a heap: the lane that is due first is at 0
	last      Lane   // of the last record
	again     []seeker
}

// turn is a lane's next record.
type turn struct {
	due  time.Duration
	lane int
}

func (t turn) before(o turn) bool { return t.due < o.due || t.due == o.due && t.lane < o.lane }

// seeker is a lane's copy for rendering records again, and the number it draws next.
type seeker struct {
	Lane
	next uint64
}

// NewStream makes the stream of a generator's records under a schedule, from the beginning.
func NewStream(g Generator, s *Schedule) *Stream {
	st := &Stream{generator: g, lanes: make([]Lane, g.Lanes()), sequences: make([]*Sequence, g.Lanes()), again: make([]seeker, g.Lanes())}
	for lane := range g.Lanes() {
		q := s.Lane(lane, g.Share(lane))
		due, ok := q.Next()
		if !ok {
			continue
		}
		st.lanes[lane], st.sequences[lane] = g.Lane(lane), q
		st.queue = append(st.queue, turn{due, lane})
	}
	for i := len(st.queue)/2 - 1; i >= 0; i-- {
		st.sink(i)
	}
	return st
}

// Next draws the record that is due next. It is false when no lane has any more: the schedule's last rate is 0.
func (st *Stream) Next(r *Record) bool {
	if len(st.queue) == 0 {
		return false
	}
	first := &st.queue[0]
	st.last = st.lanes[first.lane]
	st.last.Next(first.due, r)
	due, ok := st.sequences[first.lane].Next()
	if ok {
		first.due = due
	} else {
		n := len(st.queue) - 1
		st.queue[0] = st.queue[n]
		st.queue = st.queue[:n]
	}
	st.sink(0)
	return true
}

// sink moves the turn at i down to where it belongs.
func (st *Stream) sink(i int) {
	q := st.queue
	for {
		child := 2*i + 1
		if child >= len(q) {
			return
		}
		if child+1 < len(q) && q[child+1].before(q[child]) {
			child++
		}
		if !q[child].before(q[i]) {
			return
		}
		q[i], q[child] = q[child], q[i]
		i = child
	}
}

// Append renders the body of the record of the last Next. Before the first it renders nothing.
func (st *Stream) Append(dst []byte) []byte {
	if st.last == nil {
		return dst
	}
	return st.last.Append(dst)
}

// Body renders any record again, wherever the stream is: the record number of a lane that was due at due. It works on a
// copy of the lane, which is quick while numbers go up and replays from somewhere before when they go back.
func (st *Stream) Body(dst []byte, lane uint32, number uint64, due time.Duration) []byte {
	s := &st.again[lane]
	if s.Lane == nil {
		s.Lane = st.generator.Lane(int(lane))
	}
	if s.next != number {
		s.Seek(number)
	}
	var r Record
	s.Next(due, &r)
	s.next = number + 1
	return s.Append(dst)
}

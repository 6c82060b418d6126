package generators

import (
	"math/rand/v2"
	"time"
)

// Sequence is the instants at which the records of one lane are due. It belongs to one goroutine.
type Sequence struct {
	schedule *Schedule
	share    float64
	phase    float64
	random   random
	gaps     *rand.Rand    // over random: exponential draws
	mean     float64       // records of a burst
	count    float64       // constant, aligned: records so far
	sum      float64       // poisson, bursty: of the draws so far
	burst    int           // records left in it
	due      time.Duration // of the last record

	piece *piece  // the piece that the sequence has come to
	index int     // of it
	until float64 // records of the whole load up to its end
}

// Next is when the lane's next record is due. Instants never decrease. After the schedule's Duration the last rate goes on
// for ever; ok is false once and for all where that rate is 0, or the lane's share is.
func (q *Sequence) Next() (due time.Duration, ok bool) {
	if q.share <= 0 {
		return 0, false
	}
	switch q.schedule.arrivals.Kind {
	case arrivePoisson:
		q.sum += q.gaps.ExpFloat64()
		return q.at(q.sum)
	case arriveBursty:
		if q.burst == 0 {
			q.sum += q.gaps.ExpFloat64() * q.mean
			if _, ok = q.at(q.sum); !ok {
				return 0, false
			}
			q.burst = q.random.burst(q.mean)
		}
		q.burst--
		return q.due, true
	case arriveAligned:
		due, ok = q.at(q.count + q.phase)
		q.count++
		return due - due%q.schedule.arrivals.Period, ok
	}
	due, ok = q.at(q.count + q.phase)
	q.count++
	return due, ok
}

// at is the instant at which n records of the lane are expected.
func (q *Sequence) at(n float64) (time.Duration, bool) {
	if q.share != 1 {
		n /= q.share
	}
	for n > q.until {
		if q.piece == &q.schedule.end {
			return 0, false
		}
		q.enter(q.index + 1)
	}
	due := duration(q.piece.at + q.piece.instant(n-q.piece.before))
	q.due = max(q.due, due) // where the rate is next to nothing, rounding alone can move an instant by much
	return q.due, true
}

// enter comes to a piece.
func (q *Sequence) enter(index int) {
	q.index = index
	q.piece = &q.schedule.end
	if index < len(q.schedule.pieces) {
		q.piece = &q.schedule.pieces[index]
	}
	q.until = q.piece.before + q.piece.total
}

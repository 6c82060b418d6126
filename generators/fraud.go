package generators

import "fmt"

// fraud is a pattern that goes on in a lane; the zero value is none.
type fraud struct {
	kind     uint8  // of the patterns
	done     uint8  // steps
	steps    uint8  // in all
	victim   uint32 // account, within the lane
	receiver uint32
	next     uint64 // the record that is its next step
}

// Fraud patterns. A card test has 6 to 11 steps, a travel 2.
const (
	noFraud = iota
	cardTesting
	impossibleTravel
)

const meanSteps = (8.5 + 2) / 2 // both are as frequent

// fraudTexts is the member of each step of each pattern.
var fraudTexts = func() (texts [3][12]string) {
	texts[noFraud][0] = `,"fraud":null`
	for step := range 12 {
		texts[cardTesting][step] = fmt.Sprintf(`,"fraud":{"pattern":"card_testing","step":%d}`, step+1)
		texts[impossibleTravel][step] = fmt.Sprintf(`,"fraud":{"pattern":"impossible_travel","step":%d}`, step+1)
	}
	return texts
}()

// frauds is how often patterns begin in a lane and how fast they go.
type frauds struct {
	begin uint64 // chance of a record to begin one where none goes on, of 2^32
	gap   uint32 // mean records from step to step
}

// newFrauds meets the share: a pattern has meanSteps records, takes (meanSteps − 1)·gap records from its first step to its
// last, and the wait for the next one makes up the rest.
func newFrauds(share, rate float64) frauds {
	if share == 0 {
		return frauds{}
	}
	gap := max(1, uint32(min(rate/2, 1/(2*share), 1<<30)))
	wait := meanSteps/share - (meanSteps-1)*float64(gap)
	return frauds{begin: chance(1 / wait), gap: gap}
}

// fraudStep goes on with the lane's pattern or begins one. It tells whether this record is a step of it.
func (l *transactionLane) fraudStep(r uint64) bool {
	f := &l.pattern
	if f.kind == noFraud {
		if r>>32 >= l.frauds.begin {
			return false
		}
		r = mix(r)
		*f = fraud{kind: cardTesting, steps: uint8(6 + r>>8%6), victim: l.picks.pick(mix(r)), next: l.number}
		if r&1 == 0 {
			f.kind, f.steps = impossibleTravel, 2
		}
		f.receiver = l.other(f.victim, mix(r^golden))
	}
	if f.next != l.number {
		return false
	}
	f.next += 1 + uint64(below(mix(r^1), 2*l.frauds.gap-1))
	f.done++
	return true
}

// draw makes the transfer of a pattern's step and ends the pattern after the last.
func (f *fraud) draw(balance int64, home uint8, r uint64) (t transfer) {
	t = transfer{account: f.victim, counterparty: f.receiver, debit: true, kind: cardPayment, place: home, fraud: f.kind, step: f.done - 1}
	switch {
	case f.kind == impossibleTravel:
		t.amount = 20_00 + int64(below(r, 400_00))
		if f.done == 2 {
			t.place = far(home)
		}
	case f.done < f.steps:
		t.amount = 50 + int64(below(r, 250))
	default:
		t.amount = max(balance*int64(70+below(r, 26))/100, 50)
	}
	if f.done == f.steps {
		f.kind = noFraud
	}
	return t
}

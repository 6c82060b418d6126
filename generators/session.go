package generators

// A session is one walk of a user through the shop:
//
//	landing ─┬──────► search ◄─┐
//	         │          ▼      │
//	         └───────► view ───┴─► cart ───► checkout ───► purchase
//	                   ▲ └─┘        │                         │
//	                   └────────────┴─────────────────────────┘
//
// and from everywhere to exit, which ends it. The walk is a Markov chain over the kinds of events with the probabilities
// of walk.
type session struct {
	ordinal  uint32 // among the sessions of its slot
	began    uint32 // the slot's visit that was its first
	next     uint32 // the slot's visit that comes next; 0 is a slot that was never visited
	user     uint32
	page     uint32
	cents    uint32 // the worth of the cart
	items    uint16 // in the cart
	step     step
	referrer uint8
	_        uint32 // two sessions to a cache line, none in two
}

// step is a kind of click event.
type step uint8

const (
	landing step = iota
	search
	view
	cart
	checkout
	purchase
	exit
	steps
)

// walk is the chain: from a step, out of 64, to each of the steps.
var walk = newWalk([steps][steps]int{
	landing:  {search: 26, view: 30, exit: 8},
	search:   {search: 12, view: 44, exit: 8},
	view:     {search: 10, view: 24, cart: 14, exit: 16},
	cart:     {view: 24, checkout: 30, exit: 10},
	checkout: {purchase: 48, exit: 16},
	purchase: {view: 16, exit: 48},
	exit:     {exit: 64}, // never drawn from: a new session begins
})

func newWalk(parts [steps][steps]int) (w [steps][64]step) {
	for from, row := range parts {
		i := 0
		for to, n := range row {
			for range n {
				w[from][i] = step(to)
				i++
			}
		}
	}
	return w
}

// sessions is the crowd of one lane: a prime number of slots, in each of which one session follows another. Every round
// visits every slot once, in an order of its own: an arithmetic progression modulo the prime, so that the time between two
// events of a session spreads over 0 to twice the think time (triangularly) around its mean, the length of a round.
//
// Where a slot is at its v-th visit follows from the seed, the slot and v alone. So there is nothing to replay after a
// seek: a slot catches up by itself, when it is next visited, from the beginning of its session or of its history.
type sessions struct {
	seed  uint64
	users picker
	lanes uint32
	lane  uint32
	pages *pages
	slots []session

	round  uint32
	at     uint32 // in the round
	slot   uint32 // that comes next
	stride uint32
	ahead  uint32 // read from the slot that comes next, only to have it in the cache by then
}

// maxSessions bounds the slots of a lane (32 bytes each). Beyond it think times get shorter.
const maxSessions = 1 << 20

func newSessions(count float64, seed uint64) sessions {
	s := sessions{seed: seed, slots: make([]session, nextPrime(int(min(max(count, 2), maxSessions))))}
	s.enter(0)
	return s
}

// enter begins a round.
func (c *sessions) enter(round uint32) {
	n := uint32(len(c.slots))
	r := nth(^c.seed, uint64(round))
	c.round, c.at = round, 0
	c.slot = below(r, n)
	c.stride = 1 + below(mix(r), n-1)
}

// seek goes to the n-th event of the lane.
func (c *sessions) seek(n uint64) {
	size := uint64(len(c.slots))
	c.enter(uint32(n / size))
	c.at = uint32(n % size)
	c.slot = uint32((uint64(c.slot) + n%size*uint64(c.stride)) % size)
}

// visit draws the lane's next event. The session is valid until the next call.
func (c *sessions) visit() (s *session, slot uint32) {
	n := uint32(len(c.slots))
	if c.at == n {
		c.enter(c.round + 1)
	}
	slot = c.slot
	c.at++
	if c.slot += c.stride; c.slot >= n {
		c.slot -= n
	}
	c.ahead = c.slots[c.slot].next
	s = &c.slots[slot]
	c.catchUp(s, slot, c.round+uint32(mix(c.seed^uint64(slot))&15)) // slots begin anywhere in their sessions
	return s, slot
}

// catchUp brings a slot to its visit, usually by one step.
func (c *sessions) catchUp(s *session, slot, visit uint32) {
	if s.next == 0 || visit < s.began {
		*s = session{}
		c.begin(s, slot)
	} else if visit < s.next {
		s.next = s.began
		c.begin(s, slot)
	}
	for s.next <= visit {
		c.walk(s, slot)
	}
}

// begin puts a session before its first event.
func (c *sessions) begin(s *session, slot uint32) {
	r := mix(c.id(s, slot))
	s.step, s.items, s.cents = steps, 0, 0
	s.began = s.next
	s.user = c.users.pick(r)*c.lanes + c.lane
	s.referrer = uint8(r % uint64(len(c.pages.referrers)))
}

// walk makes the next event of a slot.
func (c *sessions) walk(s *session, slot uint32) {
	if s.step == exit {
		s.ordinal++
		c.begin(s, slot)
	}
	r := nth(c.id(s, slot), uint64(s.next-s.began))
	s.next++
	from := s.step
	if from == steps {
		s.step = landing
	} else {
		s.step = walk[from][r&63]
	}
	if from == purchase {
		s.items, s.cents = 0, 0
	}
	switch s.step {
	case cart: // of what was viewed; the page stays
		s.items++
		s.cents += c.pages.all[s.page].cents
	case exit: // from the page the user is on
	default:
		s.page = c.pages.draw(s.step, r)
	}
}

// id is distinct among the sessions of a lane: mix is a bijection.
func (c *sessions) id(s *session, slot uint32) uint64 {
	return mix(c.seed + (uint64(slot)<<32|uint64(s.ordinal))*golden)
}

// nextPrime is the least prime that is not below n.
func nextPrime(n int) int {
	for ; ; n++ {
		prime := n > 1
		for d := 2; d*d <= n && prime; d++ {
			prime = n%d != 0
		}
		if prime {
			return n
		}
	}
}

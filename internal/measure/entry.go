package measure

// Place is where a record is stored: a number that is the same for the same shard and sequence number, and of two places
// of one key the higher is the later. Zero is not known.
type Place uint64

// PlaceOf is the place of a position in a shard, both counted from 0; shard -1 is a delivery stream of its own. It holds
// for 2^20 shards of 2^44 records. A child's shard has a higher number than its parents, so the order holds over them.
func PlaceOf(shard int32, position uint64) Place {
	return Place(uint64(shard+2)<<44 | position&(1<<44-1))
}

// entry is one record's line in the ledger: 24 bytes, and no pointer for the garbage collector to follow.
type entry struct {
	due   int64
	place Place // the first one known
	key   uint32
	meta  uint32 // state, marks, then two bits for each sink
}

// The state of a record's put.
const (
	absent uint32 = iota // its number was left out
	open                 // offered, and not settled
	acked
	givenUp
	unknown

	stateMask uint32 = 7
)

// The marks, and the bits of sinks. Both bits of a sink: delivered, and at the entry's place. Only the second: dropped.
const (
	unansweredMark uint32 = 1 << 3 // an attempt got no answer, so the record may be stored twice
	twiceMark      uint32 = 1 << 4 // it is stored at more than one place; see Ledger.extra
	sinkShift             = 5
)

func deliveredBit(sink int) uint32 { return 1 << (sinkShift + 2*sink) }
func atPlaceBit(sink int) uint32   { return 2 << (sinkShift + 2*sink) }

func (e *entry) state() uint32 { return e.meta & stateMask }

func (e *entry) setState(state uint32) { e.meta = e.meta&^stateMask | state }

// reached tells whether any sink delivered or dropped it.
func (e *entry) reached() bool { return e.meta>>sinkShift != 0 }

// final tells whether nothing that is still expected can happen to a record: it was refused, or its put is settled and
// every sink that is observed (all) has delivered or dropped it.
func final(meta, all uint32) bool {
	switch meta & stateMask {
	case givenUp, absent:
		return true
	case open:
		return false
	}
	return (meta|meta>>1)&all == all
}

package kinesis

// olderSequence is a sequence number of a layout that AWS gave out before the present one and still reads (kinesalite, db/index.js
// and its tests). No stream of ours gives one out. In hex digits from the left, of version 1 and of version 0:
//
//	2 | created, s (9) | shard, low digit | 00 | arrived, s (9) | random (14) | index (2) | shard (8) | 1
//	1 | created, s (9) | 00 | random (16) | shard (4)
type olderSequence struct {
	shard   int32
	arrived int64  // unix seconds; 0 in version 0, which does not say
	text    string // as AWS shows it
}

// latestOfVersion0 is the second from which on a number of version 0 is none (kinesalite's tests).
const latestOfVersion0 = 16_025_175_000

// parseOlderSequence reads a number of version 1 or 0. A number below 2^124 is one of version 0 without its first digit.
func parseOlderSequence(s string) (n olderSequence, ok bool) {
	raw, ok := parseSequenceDigits(s)
	switch {
	case !ok:
		return n, false
	case raw.version() == 1:
		n = olderSequence{raw.Shard(), int64((raw.mid>>36 | raw.hi<<28) & (1<<36 - 1)), s}
		return n, n.shard >= 0
	case raw.hi != 0:
		return n, false
	}
	raw.mid = raw.mid&(1<<60-1) | 1<<60 // AWS shows any first digit as 1
	return olderSequence{shard: int32(raw.lo & 0xffff), text: raw.String()}, raw.mid>>24&(1<<36-1) < latestOfVersion0
}

// version is that of the layout; -1 where there is none, as in version 0, which is shorter.
func (n SequenceNumber) version() int {
	if n.hi>>56 != 2 {
		return -1
	}
	return int(n.lo & 15)
}

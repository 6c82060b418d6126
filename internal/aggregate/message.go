package aggregate

import "github.com/wavetank/wavetank/internal/simulator/record"

// message is an AggregatedRecord that was parsed.
type message struct {
	keys      []tableKey
	explicits [][]byte
	records   []inner
}

// tableKey is an entry of the table of partition keys, with what was found out about it.
type tableKey struct {
	bytes []byte
	text  string
	hash  record.Hash
	known bool
}

// inner is a Record within the message.
type inner struct {
	key, explicit                uint64 // indices into the tables
	hasKey, hasExplicit, hasData bool
	data                         []byte
}

// parse counts the records of a message and, where keep is not nil, keeps what is in it. It refuses what the KCL's parser refuses:
// bytes that are no message, and records and tags without a field that is required. The tables may come after the records, and
// fields that are not known are passed over.
func parse(body []byte, keep *message) (n int, ok bool) {
	c := cursor{rest: body}
	for f, ok := c.next(); ok; f, ok = c.next() {
		switch {
		case f.is(fieldRecords, wireBytes):
			r, ok := parseRecord(f.bytes)
			if !ok {
				return 0, false
			}
			n++
			if keep != nil {
				keep.records = append(keep.records, r)
			}
		case keep == nil:
		case f.is(fieldKeys, wireBytes):
			keep.keys = append(keep.keys, tableKey{bytes: f.bytes})
		case f.is(fieldExplicits, wireBytes):
			keep.explicits = append(keep.explicits, f.bytes)
		}
	}
	return n, !c.bad
}

// parseRecord parses a Record. Of a field that is there more than once, the last counts.
func parseRecord(b []byte) (r inner, ok bool) {
	c := cursor{rest: b}
	for f, ok := c.next(); ok; f, ok = c.next() {
		switch {
		case f.is(fieldKeyIndex, wireVarint):
			r.key, r.hasKey = f.value, true
		case f.is(fieldExplicitIndex, wireVarint):
			r.explicit, r.hasExplicit = f.value, true
		case f.is(fieldData, wireBytes):
			r.data, r.hasData = f.bytes, true
		case f.is(fieldTags, wireBytes) && !isTag(f.bytes):
			return inner{}, false
		}
	}
	return r, !c.bad && r.hasKey && r.hasData
}

// isTag tells whether bytes are a Tag. What it says is of no use to anybody.
func isTag(b []byte) bool {
	c := cursor{rest: b}
	hasKey := false
	for f, ok := c.next(); ok; f, ok = c.next() {
		hasKey = hasKey || f.is(fieldTagKey, wireBytes)
	}
	return hasKey && !c.bad
}

// at is the entry of a table at an index, or -1 where it has none. The KCL takes an index for a number of 32 bits with a sign.
func at(index uint64, entries int) int {
	i := int32(uint32(index))
	if i < 0 || int(i) >= entries {
		return -1
	}
	return int(i)
}

// user is the user record that a Record stands for. ok is false where the KCL fails on it: an index is outside its table, or
// an explicit hash key is no number. inside is false where the explicit hash key is no hash key. A partition key that is not UTF-8,
// in which Java would replace bytes, is taken as it is.
func (m *message) user(r *inner) (u UserRecord, inside, ok bool) {
	i := at(r.key, len(m.keys))
	if i < 0 {
		return UserRecord{}, false, false
	}
	k := &m.keys[i]
	if !k.known {
		k.text, k.hash, k.known = string(k.bytes), keyHash(k.bytes), true
	}
	u = UserRecord{Key: k.text, Hash: k.hash, Size: len(r.data), Data: r.data}
	if !r.hasExplicit {
		return u, true, true
	}
	i = at(r.explicit, len(m.explicits))
	if i < 0 {
		return UserRecord{}, false, false
	}
	u.Explicit = true
	u.Hash, ok, inside = parseHash(m.explicits[i])
	return u, inside, ok
}

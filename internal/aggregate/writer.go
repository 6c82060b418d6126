package aggregate

import (
	"crypto/md5"
	"math"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// DefaultSize is the KPL's AggregationMaxSize, in bytes. Its AggregationMaxCount is 4,294,967,295, which bounds nothing.
const DefaultSize = 51_200

// OuterKey is the partition key of every aggregate of the KPL. Its explicit hash key decides where it goes.
const OuterKey = "a"

// Limits bound an aggregate.
type Limits struct {
	Size  int // bytes of the whole record's data: magic number, tables, records and digest; 0 is DefaultSize
	Count int // user records; 0 is without a bound
}

func (l Limits) size() int {
	if l.Size == 0 {
		return DefaultSize
	}
	return l.Size
}

func (l Limits) count() int {
	if l.Count == 0 {
		return math.MaxInt
	}
	return l.Count
}

// Outer is the record of the stream that holds user records: an aggregate, or a single user record as it is.
type Outer struct {
	Key   string      // the partition key: OuterKey, or the user record's own
	Hash  record.Hash // of the first user record; the KPL sends it as the explicit hash key in both cases
	Count int         // user records
	Size  int         // bytes of data
}

// Aggregated tells whether the record's data are an aggregate. One user record alone is sent as it is: the KPL makes
// aggregates of two and more.
func (o Outer) Aggregated() bool { return o.Count > 1 }

// Writer gathers user records into one record of a stream.
//
// The KPL stops gathering when an estimate of the size reaches the limit, and then gives back what the exact size has no room for.
// Here the exact size alone decides. The two make the same records but where the estimate is above the exact size, by
// some bytes for every user record with an explicit hash key of its own: there the KPL's are a little smaller.
//
// A Writer keeps its memory from one record to the next, so that in the end it allocates nothing.
type Writer struct {
	limits    Limits
	bodies    bool
	keys      map[string]int
	explicits map[record.Hash]int
	outer     Outer // of what is gathered; its Key is the first user record's own and its Size that of the message
	alone     int   // bytes of the first user record's data

	keyTable, explicitTable, records []byte // encoded, where there are bodies
}

// NewWriter makes a writer. Without bodies it counts sizes and makes no data: user records need none then.
func NewWriter(limits Limits, bodies bool) *Writer {
	return &Writer{limits: limits, bodies: bodies, keys: map[string]int{}, explicits: map[record.Hash]int{}}
}

// Count is the number of user records gathered.
func (w *Writer) Count() int { return w.outer.Count }

// Size is the bytes of the record's data as it is now.
func (w *Writer) Size() int {
	if w.outer.Count < 2 {
		return w.alone
	}
	return overhead + w.outer.Size
}

// Fits tells whether a user record has room. The first has, whatever its size.
func (w *Writer) Fits(u *UserRecord) bool {
	if w.outer.Count == 0 {
		return true
	}
	return w.outer.Count < w.limits.count() && overhead+w.outer.Size+w.place(u).grown <= w.limits.size()
}

// Full tells that no more user records have room.
func (w *Writer) Full() bool {
	return w.outer.Count > 0 && (w.outer.Count >= w.limits.count() || w.Size() >= w.limits.size())
}

// Add gathers a user record. It returns false, and does nothing, where that does not fit: then the caller has to flush what is
// gathered first. The data are copied; the key is kept until then.
func (w *Writer) Add(u *UserRecord) bool {
	if !w.Fits(u) {
		return false
	}
	at := w.place(u)
	if w.outer.Count == 0 {
		w.outer.Key, w.outer.Hash, w.alone = u.Key, u.Hash, at.size
	}
	if w.bodies {
		w.encode(u, &at)
	}
	w.keys[u.Key] = at.key
	if u.Explicit {
		w.explicits[u.Hash] = at.explicit
	}
	w.outer.Count++
	w.outer.Size += at.grown
	return true
}

// Flush appends the record's data to dst, says how to send it and begins another. Where nothing is gathered, it appends nothing and
// the count is 0.
func (w *Writer) Flush(dst []byte) ([]byte, Outer) {
	outer := w.outer
	outer.Size = w.Size()
	if outer.Aggregated() {
		outer.Key = OuterKey
	}
	if w.bodies {
		dst = w.append(dst)
	}
	clear(w.keys)
	clear(w.explicits)
	w.outer, w.alone = Outer{}, 0
	w.keyTable, w.explicitTable, w.records = w.keyTable[:0], w.explicitTable[:0], w.records[:0]
	return dst, outer
}

// append appends the data. Protobuf writes a message's fields by their numbers, so the tables come first.
func (w *Writer) append(dst []byte) []byte {
	if w.outer.Count < 2 {
		return append(dst, w.records[len(w.records)-w.alone:]...) // the data are the end of the only record
	}
	dst = append(dst, magic...)
	at := len(dst)
	dst = append(dst, w.keyTable...)
	dst = append(dst, w.explicitTable...)
	dst = append(dst, w.records...)
	sum := md5.Sum(dst[at:])
	return append(dst, sum[:]...)
}

// place is where a user record would go.
type place struct {
	key, explicit int // indices into the tables
	newKey        bool
	newExplicit   bool
	size          int // bytes of the data
	body          int // bytes of the Record
	grown         int // bytes by which the message grows
}

// place finds out where a user record goes. An index of its own is that of the next entry: each key is in its table once.
func (w *Writer) place(u *UserRecord) place {
	at := place{size: u.Size}
	if w.bodies {
		at.size = len(u.Data)
	}
	var known bool
	if at.key, known = w.keys[u.Key]; !known {
		at.key, at.newKey = len(w.keys), true
		at.grown += bytesSize(len(u.Key))
	}
	at.body = numberSize(at.key) + bytesSize(at.size)
	if u.Explicit {
		if at.explicit, known = w.explicits[u.Hash]; !known {
			at.explicit, at.newExplicit = len(w.explicits), true
			var digits [maxDigits]byte
			at.grown += bytesSize(len(appendHash(digits[:0], u.Hash)))
		}
		at.body += numberSize(at.explicit)
	}
	at.grown += bytesSize(at.body)
	return at
}

// encode appends a user record to the encoded tables and records.
func (w *Writer) encode(u *UserRecord, at *place) {
	if at.newKey {
		w.keyTable = append(appendHead(w.keyTable, fieldKeys, len(u.Key)), u.Key...)
	}
	if at.newExplicit {
		var digits [maxDigits]byte
		text := appendHash(digits[:0], u.Hash)
		w.explicitTable = append(appendHead(w.explicitTable, fieldExplicits, len(text)), text...)
	}
	w.records = appendHead(w.records, fieldRecords, at.body)
	w.records = appendNumber(w.records, fieldKeyIndex, at.key)
	if u.Explicit {
		w.records = appendNumber(w.records, fieldExplicitIndex, at.explicit)
	}
	w.records = append(appendHead(w.records, fieldData, at.size), u.Data...)
}

package probe

import "encoding/binary"

// magic begins an encoded receipt. Its last byte is the version of the form, and grows with every change of it.
const magic = "wtr\x01"

// maxText is the longest text in a receipt, in bytes. Names are shorter, and so are AWS's sequence numbers.
const maxText = 256

// What a record's head says in its two lower bits; the others say which lane, in the order the lanes came up.
const (
	nextOfLane = iota // the number after the lane's last
	ofLane            // another number of the lane, as a difference
	newLane           // a lane that did not come up before, with its run and number
	stranger          // not ours: a sequence number, as a difference to the last one
)

// Append appends the receipt as one record of Kinesis, whatever its length. Texts of more than 256 bytes are cut.
//
// Integers are varints. A record of ours is its lane's place among the lanes of the receipt and the distance to the lane's last
// number; any other is its sequence number without what it has in common with the one before. Its arrival is the distance in
// milliseconds to that of the record before.
func (r Receipt) Append(dst []byte) []byte {
	dst = append(dst, magic...)
	for _, text := range []string{r.Function, r.Stream, r.Shard, r.FirstSequenceNumber, r.LastSequenceNumber, r.Error} {
		dst = appendText(dst, text)
	}
	dst = binary.LittleEndian.AppendUint64(dst, r.Environment)
	dst = binary.AppendUvarint(dst, r.Invocation)
	for _, n := range []int{r.Attempt, r.ItemFailure + 1, r.Lost, r.Part, r.Parts, r.Batch, r.First} {
		dst = binary.AppendUvarint(dst, uint64(n))
	}
	cold := byte(0)
	if r.Cold {
		cold = 1
	}
	dst = append(dst, cold)
	begin, first := r.Begin.UnixNano(), r.FirstArrival.UnixMilli()
	dst = binary.AppendVarint(dst, begin)
	dst = binary.AppendVarint(dst, r.End.UnixNano()-begin)
	dst = binary.AppendVarint(dst, first)
	dst = binary.AppendVarint(dst, r.LastArrival.UnixMilli()-first)
	return appendRecords(dst, r.Records, first)
}

// laneKey is what tells lanes apart.
type laneKey struct{ run, lane uint32 }

func appendRecords(dst []byte, records []Record, arrival int64) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(records)))
	places := map[laneKey]int{}
	var numbers []uint64 // the last of each place
	sequence := ""
	for _, rec := range records {
		key := laneKey{rec.Run, rec.Lane}
		place, known := places[key]
		switch {
		case rec.SequenceNumber != "":
			whole := cut(rec.SequenceNumber)
			shared := commonPrefix(sequence, whole)
			dst = append(dst, stranger)
			dst = binary.AppendUvarint(dst, uint64(shared))
			dst = appendText(dst, whole[shared:])
			sequence = whole
		case !known:
			dst = append(dst, newLane)
			dst = binary.AppendUvarint(dst, uint64(rec.Run))
			dst = binary.AppendUvarint(dst, uint64(rec.Lane))
			dst = binary.AppendUvarint(dst, rec.Number)
			places[key] = len(numbers)
			numbers = append(numbers, rec.Number)
		case rec.Number == numbers[place]+1:
			dst = binary.AppendUvarint(dst, head(place, nextOfLane))
			numbers[place] = rec.Number
		default:
			dst = binary.AppendUvarint(dst, head(place, ofLane))
			dst = binary.AppendVarint(dst, int64(rec.Number-numbers[place]))
			numbers[place] = rec.Number
		}
		at := rec.Arrival.UnixMilli()
		dst = binary.AppendVarint(dst, at-arrival)
		arrival = at
	}
	return dst
}

// head begins a record of a lane that came up before.
func head(place int, kind uint64) uint64 { return uint64(place)<<2 | kind }

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// cut leaves out what is past maxText.
func cut(text string) string { return text[:min(len(text), maxText)] }

// appendText appends a text, cut, with its length.
func appendText(dst []byte, text string) []byte {
	text = cut(text)
	dst = binary.AppendUvarint(dst, uint64(len(text)))
	return append(dst, text...)
}

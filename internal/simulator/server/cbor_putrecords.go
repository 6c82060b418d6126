package server

import "github.com/wavetank/wavetank/internal/simulator/kinesis"

// scanCBOR decodes a PutRecords request in CBOR, in the two steps in which scan does JSON. It is for requests as clients send
// them: ok is false where a request is wrong or uses a rarer form (a string in pieces, a member twice, one of another
// kind), and decodeCBOR must say what becomes of it. Where ok is true both give the same (FuzzCBOR).
func (d *putRecordsScanner) scanCBOR(body []byte) (in kinesis.PutRecordsInput, ok bool) {
	r := &cborReader{body: body}
	d.json = scanner{body: body}
	d.entries, d.binary = d.entries[:0], true
	listed := false
	h := r.head()
	if h.major != kinesis.CBORMap {
		return in, false
	}
	r.members(h, func(name []byte) {
		switch string(name) {
		case "StreamName":
			in.StreamName = r.once(in.StreamName == nil, kinesis.CBORText).pointer(&d.json)
		case "StreamARN":
			in.StreamARN = r.once(in.StreamARN == nil, kinesis.CBORText).pointer(&d.json)
		case "Records":
			list := r.head()
			if listed || list.major != kinesis.CBORList {
				r.fail("")
				return
			}
			listed = true
			r.each(list, func() { d.cborEntry(r) })
		case "DryRun":
			r.fail("") // rare
		default:
			r.skip()
		}
	})
	if r.err != nil || r.pos != len(body) || !listed || d.fill() != nil {
		return kinesis.PutRecordsInput{}, false
	}
	in.Records = d.records
	return in, true
}

// cborEntry scans one element of Records.
func (d *putRecordsScanner) cborEntry(r *cborReader) {
	h := r.head()
	if h.major != kinesis.CBORMap {
		r.fail("")
		return
	}
	var e scannedEntry
	r.members(h, func(name []byte) {
		switch string(name) {
		case "Data":
			e.data = r.once(!e.data.there, kinesis.CBORBytes)
		case "PartitionKey":
			e.key = r.once(!e.key.there, kinesis.CBORText)
		case "ExplicitHashKey":
			e.hash = r.once(!e.hash.there, kinesis.CBORText)
		default:
			r.skip()
		}
	})
	d.entries = append(d.entries, e)
}

// once takes a string in one piece, the first of its name.
func (r *cborReader) once(first bool, major byte) scannedText {
	h := r.head()
	if !first || h.major != major || h.indefinite() {
		r.fail("")
		return scannedText{}
	}
	n := len(r.piece(h))
	return scannedText{from: r.pos - n, to: r.pos, there: r.err == nil}
}

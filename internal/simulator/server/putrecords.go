package server

import (
	"bytes"
	"encoding/base64"
	"sync"
	"unicode/utf8"

	"github.com/wavetank/wavetank/internal/pages"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// putRecordsScanner decodes a PutRecords request: the one body that is worth a decoder of its own. It takes any JSON that
// the general decoder takes and gives the same result (FuzzPutRecordsScanner). It works in two steps: the first finds
// where the texts of each record are, the second decodes all data into one piece of memory of just the right size, which
// the stored records then share. A scanner is used for one request at a time.
type putRecordsScanner struct {
	json    scanner
	binary  bool // data is bytes, not base64: the body is CBOR
	escaped bool // data may have escapes
	entries []scannedEntry
	keys    []string // partition keys and explicit hash keys
	text    []byte
	records []kinesis.PutRecordsRequestEntry
}

// scannedEntry is where one record's members are in the body.
type scannedEntry struct{ data, key, hash scannedText }

var scanners = sync.Pool{New: func() any { return new(putRecordsScanner) }}

// release gives the scanner back; it must not keep a request's records alive.
func (d *putRecordsScanner) release() {
	clear(d.keys)
	clear(d.records)
	d.json.body = nil
	scanners.Put(d)
}

// read decodes a request in its format.
func (d *putRecordsScanner) read(f *format, body []byte) (in kinesis.PutRecordsInput, err error) {
	if f != cborFormat {
		return d.scan(body)
	}
	if in, ok := d.scanCBOR(body); ok {
		return in, nil
	}
	err = decodeCBOR(body, &in)
	return in, err
}

// scan decodes a request in JSON. What it returns is valid until release; Data and the keys' bytes beyond.
func (d *putRecordsScanner) scan(body []byte) (kinesis.PutRecordsInput, error) {
	d.escaped = false
	in, err := d.scanAll(body)
	if err != nil && bytes.IndexByte(body, '\\') >= 0 {
		d.escaped = true
		return d.scanAll(body)
	}
	return in, err
}

func (d *putRecordsScanner) scanAll(body []byte) (kinesis.PutRecordsInput, error) {
	var in kinesis.PutRecordsInput
	s := &d.json
	*s = scanner{body: body}
	d.entries, d.binary = d.entries[:0], false
	listed := false
	there := s.object("Structure", func(name []byte) {
		switch string(name) {
		case "StreamName":
			in.StreamName = s.string().pointer(s)
		case "StreamARN":
			in.StreamARN = s.string().pointer(s)
		case "DryRun":
			in.DryRun = s.bool()
		case "Records":
			if s.err = d.fill(); s.err != nil { // a second list replaces the first, which must be right all the same
				return
			}
			d.entries = d.entries[:0]
			listed = s.list(d.entry)
		default:
			s.skip()
		}
	})
	if !there {
		s.fail("") // null is no request
	}
	s.end()
	if s.err != nil {
		return in, s.err
	}
	if !listed {
		return in, nil
	}
	err := d.fill()
	in.Records = d.records
	return in, err
}

// plainEntry scans an element as nearly all are: data and a key of ASCII, in this order, without escapes and without blanks.
// Of any other it takes nothing and is false. It does not look for escapes in data: they are no base64, so that fill fails.
func (d *putRecordsScanner) plainEntry() bool {
	const before, between, behind = `{"Data":"`, `","PartitionKey":"`, `"}`
	s := &d.json
	b, ok := bytes.CutPrefix(s.body[s.pos:], []byte(before))
	n := bytes.IndexByte(b, '"')
	if !ok || n < 0 {
		return false
	}
	e := scannedEntry{data: scannedText{from: s.pos + len(before), there: true}}
	e.data.to = e.data.from + n
	if b, ok = bytes.CutPrefix(b[n:], []byte(between)); !ok {
		return false
	}
	for n = 0; n < len(b) && b[n] != '"'; n++ {
		if c := b[n]; c < ' ' || c >= utf8.RuneSelf || c == '\\' {
			return false
		}
	}
	if !bytes.HasPrefix(b[n:], []byte(behind)) {
		return false
	}
	from := e.data.to + len(between)
	e.key = scannedText{from: from, to: from + n, there: true}
	s.pos = e.key.to + len(behind)
	d.entries = append(d.entries, e)
	return true
}

// entry scans one element of Records; null is a record without members.
func (d *putRecordsScanner) entry() {
	if !d.escaped && d.plainEntry() {
		return
	}
	s := &d.json
	var e scannedEntry
	s.object("Structure", func(name []byte) {
		switch string(name) {
		case "Data":
			if e.data.there {
				d.check(e.data)
			}
			e.data = s.raw("Blob")
		case "PartitionKey":
			e.key = s.string()
		case "ExplicitHashKey":
			e.hash = s.string()
		default:
			s.skip()
		}
	})
	d.entries = append(d.entries, e)
}

// fill makes the records of the entries.
func (d *putRecordsScanner) fill() error {
	n := len(d.entries)
	if cap(d.records) < n || d.records == nil {
		d.records = make([]kinesis.PutRecordsRequestEntry, n)
		d.keys = make([]string, 2*n)
	}
	d.records, d.keys = d.records[:n], d.keys[:2*n]
	size := 0
	d.text = d.text[:0]
	for i := range d.entries {
		e := &d.entries[i]
		size += d.decodedLen(e.data)
		d.text = e.key.append(d.text, &d.json)
		d.text = e.hash.append(d.text, &d.json)
	}
	arena := make([]byte, size)
	pages.Populate(arena)
	text := string(d.text)
	for i := range d.entries {
		e, r := &d.entries[i], &d.records[i]
		*r = kinesis.PutRecordsRequestEntry{}
		text, r.PartitionKey = e.key.cut(text, &d.keys[2*i])
		text, r.ExplicitHashKey = e.hash.cut(text, &d.keys[2*i+1])
		if !e.data.there {
			continue
		}
		raw := e.data.bytes(&d.json)
		if d.json.err != nil {
			return d.json.err
		}
		k, err := d.decodeData(arena, raw)
		if err != nil {
			return err
		}
		r.Data, arena = arena[:k:k], arena[k:]
	}
	return nil
}

// decodedLen is the most bytes that data may have.
func (d *putRecordsScanner) decodedLen(data scannedText) int {
	if d.binary {
		return data.to - data.from
	}
	return base64.StdEncoding.DecodedLen(data.to - data.from)
}

func (d *putRecordsScanner) decodeData(dst, src []byte) (n int, err error) {
	if d.binary {
		return copy(dst, src), nil
	}
	return decodeBase64(dst, src)
}

// check demands that data which is replaced by a second member of its name is right all the same.
func (d *putRecordsScanner) check(data scannedText) {
	raw := data.bytes(&d.json)
	if _, err := decodeBase64(make([]byte, len(raw)), raw); err != nil && d.json.err == nil {
		d.json.err = err
	}
}

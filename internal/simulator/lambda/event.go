package lambda

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// AppendData appends the data of a record: its own, or rendered. Where nobody renders a record of ours has none.
func (e *Event) AppendData(dst []byte, i int) []byte {
	r := &e.Records[i]
	if r.Data == nil && e.render != nil {
		return e.render(dst, r)
	}
	return append(dst, r.Data...)
}

// AppendSequenceNumber appends a record's sequence number, as GetRecords gives it.
func (e *Event) AppendSequenceNumber(dst []byte, i int) []byte {
	if e.sequence == nil {
		return dst
	}
	return e.sequence(dst, &e.Records[i])
}

// SequenceNumber is a record's sequence number, as GetRecords gives it.
func (e *Event) SequenceNumber(i int) string {
	return string(e.AppendSequenceNumber(make([]byte, 0, 64), i))
}

// AppendJSON appends the event as AWS sends it: the members and their order are recorded (LocalStack's tests on AWS, 2025).
// There is no encryptionType, as there. Of an invocation that is no mapping's it is its payload.
func (e *Event) AppendJSON(dst []byte) []byte {
	if e.Payload != nil {
		return e.Payload.AppendJSON(dst)
	}
	arn, role, region := appendString(nil, e.EventSourceArn), appendString(nil, e.Role), appendString(nil, e.Region)
	var data []byte
	dst = append(dst, `{"Records":[`...)
	for i := range e.Records {
		r := &e.Records[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, `{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":`...), r.Key)
		dst = e.AppendSequenceNumber(append(dst, `,"sequenceNumber":"`...), i)
		data = e.AppendData(data[:0], i)
		dst = base64.StdEncoding.AppendEncode(append(dst, `","data":"`...), data)
		dst = appendSeconds(append(dst, `","approximateArrivalTimestamp":`...), r.Arrival/1e6)
		dst = append(append(dst, `},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"`...), e.ShardID...)
		dst = e.AppendSequenceNumber(append(dst, ':'), i)
		dst = append(append(dst, `","eventName":"aws:kinesis:record","invokeIdentityArn":`...), role...)
		dst = append(append(dst, `,"awsRegion":`...), region...)
		dst = append(append(append(dst, `,"eventSourceARN":`...), arn...), '}')
	}
	return append(dst, `]}`...)
}

// envelope is the bytes of an event's JSON beside its records and a comma for each.
const envelope = len(`{"Records":[]}`) - 1

// overhead is how many bytes a record adds to the event's JSON beside its data and the text of its partition key, with a comma. An
// arrival is counted in its longest form.
func (e *Event) overhead() int64 {
	one := *e
	one.Records = []record.Record{{Data: []byte{}, Arrival: 1_999_999_999_999e6}}
	return int64(len(one.AppendJSON(nil)) - envelope)
}

// appendSeconds appends unix milliseconds as seconds with a fraction.
func appendSeconds(dst []byte, milli int64) []byte {
	return strconv.AppendFloat(dst, float64(milli)/1e3, 'f', -1, 64)
}

// appendString appends a JSON string.
func appendString(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return append(dst, marshal(s)...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}

// longestEscape is how many bytes a byte of a text has in JSON at most: \u001f.
const longestEscape = 6

// textBytes is the length of a text as appendString appends it, without its quotes.
func textBytes(s string) int {
	n := len(s)
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			return len(marshal(s)) - 2
		case c == '"', c == '\\', c == '\b', c == '\f', c == '\n', c == '\r', c == '\t':
			n++
		case c < ' ':
			n += longestEscape - 1
		}
	}
	return n
}

// marshal is JSON as AWS writes it: <, > and & are left as they are.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil // nothing that is marshalled here can fail
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

package firehose

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// ofThree is an event of three records of one byte, whose ids are their numbers.
func ofThree() *TransformEvent {
	e := &TransformEvent{Records: make([]record.Record, 3)}
	for i := range e.Records {
		e.Records[i] = record.Record{Seq: uint64(i), Number: uint64(i), Data: []byte{byte('a' + i)}, Size: 1}
	}
	return e
}

// tell is what has become of each record: its data, dropped, or the code.
func (s *settled) tell() string {
	of := make([]string, 3)
	for _, r := range s.kept {
		of[r.Number] = string(r.Data)
		if int(r.Size) != len(r.Data) {
			of[r.Number] += " of another size"
		}
	}
	for _, r := range s.dropped {
		of[r.Number] = "dropped"
	}
	for i, r := range s.failed {
		of[r.Number] = strings.TrimPrefix(s.why[i].code, "Lambda.")
	}
	return strings.Join(of, ", ")
}

// What a response means, in the forms that functions return, and whether the invocation is made again. That a response is final
// and what is wrong with single records was measured on AWS by others in 2026.
func TestResponses(t *testing.T) {
	ids := make([]string, 3)
	for i := range ids {
		ids[i] = string(ofThree().AppendRecordID(nil, i))
	}
	of := func(i int, more string) string { return `{"recordId":"` + ids[i] + `"` + more + `}` }
	const ok, dropped, failed = `,"result":"Ok","data":"WA=="`, `,"result":"Dropped"`, `,"result":"ProcessingFailed","data":"WA=="`
	records := func(r ...string) string { return `{"records":[` + strings.Join(r, ",") + `]}` }
	all := strings.Repeat("%[1]s, ", 2) + "%[1]s"
	tests := []struct{ name, payload, want string }{
		{"all of them", records(of(0, ok), of(1, ok), of(2, ok)), "X, X, X"},
		{"in another order", records(of(2, dropped), of(0, ok), of(1, failed)), "X, ProcessingFailedStatus, dropped"},
		{"empty data", records(of(0, `,"result":"Ok","data":""`), of(1, ok), of(2, ok)), ", X, X"},
		{"more that is not known", `{"more":1,"records":[` + of(0, ok+`,"metadata":{"partitionKeys":{"a":"b"}}`) + `,` + of(1, ok) + `,` + of(2, ok) + `]}`, "X, X, X"},
		{"one is missing", records(of(0, ok), of(2, ok)), "X, MissingRecordId, X"},
		{"one has another id", records(of(0, ok), `{"recordId":"x"`+ok+`}`, of(2, ok)), "X, MissingRecordId, X"},
		{"one of nobody", records(of(0, ok), of(1, ok), of(2, ok), `{"recordId":"x"`+ok+`}`), "X, X, X"},
		{"one twice", records(of(0, ok), of(1, ok), of(1, dropped), of(2, ok)), "X, DuplicatedRecordId, X"},
		{"one three times", records(of(0, ok), of(1, ok), of(1, ok), of(1, ok), of(2, ok)), "X, DuplicatedRecordId, X"},
		{"one without an id", records(of(0, ok), `{"result":"Ok","data":"WA=="}`, of(2, ok)), "X, MissingRecordId, X"},
		{"Ok without data", records(of(0, `,"result":"Ok"`), of(1, `,"result":"Ok","data":null`), of(2, ok)), "InvalidReturnFormat, InvalidReturnFormat, X"},
		{"nothing", ``, fmt.Sprintf(all, "MissingRecordId")},
		{"null", `null`, fmt.Sprintf(all, "MissingRecordId")},
		{"a text", `"x"`, fmt.Sprintf(all, "MissingRecordId")},
		{"no list", `{"Records":[]}`, fmt.Sprintf(all, "MissingRecordId")},
		{"a list of nothing", records(), fmt.Sprintf(all, "MissingRecordId")},
		{"a result that is none", records(of(0, ok), of(1, `,"result":"ok","data":"WA=="`), of(2, ok)), fmt.Sprintf(all, "FunctionError")},
		{"no result", records(of(0, ok), of(1, `,"data":"WA=="`), of(2, ok)), fmt.Sprintf(all, "FunctionError")},
		{"data that is not base64", records(of(0, ok), of(1, `,"result":"Ok","data":"%"`), of(2, ok)), fmt.Sprintf(all, "FunctionError")},
		{"an id that is no text", records(of(0, ok), `{"recordId":1,"result":"Ok","data":""}`), fmt.Sprintf(all, "FunctionError")},
		{"no JSON", `{"records":[`, fmt.Sprintf(all, "JsonProcessingException")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := settle(ofThree(), TransformAnswer{Payload: []byte(tt.payload)}, 1000)
			if got := s.tell(); got != tt.want || s.again {
				t.Errorf("%s, again %v; want %s", got, s.again, tt.want)
			}
			inOrder := func(a, b record.Record) int { return int(a.Number) - int(b.Number) }
			if !slices.IsSortedFunc(s.kept, inOrder) || !slices.IsSortedFunc(s.failed, inOrder) {
				t.Error("out of order")
			}
		})
	}
}

// A response in Go's types means what its JSON does, its size too.
func TestResponsesInGo(t *testing.T) {
	e := ofThree()
	a := TransformAnswer{}
	payload := `{"records":[`
	for i, result := range []string{ResultOk, ResultDropped, ResultOk} {
		id := string(e.AppendRecordID(nil, i))
		a.Records = append(a.Records, Transformed{id, result, []byte("XYZ!")})
		payload += fmt.Sprintf(`{"recordId":"%s","result":"%s","data":"WFlaIQ=="},`, id, result)
	}
	payload = strings.TrimSuffix(payload, ",") + `]}`
	if int(a.size()) != len(payload) {
		t.Errorf("%d bytes, in JSON %d", a.size(), len(payload))
	}
	for _, tt := range []struct {
		most int
		want string
	}{{len(payload), "XYZ!, dropped, XYZ!"}, {len(payload) - 1, "FunctionError, FunctionError, FunctionError"}} {
		for _, a := range []TransformAnswer{a, {Payload: []byte(payload)}} {
			s := settle(ofThree(), a, int64(tt.most))
			if large := strings.Contains(tt.want, "Error"); large != (s.text == fmt.Sprintf("a response of %d bytes, more than %d", len(payload), tt.most)) {
				t.Errorf("its own error is %q", s.text)
			}
			if got := s.tell(); got != tt.want || s.again != strings.Contains(got, "Error") {
				t.Errorf("at most %d bytes: %s, again %v", tt.most, got, s.again)
			}
		}
	}
}

// An event ends before it has more bytes than an invocation can have, whatever its records are.
func TestEventsStayBelowTheirLimit(t *testing.T) {
	virtual := clock.NewVirtual()
	defer virtual.Stop()
	s := New(Config{Clock: virtual, Limits: Limits{TransformPayload: 20_000}})
	tests := []struct {
		name  string
		shard int32
		size  int32
		key   string
		least int // records of the first event
	}{
		{"small", -1, 10, "", 120},
		{"empty", -1, 0, "", 120},
		{"of a stream", 3, 10, "a-partition-key-of-some-length", 45},
		{"large", -1, 5000, "", 2},
		{"larger than an event", -1, 30_000, "", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &deliveryStream{service: s, processing: &processing{function: "f", arn: strings.Repeat("x", 100)}}
			d.config.Name, d.config.Source = strings.Repeat("d", 64), strings.Repeat("s", 128)
			l := &lane{stream: d, shard: tt.shard, buffer: NewBuffer(BufferingHints{Size: 3 * mib, Interval: 1000})}
			l.sequence = func(dst []byte, r *record.Record) []byte { return fmt.Appendf(dst, "%056d", r.Seq) }
			l.buffer.event = l.room()
			recs := make([]record.Record, 500)
			for i := range recs {
				recs[i] = record.Record{Seq: uint64(i), Size: tt.size, Data: make([]byte, tt.size), Key: tt.key, Arrival: 1767225600000000000}
			}
			first := true
			for left := recs; len(left) > 0; first = false {
				n := l.buffer.Add(0, left)
				if n == 0 || n < len(left) && !l.buffer.Full(0) {
					t.Fatalf("%d of %d are taken, full: %v", n, len(left), l.buffer.Full(0))
				}
				left = left[n:]
				f := &flight{}
				f.records, _ = l.buffer.Cut(nil)
				if size := len(l.event(f, 1).AppendJSON(nil)); size > 20_000 && n > 1 {
					t.Fatalf("an event of %d records has %d bytes", n, size)
				}
				if first && n < tt.least {
					t.Errorf("the first event has %d records", n)
				}
			}
		})
	}
}

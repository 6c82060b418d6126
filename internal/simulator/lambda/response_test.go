package lambda

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// numbered is an event of n records whose sequence numbers are 8, 9, 10 and so on.
func numbered(n int) *Event {
	e := &Event{sequence: func(dst []byte, r *record.Record) []byte { return strconv.AppendUint(dst, 8+r.Seq, 10) }}
	for i := range n {
		e.Records = append(e.Records, record.Record{Seq: uint64(i)})
	}
	return e
}

// What a response has be tried again, of an event whose sequence numbers are 8 to 12: from that record on; 5 is none.
func TestResponses(t *testing.T) {
	const none, whole = 5, 0
	item := func(id string) string { return `{"batchItemFailures":[{"itemIdentifier":` + id + `}]}` }
	for _, tt := range []struct {
		name, payload string
		want          int
	}{
		// Recorded on AWS.
		{"nothing", ``, none},
		{"an empty string", `""`, none},
		{"an empty list", `[]`, none},
		{"null", `null`, none},
		{"an empty object", `{}`, none},
		{"no items", `{"batchItemFailures":[]}`, none},
		{"null items", `{"batchItemFailures":null}`, none},
		{"an empty identifier", item(`""`), whole},
		{"a null identifier", item(`null`), whole},
		{"another member", `{"batchItemFailures":[{"foo":"10"}]}`, whole},
		{"an identifier of no record", item(`"13"`), whole},
		{"an integer", item(`10`), whole},

		{"one", item(`"10"`), 2},
		{"the first", item(`"8"`), 0},
		{"the last", item(`"12"`), 4},
		{"the lowest by number, not by text", `{"batchItemFailures":[{"itemIdentifier":"10"},{"itemIdentifier":"9"},{"itemIdentifier":"11"}]}`, 1},
		{"one twice", `{"batchItemFailures":[{"itemIdentifier":"10"},{"itemIdentifier":"10"}]}`, 2},
		{"one of no record beside another", `{"batchItemFailures":[{"itemIdentifier":"10"},{"itemIdentifier":"1"}]}`, whole},
		{"other members beside", `{"state":{"a":1},"batchItemFailures":[{"itemIdentifier":"10","why":"x"}]}`, 2},

		// Ours.
		{"no JSON", `{"batchItemFailures":[`, whole},
		{"a number", `12`, none},
		{"text", `"10"`, none},
		{"a list that is none", `{"batchItemFailures":"10"}`, whole},
		{"an item that is no object", `{"batchItemFailures":["10"]}`, whole},
		{"a null item", `{"batchItemFailures":[null]}`, whole},
		{"names are matched to the letter", `{"BatchItemFailures":[{"itemIdentifier":"10"}]}`, none},
		{"zeros in front", item(`"010"`), whole},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := numbered(5).retriedFrom(&Result{Payload: []byte(tt.payload)}); got != tt.want {
				t.Errorf("%s: from %d on, want %d", tt.payload, got, tt.want)
			}
		})
	}
	for _, tt := range []struct {
		failures []string
		want     int
	}{{[]string{}, none}, {[]string{"11", "9"}, 1}, {[]string{"9", ""}, whole}, {[]string{"7"}, whole}} {
		if got := numbered(5).retriedFrom(&Result{Failures: tt.failures, Payload: []byte(item(`"8"`))}); got != tt.want {
			t.Errorf("%v: from %d on, want %d", tt.failures, got, tt.want)
		}
	}
}

// Whatever a function returns, it is a place in the event, and one that reports a record alone is that record's.
func FuzzResponse(f *testing.F) {
	for _, s := range []string{``, `null`, `{"batchItemFailures":[{"itemIdentifier":"9"}]}`, `{"batchItemFailures":[{"itemIdentifier":3}]}`, `[{}]`, "\xff"} {
		f.Add([]byte(s), uint8(3))
	}
	f.Fuzz(func(t *testing.T, payload []byte, n uint8) {
		e := numbered(int(n))
		from := e.retriedFrom(&Result{Payload: payload})
		if from < 0 || from > len(e.Records) {
			t.Fatalf("%q: from %d of %d", payload, from, n)
		}
		if ids, ok := itemIdentifiers(payload); ok && len(ids) > 0 && from == len(e.Records) && n > 0 {
			t.Fatalf("%q reports %q, and nothing is tried again", payload, ids)
		}
		for i := range e.Records {
			one := fmt.Appendf(nil, `{"batchItemFailures":[{"itemIdentifier":"%s"}]}`, e.SequenceNumber(i))
			if got := e.retriedFrom(&Result{Payload: one}); got != i {
				t.Fatalf("%s: from %d, want %d", one, got, i)
			}
		}
	})
}

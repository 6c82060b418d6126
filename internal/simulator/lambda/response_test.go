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
		why           string // of the whole batch
	}{
		// Recorded on AWS.
		{"nothing", ``, none, ""},
		{"an empty string", `""`, none, ""},
		{"an empty list", `[]`, none, ""},
		{"null", `null`, none, ""},
		{"an empty object", `{}`, none, ""},
		{"no items", `{"batchItemFailures":[]}`, none, ""},
		{"null items", `{"batchItemFailures":null}`, none, ""},
		{"an empty identifier", item(`""`), whole, `it reported an empty itemIdentifier`},
		{"a null identifier", item(`null`), whole, `it reported an itemIdentifier of null`},
		{"another member", `{"batchItemFailures":[{"foo":"10"}]}`, whole, `it reported an item without an itemIdentifier`},
		{"an identifier of no record", item(`"13"`), whole, `it reported "13", which is no sequence number of the batch`},
		{"an integer", item(`10`), whole, `it reported an itemIdentifier that is no text: 10`},

		{"one", item(`"10"`), 2, ""},
		{"the first", item(`"8"`), 0, ""},
		{"the last", item(`"12"`), 4, ""},
		{"the lowest by number, not by text", `{"batchItemFailures":[{"itemIdentifier":"10"},{"itemIdentifier":"9"},{"itemIdentifier":"11"}]}`, 1, ""},
		{"one twice", `{"batchItemFailures":[{"itemIdentifier":"10"},{"itemIdentifier":"10"}]}`, 2, ""},
		{"one of no record beside another", `{"batchItemFailures":[{"itemIdentifier":"10"},{"itemIdentifier":"1"}]}`, whole, `it reported "1", which is no sequence number of the batch`},
		{"other members beside", `{"state":{"a":1},"batchItemFailures":[{"itemIdentifier":"10","why":"x"}]}`, 2, ""},

		// Ours.
		{"no JSON", `{"batchItemFailures":[`, whole, `its response is no JSON`},
		{"a number", `12`, none, ""},
		{"text", `"10"`, none, ""},
		{"a list that is none", `{"batchItemFailures":"10"}`, whole, `its batchItemFailures is no list of objects`},
		{"an item that is no object", `{"batchItemFailures":["10"]}`, whole, `its batchItemFailures is no list of objects`},
		{"a null item", `{"batchItemFailures":[null]}`, whole, `it reported an item without an itemIdentifier`},
		{"names are matched to the letter", `{"BatchItemFailures":[{"itemIdentifier":"10"}]}`, none, ""},
		{"zeros in front", item(`"010"`), whole, `it reported "010", which is no sequence number of the batch`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, why := numbered(5).retriedFrom(&Result{Payload: []byte(tt.payload)})
			if got != tt.want || why != tt.why {
				t.Errorf("%s: from %d on: %s; want %d: %s", tt.payload, got, why, tt.want, tt.why)
			}
		})
	}
	for _, tt := range []struct {
		failures []string
		want     int
		why      string
	}{
		{[]string{}, none, ""},
		{[]string{"11", "9"}, 1, ""},
		{[]string{"8"}, whole, ""}, // it is the first
		{[]string{"9", ""}, whole, "it reported an empty itemIdentifier"},
		{[]string{"9", "7", "6"}, whole, `it reported "7", which is no sequence number of the batch`},
	} {
		got, why := numbered(5).retriedFrom(&Result{Failures: tt.failures, Payload: []byte(item(`"8"`))})
		if got != tt.want || why != tt.why {
			t.Errorf("%v: from %d on: %s; want %d: %s", tt.failures, got, why, tt.want, tt.why)
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
		from, why := e.retriedFrom(&Result{Payload: payload})
		if from < 0 || from > len(e.Records) {
			t.Fatalf("%q: from %d of %d", payload, from, n)
		}
		if why != "" && from != 0 {
			t.Fatalf("%q: %s, and yet from %d", payload, why, from)
		}
		if ids, wrong := itemIdentifiers(payload); wrong == "" && len(ids) > 0 && from == len(e.Records) && n > 0 {
			t.Fatalf("%q reports %q, and nothing is tried again", payload, ids)
		}
		for i := range e.Records {
			one := fmt.Appendf(nil, `{"batchItemFailures":[{"itemIdentifier":"%s"}]}`, e.SequenceNumber(i))
			if got, _ := e.retriedFrom(&Result{Payload: one}); got != i {
				t.Fatalf("%s: from %d, want %d", one, got, i)
			}
		}
	})
}

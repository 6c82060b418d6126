package firehose

import (
	"encoding/json"
	"testing"
)

// FuzzResponse: whatever a function returns, each record goes exactly one way, in order, and what another decoder does not find in
// the response is never delivered.
func FuzzResponse(f *testing.F) {
	for _, payload := range []string{
		`{"records":[{"recordId":"00000000000000000000000000000000000000000000000000000000000000","result":"Ok","data":"WA=="}]}`,
		`{"records":[{"recordId":"00000000000000000000000000000000000000000000000000000001000000","result":"Dropped"}]}`,
		`{"records":null}`, `null`, `[]`, `{"records":[null]}`, `{"records":[{"recordId":null}]}`, `{"records":[1]}`, `{"records":[],"records":[]}`, "{\"\xff\":1}", `"`,
	} {
		f.Add([]byte(payload))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		e := ofThree()
		s := settle(e, TransformAnswer{Payload: payload}, 1000)
		seen := make([]int, 3)
		last := -1
		for i, r := range s.kept {
			seen[r.Number]++
			if int(r.Number) <= last || int(r.Size) != len(r.Data) || r.Data == nil {
				t.Fatalf("%d of what is kept is %+v", i, r)
			}
			last = int(r.Number)
		}
		for _, r := range s.dropped {
			seen[r.Number]++
		}
		for i, r := range s.failed {
			seen[r.Number]++
			if s.why[i].code == "" {
				t.Fatalf("record %d fails without a code", r.Number)
			}
		}
		if seen[0] != 1 || seen[1] != 1 || seen[2] != 1 {
			t.Fatalf("%q: records are told %v times", payload, seen)
		}
		if len(s.kept)+len(s.dropped) > 0 && len(payload) <= 1000 && !json.Valid(payload) {
			t.Fatalf("%q is no JSON and is a response", payload)
		}
	})
}

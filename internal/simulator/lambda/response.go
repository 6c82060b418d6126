package lambda

import (
	"bytes"
	"encoding/json"
)

// wholeBatch is what a response says that has the whole batch be tried again.
const wholeBatch = 0

// retriedFrom is where in the event the lowest of the items is that a response reports as failed: it and all behind it are
// tried again. Without one it is the number of records. A response whose report cannot be understood has the whole batch
// be tried again (DG kinesis-batchfailurereporting, and as recorded on AWS: an identifier that is empty, null, missing, an
// integer or of no record of the batch). *Ours: so does JSON that cannot be read, a list that is none, an item that is no
// object. What has no batchItemFailures at all is a success, whatever it is.*
func (e *Event) retriedFrom(r *Result) int {
	failures, ok := r.Failures, true
	if failures == nil {
		failures, ok = itemIdentifiers(r.Payload)
	}
	if !ok {
		return wholeBatch
	}
	if len(failures) == 0 {
		return len(e.Records)
	}
	left := make(map[string]bool, len(failures))
	for _, f := range failures {
		left[f] = true
	}
	first := len(e.Records)
	var text [64]byte
	for i := 0; i < len(e.Records) && len(left) > 0; i++ {
		id := e.AppendSequenceNumber(text[:0], i) // numbers rise with the records
		if !left[string(id)] {
			continue
		}
		delete(left, string(id))
		first = min(first, i)
	}
	if len(left) > 0 {
		return wholeBatch
	}
	return first
}

// itemIdentifiers reads the identifiers of a response's batchItemFailures. ok is false where it is no report that can be
// understood. Names are matched to the letter, which encoding/json does for maps alone.
func itemIdentifiers(payload []byte) (ids []string, ok bool) {
	if len(bytes.TrimSpace(payload)) == 0 {
		return nil, true
	}
	if !json.Valid(payload) {
		return nil, false
	}
	var response map[string]json.RawMessage
	if json.Unmarshal(payload, &response) != nil {
		return nil, true // valid JSON, and no object: nothing is reported
	}
	var items []map[string]json.RawMessage
	if list := response["batchItemFailures"]; list != nil && json.Unmarshal(list, &items) != nil {
		return nil, false
	}
	for _, item := range items {
		var id *string
		if raw := item["itemIdentifier"]; raw == nil || json.Unmarshal(raw, &id) != nil || id == nil || *id == "" {
			return nil, false
		}
		ids = append(ids, *id)
	}
	return ids, true
}

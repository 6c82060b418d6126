package lambda

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// wholeBatch is what a response says that has the whole batch be tried again.
const wholeBatch = 0

// retriedFrom is where in the event the lowest of the items is that a response reports as failed: it and all behind it are
// tried again. Without one it is the number of records. A response whose report cannot be understood has the whole batch
// be tried again, and why says what that is (DG kinesis-batchfailurereporting, and as recorded on AWS: an identifier that is
// empty, null, missing, an integer or of no record of the batch). *Ours: so does JSON that cannot be read, a list that is none,
// an item that is no object. What has no batchItemFailures at all is a success, whatever it is.*
func (e *Event) retriedFrom(r *Result) (from int, why string) {
	failures := r.Failures
	if failures == nil {
		failures, why = itemIdentifiers(r.Payload)
	}
	if why != "" {
		return wholeBatch, why
	}
	if len(failures) == 0 {
		return len(e.Records), ""
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
	for _, f := range failures {
		if left[f] {
			return wholeBatch, strange(f)
		}
	}
	return first, ""
}

// strange is what is wrong with an identifier that is no record's.
func strange(id string) string {
	if id == "" {
		return emptyIdentifier
	}
	return fmt.Sprintf("it reported %.100q, which is no sequence number of the batch", id)
}

// What else is wrong with a report.
const (
	emptyIdentifier = "it reported an empty itemIdentifier"
	notJSON         = "its response is no JSON"
	notAList        = "its batchItemFailures is no list of objects"
	noIdentifier    = "it reported an item without an itemIdentifier"
	nullIdentifier  = "it reported an itemIdentifier of null"
)

// itemIdentifiers reads the identifiers of a response's batchItemFailures. wrong says why it is no report that can be
// understood; "" where it is one. Names are matched to the letter, which encoding/json does for maps alone.
func itemIdentifiers(payload []byte) (ids []string, wrong string) {
	if len(bytes.TrimSpace(payload)) == 0 {
		return nil, ""
	}
	if !json.Valid(payload) {
		return nil, notJSON
	}
	var response map[string]json.RawMessage
	if json.Unmarshal(payload, &response) != nil {
		return nil, "" // valid JSON, and no object: nothing is reported
	}
	var items []map[string]json.RawMessage
	if list := response["batchItemFailures"]; list != nil && json.Unmarshal(list, &items) != nil {
		return nil, notAList
	}
	for _, item := range items {
		var id *string
		switch raw := item["itemIdentifier"]; {
		case raw == nil:
			return nil, noIdentifier
		case json.Unmarshal(raw, &id) != nil:
			return nil, fmt.Sprintf("it reported an itemIdentifier that is no text: %.100s", raw)
		case id == nil:
			return nil, nullIdentifier
		case *id == "":
			return nil, emptyIdentifier
		}
		ids = append(ids, *id)
	}
	return ids, ""
}

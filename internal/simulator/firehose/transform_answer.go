package firehose

import (
	"encoding/base64"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// What a function may say of a record.
const (
	ResultOk               = "Ok"
	ResultDropped          = "Dropped"
	ResultProcessingFailed = "ProcessingFailed"
)

// Transformed is what a function has made of one record.
type Transformed struct {
	RecordID string
	Result   string
	Data     []byte // nil: it has said nothing of it
}

// TransformAnswer is how an invocation ended. The zero value is a response without records.
type TransformAnswer struct {
	Failure   TransformFailure
	Code      string        // of the AWS error, where Refused
	Message   string        // of it
	Lost      bool          // the function has run, where Refused
	Error     string        // the function's own, where Raised or Stopped, for an observer; "" where nobody knows
	Unchanged bool          // nothing was run: every record is Ok and stays as it is
	Records   []Transformed // the response's, or nil: see Payload
	Payload   []byte        // the response in JSON
}

// TransformFailure is why an invocation has no response.
type TransformFailure int

// The failures.
const (
	Returned TransformFailure = iota // it has one
	Refused                          // it did not reach the function, or its answer was lost
	Raised                           // the function raised an error
	Stopped                          // at its timeout
)

// flaw is why records go below the error prefix; the zero value is none.
type flaw struct{ code, message string }

// The flaws, in AWS's words where somebody has published them: error objects of 2019, 2022 and 2026, and the developer guide's
// "Monitor with CloudWatch Logs".
var (
	flawRaised     = flaw{"Lambda.FunctionError", "The Lambda function was successfully invoked but it returned an error result."}
	flawTimedOut   = flaw{"Lambda.FunctionTimedOut", "The Lambda function invocation timed out. Increase the Timeout setting in the Lambda function."}
	flawUnreadable = flaw{"Lambda.JsonProcessingException", "There was an error parsing returned records from the Lambda function. Ensure that the returned records follow the status model required by Firehose."}
	flawForm       = flaw{"Lambda.FunctionError", "Check your function and make sure the output is in required format. In addition to that, make sure the processed records contain valid result status of Dropped, Ok, or ProcessingFailed"}
	flawMissing    = flaw{"Lambda.MissingRecordId", "One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids."}
	flawTwice      = flaw{"Lambda.DuplicatedRecordId", "Multiple records were returned with the same record Id. Ensure that the Lambda function returns a unique record Id for each record."}
	flawNoData     = flaw{"Lambda.InvalidReturnFormat", "The data field cannot be null when the SourceType is DirectPut or KinesisStreamAsSource and processing result is Ok. The value field cannot be null when the SourceType is MSKAsSource and processing result is Ok."}
	flawFailed     = flaw{"Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record"}
)

// refusals are the codes of invocations that did not reach the function. Others are the AWS error's own (ours).
var refusals = map[string]string{
	"AccessDeniedException":     "Lambda.InvokeAccessDenied",
	"ResourceNotFoundException": "Lambda.ResourceNotFound",
	"TooManyRequestsException":  "Lambda.InvokeLimitExceeded",
}

// cut is the AWS error that stands for a connection without an answer. It is ours.
const cut = "ServiceException"

// settled is what has become of an event's records, each list in their order.
type settled struct {
	kept    []record.Record // with the data that the function has returned
	dropped []record.Record
	failed  []record.Record // as they were sent
	why     []flaw          // of each of these
	whole   flaw            // of all of them, where the invocation failed as one
	again   bool            // the invocation may be tried again

	text  string // of the function's own error, where there is one
	alien string // the first id of the response that is no record's, in quotes, where one of a record is missing
}

// codes are those of the failed records.
func (s *settled) codes() (codes []string) {
	for _, why := range s.why {
		codes = append(codes, why.code)
	}
	return codes
}

// settle says what an answer means for the records of an event. Where an invocation has failed it is tried again; a response that
// is there is final, however it is made (measured on AWS by others).
func settle(e *TransformEvent, a TransformAnswer, most int64) settled {
	switch a.Failure {
	case Refused:
		code, known := refusals[a.Code]
		if !known {
			code = "Lambda." + a.Code
		}
		return e.fail(flaw{code, a.Message}, true)
	case Raised:
		return e.fail(flawRaised, true).because(a.Error)
	case Stopped:
		return e.fail(flawTimedOut, true).because(a.Error)
	}
	if a.Unchanged {
		return settled{kept: e.Records}
	}
	if size := a.size(); size > most { // Lambda makes a function's error of it
		return e.fail(flawRaised, true).because(fmt.Sprintf("a response of %d bytes, more than %d", size, most))
	}
	if a.Records == nil {
		var f flaw
		if a.Records, f = parseTransformed(a.Payload); f != (flaw{}) {
			return e.fail(f, false)
		}
	}
	for i := range a.Records {
		switch a.Records[i].Result {
		case ResultOk, ResultDropped, ResultProcessingFailed:
		default:
			return e.fail(flawForm, false)
		}
	}
	return e.match(a.Records)
}

// fail is what becomes of an event that failed as one.
func (e *TransformEvent) fail(f flaw, again bool) settled {
	s := settled{failed: e.Records, whole: f, again: again, why: make([]flaw, len(e.Records))}
	for i := range s.why {
		s.why[i] = f
	}
	return s
}

// because notes the function's own error.
func (s settled) because(text string) settled {
	s.text = text
	return s
}

// size is how many bytes the response has in JSON.
func (a *TransformAnswer) size() int64 {
	size := int64(len(a.Payload))
	if a.Records == nil {
		return size
	}
	for i := range a.Records {
		r := &a.Records[i]
		size += int64(len(`{"recordId":"","result":"","data":""},`) + len(r.RecordID) + len(r.Result) + base64.StdEncoding.EncodedLen(len(r.Data)))
	}
	return size + int64(len(`{"records":[]}`)) - 1
}

// match looks for each record of the event in the response. An id of no record is passed over, one that is there twice fails its
// record (measured on AWS by others).
func (e *TransformEvent) match(response []Transformed) (s settled) {
	at := e.places(response)
	s.kept = make([]record.Record, 0, len(e.Records))
	for i := range e.Records {
		why := flaw{}
		switch {
		case at[i] == missingID:
			why = flawMissing
			if s.alien == "" {
				s.alien = e.alien(response)
			}
		case at[i] == twiceID:
			why = flawTwice
		case response[at[i]].Result == ResultProcessingFailed:
			why = flawFailed
		case response[at[i]].Result == ResultDropped:
			s.dropped = append(s.dropped, e.Records[i])
			continue
		case response[at[i]].Data == nil:
			why = flawNoData
		}
		if why != (flaw{}) {
			s.failed, s.why = append(s.failed, e.Records[i]), append(s.why, why)
			continue
		}
		r := e.Records[i]
		r.Data = response[at[i]].Data
		r.Size = int32(len(r.Data))
		s.kept = append(s.kept, r)
	}
	return s
}

// alien is the first id of a response that is of no record of the event, in quotes; "" where there is none.
func (e *TransformEvent) alien(response []Transformed) string {
	known := make(map[string]bool, len(e.Records))
	for i := range e.Records {
		known[string(e.AppendRecordID(nil, i))] = true
	}
	for i := range response {
		if id := response[i].RecordID; !known[id] {
			return fmt.Sprintf("%.100q", id)
		}
	}
	return ""
}

// Where a record is in a response that does not have it as it should.
const (
	missingID = -1
	twiceID   = -2
)

// places is where each record of the event is in the response.
func (e *TransformEvent) places(response []Transformed) []int {
	at := make([]int, len(e.Records))
	var id []byte
	same := len(response) == len(at)
	for i := 0; i < len(at) && same; i++ { // mostly they come as they went
		id = e.AppendRecordID(id[:0], i)
		at[i], same = i, string(id) == response[i].RecordID
	}
	if same {
		return at
	}
	by := make(map[string]int, len(response))
	for i := range response {
		if _, is := by[response[i].RecordID]; is {
			by[response[i].RecordID] = twiceID
			continue
		}
		by[response[i].RecordID] = i
	}
	for i := range at {
		id = e.AppendRecordID(id[:0], i)
		place, is := by[string(id)]
		if !is {
			place = missingID
		}
		at[i] = place
	}
	return at
}

// lenient reads what other languages' libraries write.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// parseTransformed reads a response. What has no list of records has none of those that were sent (measured on AWS by others).
func parseTransformed(payload []byte) ([]Transformed, flaw) {
	if len(payload) == 0 { // nothing returned is null
		return nil, flaw{}
	}
	if !jsontext.Value(payload).IsValid(lenient) {
		return nil, flawUnreadable
	}
	var response struct {
		Records jsontext.Value `json:"records"`
	}
	if json.Unmarshal(payload, &response, lenient) != nil || response.Records.Kind() != '[' {
		return nil, flaw{}
	}
	var records []struct {
		RecordID *string `json:"recordId"`
		Result   string  `json:"result"`
		Data     []byte  `json:"data"`
	}
	if json.Unmarshal(response.Records, &records, lenient) != nil {
		return nil, flawForm
	}
	out := make([]Transformed, 0, len(records))
	for _, r := range records {
		if r.RecordID != nil {
			out = append(out, Transformed{*r.RecordID, r.Result, r.Data})
		}
	}
	return out, flaw{}
}

package firehose

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// httpFailed is the error output type of records that an HTTP endpoint did not take.
const httpFailed = "http-endpoint-failed"

// errorType is the expression that stands for the error output type in an ErrorOutputPrefix.
const errorType = "!{firehose:error-output-type}"

// parseErrorPrefix compiles where records of an error output type go: an ErrorOutputPrefix, or the prefix where there is
// none, then the type and the hour. One with expressions must say where the type stands, and then nothing is appended
// (developer guide, "Custom prefixes for Amazon S3 objects").
func parseErrorPrefix(errorPrefix, plain, kind string) (*prefix, error) {
	text := errorPrefix
	if text == "" {
		text = plain
	}
	if len(text) > maxPrefix {
		return nil, constraint(text, "errorOutputPrefix", "Member must have length less than or equal to 1024")
	}
	if !strings.Contains(text, "!{") {
		return parsePrefix(text + kind + "/")
	}
	if !strings.Contains(text, errorType) {
		return nil, errorf(codeInvalidArgument, "ErrorOutputPrefix %q has expressions and must contain %s among them", text, errorType)
	}
	p, err := parsePrefix(strings.ReplaceAll(text, errorType, kind))
	if err == nil && !p.expressions {
		p.parts = p.parts[:len(p.parts)-1] // the hour, which follows no expression
	}
	return p, err
}

// givenUp is how the delivery of a request ended.
type givenUp struct {
	verdict
	attempts int
	at       time.Time // of the last attempt's end
}

// errorLine is a record in an object under the error prefix (developer guide, "Handle data delivery failures"): numbers are
// numbers and instants milliseconds, as seen on AWS.
type errorLine struct {
	AttemptsMade           int    `json:"attemptsMade"`
	ArrivalTimestamp       int64  `json:"arrivalTimestamp"`
	ErrorCode              string `json:"errorCode"`
	ErrorMessage           string `json:"errorMessage"`
	AttemptEndingTimestamp int64  `json:"attemptEndingTimestamp"`
	RawData                []byte `json:"rawData"`
	SubsequenceNumber      int    `json:"subsequenceNumber"`
	DataID                 string `json:"dataId"`
}

// lines makes the records of an object under the error prefix.
func (g *givenUp) lines(recs []record.Record, render record.Render) []record.Record {
	return errorLines(recs, render, func(_ int, r *record.Record, data []byte) []byte { return g.line(r, data) })
}

// errorLines makes the records of an object under the error prefix, one line of JSON for each. Where records of ours cannot be
// rendered a line has its size and no bytes, as such records themselves do.
func errorLines(recs []record.Record, render record.Render, lineOf func(i int, r *record.Record, data []byte) []byte) []record.Record {
	lines := make([]record.Record, len(recs))
	for i := range recs {
		r := &recs[i]
		lines[i] = *r
		data, err := bodyOf(r, render, nil)
		line := lineOf(i, r, data)
		if err != nil {
			lines[i].Size = int32(len(line) + base64.StdEncoding.EncodedLen(int(r.Size)))
			continue
		}
		lines[i].Data, lines[i].Size = line, int32(len(line))
	}
	return lines
}

func (g *givenUp) line(r *record.Record, data []byte) []byte {
	line, _ := json.Marshal(errorLine{
		AttemptsMade:           g.attempts,
		ArrivalTimestamp:       time.Unix(0, r.Arrival).UnixMilli(),
		ErrorCode:              g.code,
		ErrorMessage:           strings.ToValidUTF8(g.message, "\uFFFD"),
		AttemptEndingTimestamp: g.at.UnixMilli(),
		RawData:                data,
		DataID:                 strconv.FormatUint(r.Seq, 10) + ".0", // AWS has the sequence number in its place
	})
	return append(line, '\n')
}

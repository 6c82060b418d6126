package firehose

import (
	"fmt"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

func TestErrorPrefix(t *testing.T) {
	at := time.Date(2025, 3, 4, 15, 8, 7, 0, time.UTC)
	tests := []struct{ name, errors, prefix, want string }{
		{"neither", "", "", "http-endpoint-failed/2025/03/04/15/"},
		{"the prefix", "", "retries/", "retries/http-endpoint-failed/2025/03/04/15/"},
		{"its own", "errors/", "p/", "errors/http-endpoint-failed/2025/03/04/15/"},
		{"the type alone", "e/!{firehose:error-output-type}/", "p/", "e/http-endpoint-failed/"},
		{"the type and a day", "!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/", "", "http-endpoint-failed/2025-03-04/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := parseErrorPrefix(tt.errors, tt.prefix, httpFailed)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(p.appendTo(nil, at)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// The lines of an error object, of a record with bytes, of one that is rendered and of one that nobody can render.
func TestErrorLines(t *testing.T) {
	g := givenUp{verdict{code: codeDestination, message: `received: 500: {"a": 1}`}, 5, time.UnixMilli(1594266081318)}
	arrival := time.UnixMilli(1594265943615).UnixNano()
	recs := []record.Record{
		{Data: []byte("sample raw data"), Size: 15, Arrival: arrival, Seq: 7},
		{Number: 3, Size: 4, Arrival: arrival, Ours: true},
	}
	render := func(dst []byte, r *record.Record) []byte { return fmt.Appendf(dst, "%-*d", r.Size, r.Number) }
	const want = `{"attemptsMade":5,"arrivalTimestamp":1594265943615,"errorCode":"HttpEndpoint.DestinationException",` +
		`"errorMessage":"received: 500: {\"a\": 1}","attemptEndingTimestamp":1594266081318,"rawData":"c2FtcGxlIHJhdyBkYXRh","subsequenceNumber":0,"dataId":"7.0"}` + "\n"
	lines := g.lines(recs, render)
	if string(lines[0].Data) != want || int(lines[0].Size) != len(want) {
		t.Errorf("got %swant %s", lines[0].Data, want)
	}
	unrendered := g.lines(recs, nil)
	if unrendered[1].Data != nil || unrendered[1].Size != lines[1].Size || int(lines[1].Size) != len(lines[1].Data) {
		t.Errorf("a line that is not rendered has %d bytes, rendered it has %d", unrendered[1].Size, lines[1].Size)
	}
}

// A request's body stays below its limit, whatever the buffer holds when it is cut.
func TestRequestsStayBelowTheirLimit(t *testing.T) {
	l := Limits{}.Complete("us-east-1")
	size := l.RequestSize()
	if size < 46*mib || size > 48*mib {
		t.Errorf("a request ends at %d bytes", size)
	}
	// Either the most records, the last as large as can be, or only large ones.
	for _, records := range []int64{int64(l.RequestRecords), 48} {
		data := size - 1 + mib
		body := 128 + data/3*4 + records*(int64(len(`{"data":""},`))+4)
		if body > l.RequestBytes {
			t.Errorf("the body of %d records may have %d bytes", records, body)
		}
	}
	b := NewBuffer(BufferingHints{Size: mib, Interval: time.Minute})
	b.most = 3
	recs := make([]record.Record, 5)
	if n := b.Add(0, recs); n != 3 || !b.Full(0) {
		t.Errorf("%d of at most 3 records are taken, full: %v", n, b.Full(0))
	}
	if n := b.Add(0, recs[3:]); n != 0 {
		t.Errorf("a full buffer takes %d", n)
	}
}

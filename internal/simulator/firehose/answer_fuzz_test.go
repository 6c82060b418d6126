package firehose

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzAnswer: an answer of an endpoint counts as a delivery only where another decoder finds in it what the form asks for, only a
// 413 is for good, and no message is much longer than what it may quote.
func FuzzAnswer(f *testing.F) {
	const kind = "application/json"
	for _, body := range []string{
		`{"requestId":"r","timestamp":1}`, `{"requestId":"r","timestamp":1,"errorMessage":"no"}`, `{"requestId":"s","timestamp":1}`, `{"timestamp":1}`, `{"requestId":"r"}`,
		`{"requestId":"r","timestamp":1,"more":2}`, `{"requestId":"r","timestamp":1.5}`, `{"requestId":"r","requestId":"r","timestamp":1}`, ``, `null`, `[]`, "{\"requestId\":\"\xff\"}",
	} {
		f.Add(200, kind, "", int64(len(body)), []byte(body))
		f.Add(413, kind+"; charset=utf-8", "", int64(len(body)), []byte(body))
	}
	f.Add(500, "text/html", "gzip", int64(-1), []byte("<p>"))
	f.Fuzz(func(t *testing.T, status int, contentType, encoding string, length int64, body []byte) {
		v := judge("r", Answer{Status: status, ContentType: contentType, ContentEncoding: encoding, ContentLength: length, Body: body}, 1<<20)
		if v.delivered == (v.code != "") || v.permanent && status != 413 || len(v.message) > maxQuoted+1000 {
			t.Fatalf("%+v, a message of %d bytes", v, len(v.message))
		}
		if !v.delivered {
			return
		}
		var says struct {
			RequestID    *string `json:"requestId"`
			Timestamp    *int64  `json:"timestamp"`
			ErrorMessage *string `json:"errorMessage"`
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		if err := d.Decode(&says); err != nil || status != 200 || says.RequestID == nil || *says.RequestID != "r" || says.Timestamp == nil {
			t.Fatalf("%d %q is a delivery: %v", status, body, err)
		}
	})
}

package firehose

import (
	"strings"
	"testing"
	"time"
)

func TestAnswers(t *testing.T) {
	const id = "2de9e8e9-7296-47b0-bea6-9f17b133d847"
	answer := func(status int, body string, change ...func(*Answer)) Answer {
		a := Answer{Status: status, ContentType: "application/json", ContentLength: int64(len(body)), Body: []byte(body)}
		for _, c := range change {
			c(&a)
		}
		return a
	}
	const good = `{"requestId": "` + id + `", "timestamp": 1578090903599}`
	const bad = `{"requestId": "` + id + `", "timestamp": 1598556019164, "errorMessage": "Payload too large"}`
	html := func(a *Answer) { a.ContentType = "text/html" }
	const invalid, destination = codeResponseInvalid, codeDestination
	tests := []struct {
		name      string
		answer    Answer
		code      string // "" is a delivery
		permanent bool
		says      string
	}{
		{"taken", answer(200, good), "", false, ""},
		{"taken, with a parameter", answer(200, good, func(a *Answer) { a.ContentType = "application/json; charset=utf-8" }), "", false, ""},
		{"taken, with a message", answer(200, bad), "", false, ""},
		{"201", answer(201, good), destination, false, "received from the endpoint destination. 201: {"},
		{"a redirect", answer(302, ""), destination, false, "302: "},
		{"401", answer(401, bad), destination, false, "401: {"},
		{"413", answer(413, bad), destination, true, `413: {"requestId": "` + id + `", "timestamp": 1598556019164, "errorMessage": "Payload too large"}`},
		{"413 without a body", answer(413, ""), destination, true, "413: "},
		{"413 of a proxy is a 500", answer(413, "<html>", html), destination, false, "413: <html>"},
		{"500", answer(500, bad), destination, false, "500: {"},
		{"not JSON", answer(200, "OK"), invalid, false, "is not recognized as valid JSON or has unexpected fields. Raw response received: 200 OK"},
		{"an unexpected field", answer(200, `{"requestId": "`+id+`", "timestamp": 1, "took": 3}`), invalid, false, "unexpected fields"},
		{"no body", answer(200, ""), invalid, false, "not recognized as valid JSON"},
		{"null request id", answer(200, `{"requestId": null}`), invalid, false, "requestId"},
		{"another request id", answer(200, strings.Replace(good, "2de9", "0000", 1)), invalid, false, "does not match"},
		{"no timestamp", answer(200, `{"requestId": "`+id+`"}`), invalid, false, "does not contain a timestamp"},
		{"the timestamp is a string", answer(200, `{"requestId": "`+id+`", "timestamp": "1578090903599"}`), invalid, false, "not recognized as valid JSON"},
		{"no content type", answer(200, good, func(a *Answer) { a.ContentType = "" }), invalid, false, "content-type: application/json"},
		{"another content type", answer(200, good, html), invalid, false, "content-type: application/json"},
		{"encoded", answer(200, good, func(a *Answer) { a.ContentEncoding = "gzip" }), invalid, false, "content-encoded"},
		{"chunked", answer(200, good, func(a *Answer) { a.ContentLength = -1 }), invalid, false, "content-length"},
		{"a long message", answer(200, `{"requestId": "`+id+`", "timestamp": 1, "errorMessage": "`+strings.Repeat("x", 8193)+`"}`), invalid, false, "8192"},
		{"too large", answer(200, strings.Repeat("x", 1<<20+1)), codeResponseLarge, false, "1048576"},
		{"timed out", Answer{Failure: TimedOut}, codeTimeout, false, "timed out"},
		{"no connection", Answer{Failure: ConnectionFailed, Detail: "dial tcp: refused"}, codeConnection, false, "dial tcp: refused"},
		{"reset", Answer{Failure: ConnectionReset}, codeReset, false, "reset"},
		{"handshake", Answer{Failure: HandshakeFailed}, codeHandshake, false, "handshake"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := judge(id, tt.answer, 1<<20)
			if v.delivered != (tt.code == "") || v.permanent != tt.permanent || v.code != tt.code || !strings.Contains(v.message, tt.says) {
				t.Errorf("%+v\nwant %s (for good: %v) that says %q", v, tt.code, tt.permanent, tt.says)
			}
		})
	}
}

// What an endpoint in this process answers keeps to the form.
func TestAnswersOfOurs(t *testing.T) {
	r, now := Request{ID: "id"}, time.UnixMilli(1)
	if v := judge("id", r.Accept(now), 1<<20); !v.delivered {
		t.Errorf("%+v", v)
	}
	v := judge("id", r.Refuse(now, 413, `"quoted"`), 1<<20)
	if !v.permanent || !strings.Contains(v.message, `"errorMessage":"\"quoted\""`) {
		t.Errorf("%+v", v)
	}
}

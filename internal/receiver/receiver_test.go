package receiver_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/wavetank/wavetank/internal/receiver"
)

const id = "ed4acda5-034f-9f42-bba1-f29aea6d7d8f"

// request makes a request as Firehose sends it, with the records "hello" and "hello world".
func request(change func(*http.Request)) *http.Request {
	body := `{"requestId": "` + id + `", "timestamp": 1578090901599, "records": [{"data": "aGVsbG8="}, {"data": "aGVsbG8gd29ybGQ="}]}`
	r := httptest.NewRequest(http.MethodPost, "/any/path", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Amz-Firehose-Protocol-Version", "1.0")
	r.Header.Set("X-Amz-Firehose-Request-Id", id)
	r.Header.Set("X-Amz-Firehose-Source-Arn", "arn:aws:firehose:us-east-1:123456789012:deliverystream/d")
	r.Header.Set("X-Amz-Firehose-Access-Key", "secret")
	if change != nil {
		change(r)
	}
	return r
}

// withBody gives a request another body.
func withBody(body string) func(*http.Request) {
	return func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
}

// What LocalStack sends has its id in the body and nothing of AWS's headers: only who asks for such requests takes them.
func TestBodyAlone(t *testing.T) {
	bare := func(body string) *http.Request {
		return request(func(r *http.Request) {
			withBody(body)(r)
			for name := range r.Header {
				if strings.HasPrefix(name, "X-Amz-") {
					r.Header.Del(name)
				}
			}
		})
	}
	const body = `{"requestId": "` + id + `", "timestamp": 1578090901, "records": [{"data": "aGVsbG8="}]}`
	tests := []struct {
		name   string
		take   bool
		r      *http.Request
		status int
	}{
		{"not asked for", false, bare(body), 400},
		{"asked for", true, bare(body), 200},
		{"without an id", true, bare(`{"timestamp": 1578090901, "records": [{"data": "aGVsbG8="}]}`), 400},
		{"with an empty id", true, bare(`{"requestId": "", "records": [{"data": "aGVsbG8="}]}`), 400},
		{"as AWS sends it", true, request(nil), 200},
		{"with AWS's id and another in the body", true, request(withBody(`{"requestId": "x", "records": [{"data": "aGVsbG8="}]}`)), 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got *receiver.Request
			r := receiver.New(receiver.Config{
				BodyAlone: tt.take,
				Receive:   func(q *receiver.Request) receiver.Reply { got = q; return receiver.Reply{} },
			})
			w := httptest.NewRecorder()
			r.ServeHTTP(w, tt.r)
			if w.Code != tt.status || (got != nil) != (tt.status == 200) {
				t.Fatalf("status %d, %s; told of %+v", w.Code, w.Body, got)
			}
			if got != nil && (got.ID != id || got.Timestamp.Unix() != 1578090901 || !strings.Contains(w.Body.String(), id)) {
				t.Errorf("request %s of %v, answered %s", got.ID, got.Timestamp, w.Body)
			}
		})
	}
}

func TestReceive(t *testing.T) {
	var got *receiver.Request
	at := time.UnixMilli(1578090903599)
	r := receiver.New(receiver.Config{
		AccessKey: "secret",
		Now:       func() time.Time { return at },
		Identify: func(data []byte) (uint32, uint64, bool) {
			return 3, uint64(len(data)), string(data) != "hello"
		},
		Receive: func(q *receiver.Request) receiver.Reply { got = q; return receiver.Reply{} },
	})
	w := httptest.NewRecorder()
	r.ServeHTTP(w, request(func(r *http.Request) {
		r.Header.Set("X-Amz-Firehose-Common-Attributes", `{"commonAttributes": {"stage": "test"}}`)
	}))
	if want := `{"requestId":"` + id + `","timestamp":1578090903599}`; w.Code != 200 || w.Body.String() != want || w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Content-Length") != fmt.Sprint(len(want)) {
		t.Errorf("%d %s %v", w.Code, w.Body, w.Header())
	}
	if got.ID != id || got.SourceARN != "arn:aws:firehose:us-east-1:123456789012:deliverystream/d" || got.CommonAttributes["stage"] != "test" ||
		got.Attempt != 1 || got.Again() || !got.Arrived.Equal(at) || got.Timestamp.UnixMilli() != 1578090901599 || len(got.Records) != 2 {
		t.Fatalf("%+v", got)
	}
	if one := got.Records[0]; string(one.Data) != "hello" || one.Size != 5 || one.Ours || one.Arrival != at.UnixNano() {
		t.Errorf("%+v", one)
	}
	if two := got.Records[1]; !two.Ours || two.Lane != 3 || two.Number != 11 {
		t.Errorf("%+v", two)
	}
}

func TestRefusals(t *testing.T) {
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	records := func(n int) string {
		return `{"requestId": "` + id + `", "records": [` + strings.TrimSuffix(strings.Repeat(`{"data": ""},`, n), ",") + `]}`
	}
	tests := []struct {
		name   string
		change func(*http.Request)
		status int
		says   string
	}{
		{"method", func(r *http.Request) { r.Method = http.MethodGet }, 405, "want POST"},
		{"no version", func(r *http.Request) { r.Header.Del("X-Amz-Firehose-Protocol-Version") }, 400, "want 1.0"},
		{"another version", header("X-Amz-Firehose-Protocol-Version", "2.0"), 400, `is \"2.0\", want 1.0`},
		{"no id", func(r *http.Request) { r.Header.Del("X-Amz-Firehose-Request-Id") }, 400, "no X-Amz-Firehose-Request-Id"},
		{"another type", header("Content-Type", "text/plain"), 400, "want application/json"},
		{"no key", func(r *http.Request) { r.Header.Del("X-Amz-Firehose-Access-Key") }, 401, "access key"},
		{"another key", header("X-Amz-Firehose-Access-Key", "secrets"), 401, "access key"},
		{"another encoding", header("Content-Encoding", "br"), 400, "want gzip or none"},
		{"not gzip", header("Content-Encoding", "gzip"), 400, "not gzip"},
		{"attributes", header("X-Amz-Firehose-Common-Attributes", "{"), 400, "Common-Attributes"},
		{"not JSON", withBody(`{`), 400, "not the JSON of a request"},
		{"not base64", withBody(`{"requestId": "` + id + `", "records": [{"data": "?"}]}`), 400, "not the JSON of a request"},
		{"the body's id", withBody(`{"requestId": "x", "records": [{"data": ""}]}`), 400, "not the header's"},
		{"no id in the body", withBody(`{"records": [{"data": ""}]}`), 400, "not the header's"},
		{"no records", withBody(records(0)), 400, "0 records"},
		{"10,001 records", withBody(records(10_001)), 400, "10001 records"},
		{"a record without data", withBody(`{"requestId": "` + id + `", "records": [{"data": ""}, {}]}`), 400, "record 1 has no data"},
		{"a large record", withBody(`{"requestId": "` + id + `", "records": [{"data": "` + base64.StdEncoding.EncodeToString(make([]byte, 1<<20+1)) + `"}]}`), 400, "at most 1048576"},
		{"a large body", withBody(strings.Repeat(" ", 64<<20+1)), 413, "67108864 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := receiver.New(receiver.Config{AccessKey: "secret", Receive: func(*receiver.Request) receiver.Reply {
				t.Error("it was received all the same")
				return receiver.Reply{}
			}})
			w := httptest.NewRecorder()
			r.ServeHTTP(w, request(tt.change))
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%d %s, want %d that says %q", w.Code, w.Body, tt.status, tt.says)
			}
		})
	}
}

// A gzip body that unpacks to more than a request may have is refused before it is all there.
func TestGzip(t *testing.T) {
	zip := func(body []byte) func(*http.Request) {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		_, err := z.Write(body)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		return func(r *http.Request) {
			withBody(out.String())(r)
			r.Header.Set("Content-Encoding", "gzip")
		}
	}
	received := 0
	r := receiver.New(receiver.Config{Receive: func(q *receiver.Request) receiver.Reply {
		received += len(q.Records)
		return receiver.Reply{}
	}})
	for _, tt := range []struct {
		body   []byte
		status int
	}{
		{[]byte(`{"requestId": "` + id + `", "records": [{"data": "aGVsbG8="}]}`), 200},
		{bytes.Repeat([]byte(" "), 65<<20), 413},
	} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, request(zip(tt.body)))
		if w.Code != tt.status {
			t.Errorf("%d %s, want %d", w.Code, w.Body, tt.status)
		}
	}
	if received != 1 {
		t.Errorf("%d records received, want 1", received)
	}
}

// The same request comes again, of two delivery streams, and of more than are remembered.
func TestAttempts(t *testing.T) {
	var attempts []int
	r := receiver.New(receiver.Config{Remember: 2, Receive: func(q *receiver.Request) receiver.Reply {
		attempts = append(attempts, q.Attempt)
		if q.Again() {
			return receiver.Reply{}
		}
		return receiver.Reply{Status: http.StatusServiceUnavailable, Message: "not now"}
	}})
	for i, source := range []string{"a", "a", "b", "a", "c", "a", "b"} { // c takes the place of b
		w := httptest.NewRecorder()
		r.ServeHTTP(w, request(func(r *http.Request) { r.Header.Set("X-Amz-Firehose-Source-Arn", source) }))
		want := 200
		if attempts[i] == 1 {
			want = 503
		}
		if w.Code != want || (w.Code == 503) != strings.Contains(w.Body.String(), `"errorMessage":"not now"`) {
			t.Errorf("%d %s, want %d", w.Code, w.Body, want)
		}
	}
	if fmt.Sprint(attempts) != "[1 2 1 3 1 4 1]" {
		t.Errorf("attempts %v", attempts)
	}
}

// An answer is held back, in the time of a bubble; one that never comes ends with its request.
func TestHeldAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reply := receiver.Reply{After: 30 * time.Second}
		r := receiver.New(receiver.Config{Receive: func(*receiver.Request) receiver.Reply { return reply }})
		start := time.Now()
		w := httptest.NewRecorder()
		r.ServeHTTP(w, request(nil))
		if took := time.Since(start); w.Code != 200 || took != 30*time.Second {
			t.Errorf("%d after %v", w.Code, took)
		}
		for _, reply = range []receiver.Reply{{Never: true}, {After: time.Hour}} {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			w := httptest.NewRecorder()
			func() {
				defer func() {
					if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
						t.Errorf("%+v: there was an answer", reply)
					}
				}()
				r.ServeHTTP(w, request(nil).WithContext(ctx))
			}()
			cancel()
			if w.Body.Len() > 0 {
				t.Errorf("%+v: %s", reply, w.Body)
			}
		}
	})
}

// deadlines records the deadlines that a handler sets, as a server's own writer takes them.
type deadlines struct {
	http.ResponseWriter
	read []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.read = append(d.read, t)
	return nil
}

// A server's deadline for reading a request ends the request's context, and so would end a wait: it is lifted before one.
func TestHeldAnswersOutliveTheReadDeadline(t *testing.T) {
	for _, tt := range []struct {
		reply receiver.Reply
		want  int
	}{{receiver.Reply{}, 0}, {receiver.Reply{After: time.Nanosecond}, 1}} {
		r := receiver.New(receiver.Config{Receive: func(*receiver.Request) receiver.Reply { return tt.reply }})
		w := &deadlines{ResponseWriter: httptest.NewRecorder()}
		r.ServeHTTP(w, request(nil))
		if len(w.read) != tt.want || tt.want == 1 && !w.read[0].IsZero() {
			t.Errorf("%+v sets the deadlines %v", tt.reply, w.read)
		}
	}
}

func TestConcurrentRequests(t *testing.T) {
	var mu sync.Mutex
	seen := map[int]int{}
	r := receiver.New(receiver.Config{Receive: func(q *receiver.Request) receiver.Reply {
		mu.Lock()
		defer mu.Unlock()
		seen[q.Attempt]++
		return receiver.Reply{}
	}})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 25 {
				r.ServeHTTP(httptest.NewRecorder(), request(nil))
			}
		})
	}
	group.Wait()
	if len(seen) != 200 {
		t.Errorf("200 attempts have %d numbers", len(seen))
	}
}

// FuzzReceiver sends any body. What is received is what another decoder reads; what is not received is refused in the form.
func FuzzReceiver(f *testing.F) {
	f.Add([]byte(`{"requestId": "`+id+`", "timestamp": 1, "records": [{"data": "aGVsbG8="}, {"data": ""}]}`), false)
	f.Add([]byte(`{"requestId": "`+id+`", "records": []}`), false)
	f.Add([]byte(`{"requestId": "`+id+`", "records": [{"data": null}]}`), false)
	f.Add([]byte("\x1f\x8b"), true)
	f.Fuzz(func(t *testing.T, body []byte, zipped bool) {
		var got *receiver.Request
		r := receiver.New(receiver.Config{Receive: func(q *receiver.Request) receiver.Reply { got = q; return receiver.Reply{} }})
		w := httptest.NewRecorder()
		r.ServeHTTP(w, request(func(r *http.Request) {
			withBody(string(body))(r)
			if zipped {
				r.Header.Set("Content-Encoding", "gzip")
			}
		}))
		var answer struct {
			RequestID    string `json:"requestId"`
			Timestamp    int64  `json:"timestamp"`
			ErrorMessage string `json:"errorMessage"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer, json.RejectUnknownMembers(true)); err != nil || answer.RequestID != id || (w.Code == 200) != (got != nil) || (w.Code == 200) != (answer.ErrorMessage == "") {
			t.Fatalf("%d %s, %v", w.Code, w.Body, err)
		}
		if got == nil || zipped {
			return
		}
		// Written again and read again it is the same.
		var again bytes.Buffer
		fmt.Fprintf(&again, `{"requestId": "%s", "records": [`, id)
		for i := range got.Records {
			if i > 0 {
				again.WriteByte(',')
			}
			fmt.Fprintf(&again, `{"data": "%s"}`, base64.StdEncoding.EncodeToString(got.Records[i].Data))
		}
		again.WriteString("]}")
		first := got
		r.ServeHTTP(httptest.NewRecorder(), request(withBody(again.String())))
		if got == first || len(got.Records) != len(first.Records) {
			t.Fatalf("%s is not received again", again.String())
		}
		for i := range got.Records {
			if !bytes.Equal(got.Records[i].Data, first.Records[i].Data) {
				t.Errorf("record %d is %q, and was %q", i, got.Records[i].Data, first.Records[i].Data)
			}
		}
	})
}

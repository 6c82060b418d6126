package server

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

const authorization = "AWS4-HMAC-SHA256 Credential=test/20261124/eu-west-1/kinesis/aws4_request, SignedHeaders=host, Signature=00"

// ask sends one request to a handler.
func ask(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", jsonType)
	r.Header.Set("Authorization", authorization)
	r.Header.Set("X-Amz-Date", "20261124T000000Z")
	if target != "" {
		r.Header.Set("X-Amz-Target", target)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			r.Header.Del(header[i])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestBadRequests: whatever is wrong is answered in AWS's error shape.
func TestBadRequests(t *testing.T) {
	h := newServer(t, kinesis.Limits{})
	const put, puts, get = kinesisTarget + "PutRecord", kinesisTarget + "PutRecords", kinesisTarget + "GetShardIterator"
	tests := []struct {
		name, method, target, body string
		header                     []string
		status                     int
		code, message              string // message "*": any
	}{
		{"no body", "POST", puts, "", nil, 400, "SerializationException", ""},
		{"half a body", "POST", puts, `{"StreamName":`, nil, 400, "SerializationException", ""},
		{"two bodies", "POST", puts, `{}{}`, nil, 400, "SerializationException", ""},
		{"a list", "POST", puts, `[]`, nil, 400, "SerializationException", "Start of list found where not expected"},
		{"null", "POST", put, `null`, nil, 400, "SerializationException", ""},
		{"null records", "POST", puts, `null`, nil, 400, "SerializationException", ""},
		{"a number for a name", "POST", puts, `{"StreamName":5}`, nil, 400, "SerializationException", "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String"},
		{"a number for a name, plain", "POST", put, `{"StreamName":5}`, nil, 400, "SerializationException", "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String"},
		{"a text for a list", "POST", puts, `{"Records":"x"}`, nil, 400, "SerializationException", "Expected list or null"},
		{"a text for a record", "POST", puts, `{"Records":["x"]}`, nil, 400, "SerializationException", "Expected null"},
		{"a bool for data", "POST", puts, `{"Records":[{"Data":true}]}`, nil, 400, "SerializationException", "class java.lang.Boolean can not be converted to a Blob"},
		{"data that is not base64", "POST", puts, `{"Records":[{"Data":"a?=="}]}`, nil, 400, "SerializationException", "'a?==' can not be converted to a Blob: Invalid Base64 character: '?'"},
		{"a text for a number", "POST", kinesisTarget + "GetRecords", `{"Limit":"5"}`, nil, 400, "SerializationException", "class java.lang.String can not be converted to an Integer"},
		{"a text for a time", "POST", get, `{"Timestamp":"now"}`, nil, 400, "SerializationException", "class java.lang.String can not be converted to milliseconds since epoch"},
		{"an object for a name", "POST", get, `{"StreamName":{}}`, nil, 400, "SerializationException", "Start of structure or map found where not expected."},
		{"nothing in the body", "POST", puts, `{}`, nil, 400, "ValidationException", "1 validation error detected: Value null at 'records' failed to satisfy constraint: Member must not be null"},
		{"an empty list", "POST", puts, `{"Records":[]}`, nil, 400, "ValidationException", "1 validation error detected: Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"an empty record", "POST", puts, `{"Records":[null]}`, nil, 400, "ValidationException", "*"},
		{"no stream", "POST", put, `{"StreamName":"none","Data":"","PartitionKey":"k"}`, nil, 400, "ResourceNotFoundException", "Stream none under account 123456789012 not found."},
		{"an unknown service", "POST", "DynamoDB_20120810.GetItem", `{}`, nil, 400, "UnknownOperationException", "*"},
		{"no target", "POST", "", `{}`, nil, 400, "UnknownOperationException", "*"},
		{"a form without a target", "POST", "", `Action=X`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 400, "UnknownOperationException", "The request names no operation: an X-Amz-Target header is missing."},
		{"17 MiB without a signature", "POST", puts, strings.Repeat(" ", 17<<20), []string{"Authorization", ""}, 413, "RequestEntityTooLargeException", "*"},
		{"no signature", "POST", put, `{}`, []string{"Authorization", ""}, 400, "MissingAuthenticationTokenException", "Missing Authentication Token"},
		{"a signature of nonsense", "POST", put, `{}`, []string{"Authorization", "Credential=a/b"}, 400, "IncompleteSignatureException", "*"},
		{"17 MiB", "POST", puts, strings.Repeat(" ", 17<<20), nil, 413, "RequestEntityTooLargeException", "*"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := ask(h, tt.method, tt.target, tt.body, tt.header...)
			var e struct {
				Type    string `json:"__type"`
				Message string // matches message and Message
			}
			if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
				t.Fatalf("%v in %q", err, w.Body)
			}
			if w.Code != tt.status || e.Type != tt.code || tt.message != "*" && e.Message != tt.message {
				t.Errorf("%d %s %q\nwant %d %s %q", w.Code, e.Type, e.Message, tt.status, tt.code, tt.message)
			}
			if h := w.Header(); h.Get("x-amzn-ErrorType") != tt.code || len(h.Get("x-amzn-RequestId")) != 36 || len(h.Get("x-amz-id-2")) != 96 || h.Get("Content-Type") != jsonType {
				t.Errorf("headers %v", h)
			}
		})
	}
	t.Run("a chunked body without end", func(t *testing.T) {
		r := httptest.NewRequest("POST", "/", io.LimitReader(zeros{}, 1<<30))
		r.ContentLength = -1
		r.Header.Set("Content-Type", jsonType)
		r.Header.Set("X-Amz-Target", puts)
		r.Header.Set("Authorization", authorization)
		r.Header.Set("X-Amz-Date", "20261124T000000Z")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 413 {
			t.Errorf("status %d", w.Code)
		}
	})
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestOperationsThatAreNotThere: the 45 operations of the SDK are all there, and every other name is answered with that name and
// whose fault it is.
func TestOperationsThatAreNotThere(t *testing.T) {
	h := newServer(t, kinesis.Limits{})
	if n := len(kinesisOperations); n != 45 {
		t.Errorf("%d operations are there, the SDK has 45", n)
	}
	for _, name := range []string{"CreateQueue", "NoSuchThing", ""} {
		w := ask(h, "POST", kinesisTarget+name, `{}`)
		if w.Code != 400 || !strings.Contains(w.Body.String(), "UnknownOperationException") ||
			!strings.Contains(w.Body.String(), name) || !strings.Contains(w.Body.String(), "wavetank") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestRoutes(t *testing.T) {
	tests := []struct {
		path, service string
		lambda        bool
	}{
		{"/2015-03-31/functions", "lambda", true},
		{"/2015-03-31/event-source-mappings/", "lambda", true},
		{"/2017-10-31/functions/f/concurrency", "lambda", true},
		{"/2015-03-31/key", "s3", false},
		{"/2015-03-31", "lambda", false},
		{"/bucket/key", "s3", false},
		{"/", "s3", false},
	}
	for _, tt := range tests {
		if got := tt.service != "s3" && isLambdaPath(tt.path); got != tt.lambda {
			t.Errorf("%s signed for %s goes to Lambda: %v", tt.path, tt.service, got)
		}
	}
}

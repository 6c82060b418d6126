package server

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// TestSignatures: what is missing of a signature is named; the rows are kinesalite's (test/connection.js), whose tests ran
// against AWS.
func TestSignatures(t *testing.T) {
	const (
		scope   = "Credential=a/20261124/eu-west-1/kinesis/aws4_request"
		noDate  = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
		nothing = "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
			"Authorization header requires 'SignedHeaders' parameter. "
		five = "Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/term."
	)
	incomplete := "IncompleteSignatureException"
	tests := []struct{ name, query, authorization, date, code, message string }{
		{"none", "", "", "", "MissingAuthenticationTokenException", "Missing Authentication Token"},
		{"a query without algorithm", "X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=c&X-Amz-Date=d", "", "", "MissingAuthenticationTokenException", "Missing Authentication Token"},
		{"nonsense", "", "X", "", incomplete, nothing + noDate + "Authorization=X"},
		{"nonsense and a query", "X-Amz-Algorith", "X", "", incomplete, nothing + noDate + "Authorization=X"},
		{"both", "X-Amz-Algorithm", "X", "", "InvalidSignatureException", "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."},
		{"blanks", "", "AWS4- Signature=b Credential=a", "a", incomplete, "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4- Signature=b Credential=a"},
		{"a comma", "", "AWS4- Signature=b,Credential=a", "a", incomplete, "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4- Signature=b,Credential=a"},
		{"a comma and a blank", "", "AWS4- Signature=b, Credential=a", "a", incomplete, "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4- Signature=b, Credential=a"},
		{"an empty parameter", "", "AWS4- Signature=, " + scope + ", SignedHeaders=c", "a", incomplete, "Authorization header requires 'Signature' parameter. Authorization=AWS4- Signature=, " + scope + ", SignedHeaders=c"},
		{"an empty algorithm", "X-Amz-Algorithm", "", "", incomplete, "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must include 'X-Amz-Credential'. " +
			"AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters."},
		{"a scope that is none", "", "AWS4- Signature=b,Credential=a,SignedHeaders=c", "a", incomplete, five},
		{"a scope that is none in the query", "X-Amz-Algorithm=a&X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=c&X-Amz-Date=d", "", "", incomplete, five},
		{"a whole one", "", "AWS4-HMAC-SHA256 " + scope + ", SignedHeaders=host, Signature=0", "a", "", ""},
		{"a whole one without blanks", "", "AWS4-HMAC-SHA256 " + scope + ",SignedHeaders=host,Signature=0", "a", "", ""},
		{"a whole one in the query", "X-Amz-Algorithm=a&X-Amz-" + strings.ReplaceAll(scope, "/", "%2F") + "&X-Amz-Signature=b&X-Amz-SignedHeaders=c&X-Amz-Date=d", "", "", "", ""},
	}
	h := newServer(t, kinesis.Limits{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/?"+tt.query, strings.NewReader(`{"StreamName":"s"}`))
			for name, value := range map[string]string{
				"Content-Type": jsonType, "X-Amz-Target": kinesisTarget + "ListShards", "Authorization": tt.authorization, "Date": tt.date,
			} {
				if value != "" {
					r.Header.Set(name, value)
				}
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			var e struct {
				Type    string `json:"__type"`
				Message string
			}
			if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
				t.Fatal(err)
			}
			if e.Type != tt.code || e.Message != tt.message || tt.code != "" && w.Code != 400 {
				t.Errorf("%d %s %q\nwant %s %q", w.Code, e.Type, e.Message, tt.code, tt.message)
			}
		})
	}
}

// TestWhatIsNoRequestIsAnsweredInXML, as AWS does, without a content type.
func TestWhatIsNoRequestIsAnsweredInXML(t *testing.T) {
	h := newServer(t, kinesis.Limits{})
	tests := []struct {
		name, method, kind string
		status             int
		body               string
	}{
		{"GET", "GET", jsonType, 403, "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n</AccessDeniedException>\n"},
		{"a form", "POST", "a<b", 404, "<UnknownOperationException>\n  <Message>The content type a&lt;b of a kinesis request is not " + jsonType + ".</Message>\n</UnknownOperationException>\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := ask(h, tt.method, kinesisTarget+"PutRecord", "a=b", "Content-Type", tt.kind)
			if w.Code != tt.status || w.Body.String() != tt.body || w.Header().Get("Content-Type") != "" ||
				len(w.Header().Get("x-amzn-RequestId")) != 36 || len(w.Header().Get("x-amz-id-2")) != 96 {
				t.Errorf("%d %q, headers %v", w.Code, w.Body, w.Header())
			}
		})
	}
}

// TestPagesOfABrowserMaySend: a preflight is answered, and what follows can be read.
func TestPagesOfABrowserMaySend(t *testing.T) {
	h := newServer(t, kinesis.Limits{})
	w := ask(h, "OPTIONS", "", "", "Origin", "http://localhost:3000", "Access-Control-Request-Headers", "X-Amz-Target, content-type",
		"Access-Control-Request-Method", "POST", "Authorization", "")
	got := w.Header()
	if w.Code != 200 || w.Body.Len() > 0 || got.Get("Access-Control-Allow-Origin") != "*" || got.Get("Access-Control-Max-Age") != "172800" ||
		got.Get("Access-Control-Allow-Headers") != "X-Amz-Target, content-type" || got.Get("Access-Control-Allow-Methods") != "POST" ||
		got.Get("x-amz-id-2") != "" || len(got.Get("x-amzn-RequestId")) != 36 {
		t.Errorf("%d, headers %v", w.Code, got)
	}
	w = ask(h, "POST", kinesisTarget+"ListShards", `{"StreamName":"s"}`, "Origin", "http://localhost:3000")
	if w.Code != 200 || w.Header().Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(w.Header().Get("Access-Control-Expose-Headers"), "x-amzn-RequestId") {
		t.Errorf("%d, headers %v", w.Code, w.Header())
	}
}

// TestWhatIsLookedAtBeforeTheSignature: every request that kinesalite lists to hold AWS's order (test/connection.js), in JSON, and the
// same in CBOR.
func TestWhatIsLookedAtBeforeTheSignature(t *testing.T) {
	h := newStill(t, kinesis.Config{Limits: kinesis.Limits{Calls: map[string]int64{"ListStreams": 1000}}})
	targets := []string{"", "whatever", kinesisTarget, kinesisTarget + "whatever", "whatever.ListStreams", kinesisTarget + "ListStreams"}
	signatures := []struct{ name, query, authorization, code string }{
		{"none", "", "", "MissingAuthenticationTokenException"},
		{"nonsense", "", "a", "IncompleteSignatureException"},
		{"an empty algorithm", "?X-Amz-Algorithm", "", "IncompleteSignatureException"},
		{"two", "?X-Amz-Algorithm", "a", "InvalidSignatureException"},
		{"a whole one", "", authorization, ""},
	}
	bodies := []struct {
		name, json, cbor string
		request          bool
	}{
		{"no body", "", "", false},
		{"a word", "hello", "hello", false},
		{"half a map", `{"a":`, "\xa1\x61a", false},
		{"two maps", "{}{}", "\xa0\xa0", false},
		{"true", "true", "\xf5", false},
		{"null", "null", "\xf6", false},
		{"blanks", " ", "\xff", false},
		{"a map", "{}", "\xa0", true},
		{"a list", "[]", "\x80", true}, // which the operation refuses
		{"a map with a map", `{"a":{"b":[1,"x"]},"a":null}`, "\xa2\x61a\xa1\x61b\x82\x01\x61x\x61a\xf6", true},
	}
	for _, kind := range []string{jsonType, cborType} {
		for _, sign := range signatures {
			for _, target := range targets {
				for _, body := range bodies {
					sent := body.json
					if kind == cborType {
						sent = body.cbor
					}
					if kind == cborType && !strings.HasPrefix(target, kinesisTarget) {
						continue // CBOR is known of Kinesis alone
					}
					want := sign.code
					switch {
					case sent != "" && !body.request:
						want = "SerializationException"
					case target != kinesisTarget+"ListStreams":
						want = "UnknownOperationException"
					case sent == "":
						want = "SerializationException"
					}
					r := httptest.NewRequest("POST", "/"+sign.query, strings.NewReader(sent))
					r.Header.Set("Content-Type", kind)
					for name, value := range map[string]string{"X-Amz-Target": target, "Authorization": sign.authorization} {
						if value != "" {
							r.Header.Set(name, value)
						}
					}
					if sign.code == "" {
						r.Header.Set("X-Amz-Date", "20261124T000000Z")
					}
					if want == "" && body.name == "a list" {
						want = "SerializationException"
					}
					w := httptest.NewRecorder()
					h.ServeHTTP(w, r)
					if got := w.Header().Get("X-Amzn-Errortype"); got != want {
						t.Errorf("%s, %q, signature %s, %s: %q, want %q", kind, target, sign.name, body.name, got, want)
					}
				}
			}
		}
	}
}

package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

func api(code, message string) error {
	return fmt.Errorf("operation: %w", &smithy.GenericAPIError{Code: code, Message: message})
}

func status(n int) error {
	return &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: n}}, Err: errors.New("no code"),
	}
}

func TestLimited(t *testing.T) {
	const code = "LimitExceededException"
	tests := []struct {
		name string
		in   burst
		want Verdict
	}{
		{"a second's worth", burst{offered: 40, accepted: 10, refused: map[string]int{code: 30}, took: time.Millisecond}, Does},
		{"a little more while it took", burst{offered: 40, accepted: 19, refused: map[string]int{code: 21}, took: time.Second}, Does},
		{"everything", burst{offered: 40, accepted: 40, took: time.Millisecond}, DoesNot},
		{"everything, slowly", burst{offered: 40, accepted: 40, took: 10 * time.Second}, Unknown},
		{"far too much", burst{offered: 40, accepted: 39, refused: map[string]int{code: 1}, took: time.Millisecond}, Differs},
		{"another code", burst{offered: 40, accepted: 10, refused: map[string]int{"SlowDown": 30}, took: time.Millisecond}, Differs},
		{"two codes", burst{offered: 40, accepted: 10, refused: map[string]int{"SlowDown": 3, code: 27}, took: time.Millisecond}, Differs},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if f := tt.in.limited(10, code); f.Verdict != tt.want {
				t.Errorf("%s: %s, want %s", f.Verdict, f.Detail, tt.want)
			}
		})
	}
}

func TestOfferAll(t *testing.T) {
	refusals := make(chan error, 20)
	for i := range 20 {
		var err error
		if i%4 == 0 {
			err = api("Busy", "")
		}
		refusals <- err
	}
	r, err := offerAll(t.Context(), 20, func(context.Context) error { return <-refusals })
	if err != nil || r.accepted != 15 || r.refused["Busy"] != 5 {
		t.Errorf("%v accepted, %v refused, %v; want 15, 5 and no error", r.accepted, r.refused, err)
	}
	_, err = offerAll(t.Context(), 3, func(context.Context) error { return errors.New("cut") })
	if err == nil {
		t.Error("calls that were not answered are no error")
	}
}

func TestWants(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want Verdict
	}{
		{"the code and the text", api("NotHere", "Stream s not found."), Does},
		{"another text", api("NotHere", "gone"), Differs},
		{"another code", api("Other", "Stream s not found."), Differs},
		{"accepted", nil, DoesNot},
		{"the API is not there", api("UnknownOperationException", ""), Refuses},
		{"worded so", api("InternalFailure", "API action 'X' for service 'kinesis' not yet implemented or pro feature"), Refuses},
		{"a page that is not there", status(404), Refuses},
		{"IAM does not allow it", api("AccessDeniedException", "User u is not authorized to perform: kinesis:X"), Unknown},
		{"LocalStack's word for an API that is not there", api("AccessDeniedException", "Unable to determine service/operation name to be authorized"), Refuses},
		{"a status alone", status(413), Differs},
		{"no answer", context.DeadlineExceeded, Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if f := wants(tt.err, "NotHere", `Stream \w+ not found\.`); f.Verdict != tt.want {
				t.Errorf("%s: %s, want %s", f.Verdict, f.Detail, tt.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want Verdict
	}{
		{"an error of the service", at("PutRecords", api("ValidationException", "no")), DoesNot},
		{"IAM does not allow it", at("PutRecords", api("AccessDenied", "no")), Unknown},
		{"too large for the server", status(413), DoesNot},
		{"the API is not there", api("UnknownOperationException", ""), Refuses},
		{"cut", errors.New("EOF"), Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if f := refused(tt.err); f.Verdict != tt.want {
				t.Errorf("%s: %s, want %s", f.Verdict, f.Detail, tt.want)
			}
		})
	}
}

func TestExplain(t *testing.T) {
	tests := map[string]error{
		"SomeException: two lines":              api("SomeException", "two\n   lines"),
		"status 404 without an error code":      status(404),
		"an answer that is not one of this API": status(200),
		"the time of this case was up":          fmt.Errorf("a: %w", context.DeadlineExceeded),
		"no answer within 1m0s":                 timeout{},
		"inner":                                 fmt.Errorf("a: %w", fmt.Errorf("b: %w", errors.New("inner"))),
	}
	for want, err := range tests {
		if got := explain(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestShort(t *testing.T) {
	if got, want := short(strings.Repeat("ü", 200)), strings.Repeat("ü", 160)+"…"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestRunRefuses holds the mistakes that are the caller's.
func TestRunRefuses(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name string
		ctx  context.Context
		o    Options
		want string
	}{
		{"a case that there is not", t.Context(), Options{Only: []string{"nothing"}}, `no case or area called "nothing"; the areas are streams, errors, `},
		{"a prefix that is no bucket's", t.Context(), Options{Prefix: "Wave_"}, `the prefix "Wave_" is not allowed`},
		{"a context that has ended", ended, Options{Only: []string{"tags"}}, "stopped at tags: context canceled"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Run(tt.ctx, Endpoint{URL: "http://127.0.0.1:1", Transport: hostile["refused"]}, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}

func TestChoose(t *testing.T) {
	quick, err := Choose(Options{Quick: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range quick {
		if k.Slow {
			t.Errorf("%s is slow", k.Name)
		}
	}
	some, err := Choose(Options{Only: []string{"S3", "tags"}})
	if err != nil || len(some) != 4 || some[0].Name != "tags" {
		t.Errorf("%d cases, %v; want tags and the three of S3", len(some), err)
	}
}

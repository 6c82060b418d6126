package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/target/conformance"
)

// An endpoint that takes connections and says nothing is told in one line, with how long was waited. Any answer will do.
func TestAnswers(t *testing.T) {
	deaf, err := net.Listen("tcp", "127.0.0.1:0") // nobody accepts: the kernel takes connections
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = deaf.Close() }()
	url := "http://" + deaf.Addr().String()
	want := "the target " + url + " takes connections and does not answer: nothing came within 1ms; is it an AWS endpoint, and is it up?"
	if err := answers(t.Context(), url, time.Millisecond); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := answers(ended, url, time.Hour); !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "canceled") {
		t.Errorf("interrupted: %v", err)
	}
	missing := httptest.NewServer(http.NotFoundHandler())
	defer missing.Close()
	if err := answers(t.Context(), missing.URL, time.Hour); err != nil {
		t.Errorf("a 404 is an answer: %v", err)
	}
}

// A doctor that could tell nothing has failed; one that found something, or that nothing runs here, has not.
func TestDoctorTellsNothing(t *testing.T) {
	unasked := conformance.Finding{Case: "tags", Verdict: conformance.Unknown, Detail: "kinesis cannot be asked", Unasked: true}
	tests := []struct {
		name     string
		findings []conformance.Finding
		fails    bool
	}{
		{"nothing", []conformance.Finding{unasked, unasked}, true},
		{"one thing", []conformance.Finding{unasked, {Case: "put", Verdict: conformance.Does}}, false},
		{"functions are modelled", []conformance.Finding{{Case: "invoke", Verdict: conformance.Unknown}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			err := (&doctorFlags{target: "http://here"}).report(env{stdout: &out}, tt.findings, nil)
			if (err != nil) != tt.fails || err != nil && !strings.Contains(err.Error(), "nothing can be told of http://here") {
				t.Errorf("%v", err)
			}
			if !strings.Contains(out.String(), tt.findings[0].Case) {
				t.Errorf("no table:\n%s", out.String())
			}
		})
	}
}

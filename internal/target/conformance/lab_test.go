package conformance

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

// anonymous is the embedded server as one that does not say whose it is, and counts the functions that are made there.
type anonymous struct {
	next http.RoundTripper
	made int
}

func (a *anonymous) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && r.URL.Path == "/2015-03-31/functions" {
		a.made++
	}
	resp, err := a.next.RoundTrip(r)
	if err == nil {
		resp.Header.Del("Server")
	}
	return resp, err
}

// TestWhetherFunctionsRun holds that the answer is found once, before the first case that needs it, and shared.
func TestWhetherFunctionsRun(t *testing.T) {
	cases, err := Choose(Options{Only: []string{"invocations"}})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name      string
		anonymous bool
		pack      func(context.Context, string) ([]byte, error)
		want      string
		made      int // functions
	}{
		{"nobody has a package", true, nil, "needs a function package", 0},
		{"a package that cannot be made", true, func(context.Context, string) ([]byte, error) { return nil, errors.New("no Go") }, "needs a function package, and none could be made", 0},
		{"no function runs", true, somePackage, "no function runs here: nothing of a first one within 1ms", 1},
		{"wavetank's own server", false, somePackage, "its functions are modelled: what is deployed does not run", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			transport := fit(&http.Transport{})
			defer transport.CloseIdleConnections()
			e, a := Endpoint{URL: serve(t), Transport: transport}, &anonymous{next: transport}
			if tt.anonymous {
				e.Transport = a
			}
			l := newLab(e, Options{})
			l.patience = time.Millisecond
			l.prepare(t.Context(), cases, Options{Package: tt.pack})
			for _, k := range cases {
				if f := l.try(t.Context(), k); f.Verdict != Unknown || f.Detail != tt.want {
					t.Errorf("%s %s: %s; want unknown: %s", k.Name, f.Verdict, f.Detail, tt.want)
				}
			}
			if a.made != tt.made {
				t.Errorf("%d functions are made, want %d", a.made, tt.made)
			}
		})
	}
}

// TestWrap holds a table's details to its width.
func TestWrap(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
	}{
		{"nothing", "", []string{""}},
		{"one line", "two words", []string{"two words"}},
		{"two lines", "twelve letters", []string{"twelve", "letters"}},
		{"a word that is longer than a line", "a shardId-000000000000 of none", []string{"a", "shardId-00", "0000000000", "of none"}},
		{"letters, not bytes", "schlüssel-ü-ü", []string{"schlüssel-", "ü-ü"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := wrap(tt.in, 10)
			if len(got) != len(tt.want) {
				t.Fatalf("%q, want %q", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("line %d is %q, want %q", i, got[i], tt.want[i])
				}
			}
		})
	}
}

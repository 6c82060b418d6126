package conformance

import (
	"context"
	"flag"
	"os"
	"strings"
	"testing"
	"time"
)

var (
	endpoint = flag.String("endpoint", "", "URL of an endpoint to try all cases at, such as http://127.0.0.1:4566")
	function = flag.String("function", "", "zip file of the probe, for the cases that need a function")
)

// TestEndpoint tries every case at the endpoint of -endpoint and logs the table. What an endpoint does not do is no failure;
// what is left behind is.
func TestEndpoint(t *testing.T) {
	if *endpoint == "" {
		t.Skip("no -endpoint to try the cases at")
	}
	o := Options{Progress: func(k Case, f Finding) {
		t.Logf("%s %s (%v)", k.Name, f.Verdict, f.Took.Round(10*time.Millisecond))
	}}
	if *function != "" {
		o.Package = func(context.Context, string) ([]byte, error) { return os.ReadFile(*function) }
	}
	found, err := Run(t.Context(), Endpoint{URL: *endpoint}, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if strings.Contains(f.Detail, "left behind") {
			t.Errorf("%s: %s", f.Case, f.Detail)
		}
	}
	var table strings.Builder
	if err := WriteTable(&table, found, 120); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + table.String())
}

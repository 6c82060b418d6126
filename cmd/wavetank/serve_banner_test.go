package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

const servedScenario = `version: 1
duration: 10s
pipeline:
  streams: {clicks: {}}
  deliveryStreams:
    to-http: {source: clicks, http: {}, s3: {bucket: failed}}
load: [{stream: clicks, generator: {clickstream: {}}, rate: 10/s}]
`

// The banner says what of a scenario is not served, and where its receiver is.
func TestServeBanner(t *testing.T) {
	defer goleak.VerifyNone(t)
	const not = "  ! Its load and its faults are not served.\n"
	for name, faults := range map[string]string{"no faults": "", "faults": "faults: [{at: 1s, for: 1s, stall: {}}]\n"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "s.yaml")
			if err := os.WriteFile(path, []byte(servedScenario+faults), 0o600); err != nil {
				t.Fatal(err)
			}
			s := start(t, nil, path)
			if got := strings.Contains(s.banner, not); got != (faults != "") {
				t.Errorf("it says what is not served: %v:\n%s", got, s.banner)
			}
			if !regexp.MustCompile(`\n  to-http +delivers to http://127\.0\.0\.1:\d+/to-http\n`).MatchString(s.banner) {
				t.Errorf("it does not say where the receiver is:\n%s", s.banner)
			}
			s.stop()
		})
	}
}

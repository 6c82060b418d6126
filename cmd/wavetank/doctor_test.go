package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/target/conformance"
)

func TestCaseText(t *testing.T) {
	found := []conformance.Finding{{Verdict: conformance.Does}, {Verdict: conformance.DoesNot}, {Verdict: conformance.Does}}
	tests := []struct {
		name, now string
		took, all time.Duration
		findings  []conformance.Finding
		want      string
	}{
		{"before the first", "asking which services are there", 1500 * time.Millisecond, 1500 * time.Millisecond, nil, "asking which services are there 1s · 00:02 in all"},
		{"some found", "4/92 on-demand-stream", 0, 72 * time.Second, found, "4/92 on-demand-stream 0s · 2 does, 1 does not · 01:12 in all"},
		{"hours", "92/92 s3-no-such-key", 2 * time.Minute, 2 * time.Hour, found, "92/92 s3-no-such-key 120s · 2 does, 1 does not · 2:00:00 in all"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := caseText(tt.now, tt.took, tt.all, tt.findings); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestCaseLog holds that a pipe gets a line for each case that is over, and nothing else.
func TestCaseLog(t *testing.T) {
	var out bytes.Buffer
	told := newCaseProgress(env{stderr: &out}, false)
	k := conformance.Case{Name: "tags"}
	told.phase("asking which services are there")
	told.begin(k, 9, 92)
	if out.Len() > 0 {
		t.Errorf("before a case is over it says %q", out.String())
	}
	told.end(k, conformance.Finding{Verdict: conformance.Differs, Took: 1234 * time.Millisecond})
	told.done()
	if want := "  9/92  differs  tags (1.2 s)\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// TestDoctorNeeds holds what is asked of an account's quotas, and how long the cases take: more cases are never less.
func TestDoctorNeeds(t *testing.T) {
	all, err := conformance.Choose(conformance.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := conformance.MakesOf(all)
	s := standIn(m)
	if got := s.Duration.Std(); got != lasts(m) || got < time.Hour || got > 3*time.Hour {
		t.Errorf("all cases take %v", got)
	}
	if len(s.Pipeline.Streams) != 3 || len(s.Pipeline.Functions) != 1 || len(s.Pipeline.DeliveryStreams) != 4 {
		t.Errorf("%+v", s.Pipeline)
	}
	if none := standIn(conformance.Makes{}); len(none.Pipeline.Streams)+len(none.Pipeline.Functions)+len(none.Pipeline.DeliveryStreams) > 0 {
		t.Errorf("nothing needs %+v", none.Pipeline)
	}
	pro, begun := usageOf(m, thingHours).Estimate().Total, usageOf(m, 1).Estimate().Total
	if pro <= 0 || begun <= pro || begun > 3 {
		t.Errorf("it costs $%.2f, or $%.2f where begun hours count", pro, begun)
	}
	for i := range all {
		if one := conformance.MakesOf(all[i : i+1]); lasts(one) > lasts(m) || usageOf(one, 1).Estimate().Total > begun {
			t.Errorf("%s alone takes longer or costs more than all", all[i].Name)
		}
	}
}

package cloudwatch

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"
)

// TestWaits holds how long a reader waits, in the time of a bubble: until the load's last minute, which is minute 2, is
// there and no longer grows.
func TestWaits(t *testing.T) {
	busy := &smithy.GenericAPIError{Code: "Throttling", Message: "Rate exceeded"}
	denied := &smithy.GenericAPIError{Code: "AccessDenied", Message: "no"}
	for _, test := range []struct {
		name    string
		wait    time.Duration
		answers []any         // published or error, by read; the last again and again
		took    time.Duration // in all
		reads   int
		settled bool
		known   bool
		points  int // of IncomingRecords
		note    string
	}{
		{"all there", 3 * time.Minute, []any{at(0, 1, 2)}, 15 * time.Second, 2, true, true, 3, ""},
		{"late", 3 * time.Minute, []any{at(), at(0), at(0, 1), at(0, 1, 2), at(0, 1, 2, 3)}, 75 * time.Second, 6, true, true, 4, ""},
		{"never", time.Minute, []any{at(0, 1)}, time.Minute, 5, false, true, 2, ""},
		{"not waited for", 0, []any{at(0, 1, 2)}, 0, 1, false, true, 3, ""},
		{"busy at first", 3 * time.Minute, []any{busy, at(0, 1, 2)}, 30 * time.Second, 3, true, true, 3, ""},
		{"busy throughout", 30 * time.Second, []any{busy}, 30 * time.Second, 3, false, false, 0, "CloudWatch was not read: Throttling: Rate exceeded"},
		{"busy at last", 30 * time.Second, []any{at(0), busy}, 30 * time.Second, 3, false, true, 1, "before it stopped answering"},
		{"refused", 3 * time.Minute, []any{denied}, 0, 1, false, false, 0, "may not call cloudwatch:GetMetricData; allow it (wavetank iam-policy run"},
		{"refused later", 3 * time.Minute, []any{at(0), denied}, 15 * time.Second, 2, false, true, 1, "may not call cloudwatch:GetMetricData"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, reads := asking(test.wait, func(n int, in *cloudwatch.GetMetricDataInput) (*cloudwatch.GetMetricDataOutput, error) {
					switch a := test.answers[min(n, len(test.answers))-1].(type) {
					case error:
						return nil, a
					case published:
						return a.answer(in, 100), nil
					}
					return nil, errors.New("no answer")
				})
				var l listener
				began := time.Now()
				got := r.Read(t.Context(), askedOf(clicks), l.phase, l.note)
				if took := time.Since(began); took != test.took || *reads != test.reads {
					t.Errorf("%d reads in %v, want %d in %v", *reads, took, test.reads, test.took)
				}
				if (got != nil) != test.known {
					t.Fatalf("told %+v", got)
				}
				if got != nil && (got.Settled != test.settled || len(pointsOf(t, got, "IncomingRecords")) != test.points) {
					t.Errorf("settled %v with %v", got.Settled, pointsOf(t, got, "IncomingRecords"))
				}
				if notes := strings.Join(l.notes, "\n"); !strings.Contains(notes, test.note) || test.note == "" && notes != "" || len(l.notes) > 1 {
					t.Errorf("notes %q, want %q", l.notes, test.note)
				}
			})
		})
	}
}

// at is IncomingRecords published for some minutes.
func at(minutes ...int) published {
	p := published{"IncomingRecords": {}}
	for _, m := range minutes {
		p["IncomingRecords"][m] = counted(m, 100)
	}
	return p
}

// TestInterrupted holds that an interrupted run reads once what is there, before or while it waits.
func TestInterrupted(t *testing.T) {
	for _, test := range []struct {
		name  string
		after time.Duration
		reads int
	}{{"before", 0, 1}, {"while it waits", 20 * time.Second, 2}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), test.after)
				defer cancel()
				r, reads := asking(time.Hour, func(_ int, in *cloudwatch.GetMetricDataInput) (*cloudwatch.GetMetricDataOutput, error) {
					return at(0).answer(in, 100), nil
				})
				got := r.Read(ctx, askedOf(clicks), nil, nil)
				if got == nil || got.Settled || *reads != test.reads {
					t.Errorf("told %+v after %d reads, want %d", got, *reads, test.reads)
				}
			})
		})
	}
}

// TestProgress holds what a person reads while it waits.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := asking(time.Minute, func(n int, in *cloudwatch.GetMetricDataInput) (*cloudwatch.GetMetricDataOutput, error) {
			p := at(0, 1, 2)
			if n > 1 {
				p["Invocations"] = at(0, 1, 2)["IncomingRecords"]
			}
			return p.answer(in, 7), nil
		})
		var l listener
		fn := process
		fn.LogGroup = ""
		if got := r.Read(t.Context(), askedOf(clicks, fn), l.phase, l.note); got == nil || !got.Settled {
			t.Errorf("told %+v", got)
		}
		want := []string{
			"waiting for CloudWatch: 1 of 2 streams and functions have the load's last minute, 1m0s at most",
			"reading CloudWatch until two reads tell the same, 45s at most",
		}
		if strings.Join(l.phases, "\n") != strings.Join(want, "\n") {
			t.Errorf("%q, want %q", l.phases, want)
		}
	})
}

// TestForbiddenResult holds that a result which AWS withholds is told as a refusal, and not as a metric without points.
func TestForbiddenResult(t *testing.T) {
	r, _ := asking(0, func(_ int, in *cloudwatch.GetMetricDataInput) (*cloudwatch.GetMetricDataOutput, error) {
		out := at(0).answer(in, 100)
		out.MetricDataResults[3].StatusCode = types.StatusCodeForbidden
		return out, nil
	})
	var l listener
	if got := r.Read(t.Context(), askedOf(clicks), l.phase, l.note); got != nil || len(l.notes) != 1 || !strings.Contains(l.notes[0], "cloudwatch:GetMetricData") {
		t.Errorf("told %+v, notes %q", got, l.notes)
	}
}

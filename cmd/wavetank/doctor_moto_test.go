//go:build moto

package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/account/iamtest"
)

// doctored is a command line of doctor in the account at moto, which is not asked and runs no function.
func doctored(args ...string) []string {
	return append([]string{"doctor", "--target", "aws", "--yes", "--owner", "anna"}, args...)
}

// TestMotoDoctor runs all quick cases in an account: the plan comes first, what was found is a table, and all is gone
// afterwards.
func TestMotoDoctor(t *testing.T) {
	r := newMotoRun(t)
	out := r.run([]int{exitOK}, doctored("--quick")...)
	for _, want := range []string{
		"will be made, and deleted at the end:\n  role                  2, named wavetank-",
		"=anna, ", "\ncost: ", "cases, one after another", "control plane limits: ListStreams",
		"  stream-not-found ", "  firehose-hint-alone ", "  mapping-exists ", "  s3-no-such-key ", " does, ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	for _, never := range []string{"not allowed", "left behind"} {
		if strings.Contains(out, never) {
			t.Errorf("it says %q:\n%s", never, out)
		}
	}
	if got := r.names(); len(got) > 0 {
		t.Errorf("left: %v", got)
	}
	policy, err := account.Policy("doctor", account.PolicyScope{})
	if err != nil {
		t.Fatal(err)
	}
	missing, idle := iamtest.Compare(policy.Actions(), r.actions())
	// An operation that does not exist, and a request without a signature: cases, and nothing that IAM could allow.
	if want := []string{"kinesis:NoSuchOperation", "unknown:POST /"}; !slices.Equal(missing, want) {
		t.Errorf("called and not allowed: %v, want %v", missing, want)
	}
	// What a role had attached by others, and objects with versions.
	if want := []string{"iam:DetachRolePolicy", "s3:DeleteObjectVersion", "s3:ListBucketVersions"}; !slices.Equal(idle, want) {
		t.Errorf("allowed and not called: %v, want %v", idle, want)
	}
}

// TestMotoDoctorInterrupted presses ^C in the middle of a case: what was found before it is told, and all is gone.
func TestMotoDoctorInterrupted(t *testing.T) {
	r := newMotoRun(t)
	reached := r.stopAt("kinesis:PutRecords", 2, drop)
	s := r.until(reached, doctored("--only", "stream-exists,put-500-records,put-501-records")...)
	if code := r.end(s, os.Interrupt); code != exitInterrupted {
		t.Errorf("exit code %d:\n%s", code, s.out)
	}
	if out := s.out.String(); !strings.Contains(out, "  stream-exists ") || strings.Contains(out, "  put-501-records ") {
		t.Errorf("the table is of what was found until then:\n%s", out)
	}
	if got := r.names(); len(got) > 0 {
		t.Errorf("left: %v\n%s", got, s.out)
	}
}

// TestMotoDoctorKilled kills doctor with SIGKILL and cleans up after it. What only looks like ours stays.
func TestMotoDoctorKilled(t *testing.T) {
	tests := []struct {
		name, at string
		nth      int
		how      how
		only     string // the cases
	}{
		{"after the third stream, which it does not know of", "kinesis:CreateStream", 3, passOn, "writing"},
		{"in the middle of a case", "kinesis:PutRecords", 2, passOn, "writing"},
		{"before a case's stream is deleted", "kinesis:DeleteStream", 2, drop, "writing"},
		{"before the role's policy", "iam:PutRolePolicy", 1, drop, "Firehose"},
		{"between a bucket and its tags", "s3:PutBucketTagging", 2, drop, "Firehose"},
		{"after the delivery stream", "firehose:CreateDeliveryStream", 2, passOn, "Firehose"},
		{"after the function", "lambda:CreateFunction", 2, passOn, "event source mappings"},
		{"after the event source mapping", "lambda:CreateEventSourceMapping", 1, passOn, "event source mappings"},
		{"in the middle of taking down", "iam:DeleteRole", 1, drop, "Lambda functions"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newMotoRun(t)
			alike := r.lookAlikes()
			reached := r.stopAt(test.at, test.nth, test.how)
			r.end(r.until(reached, doctored("--quiet", "--only", test.only)...), os.Kill)
			if dry := r.run([]int{exitOK}, "cleanup", "--dry-run"); !strings.Contains(dry, "run 2") {
				t.Errorf("nothing is listed:\n%s", dry)
			}
			out := r.run([]int{exitOK}, "cleanup", "--yes")
			if got := r.names(); !slices.Equal(got, alike) {
				t.Errorf("left: %v, want %v\n%s", got, alike, out)
			}
			if again := r.run([]int{exitOK}, "cleanup", "--yes"); !strings.Contains(again, "nothing is left to delete") {
				t.Errorf("a second cleanup: %s", again)
			}
		})
	}
}

//go:build moto

package main

import (
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// TestMotoTroubles puts in the way of a run what an account does. Each tells what happened; nothing is left behind, or
// what is left a cleanup deletes that has valid credentials again.
func TestMotoTroubles(t *testing.T) {
	tests := []struct {
		name    string
		refusal refusal
		set     string // a key of the scenario
		exit    int
		says    []string
		left    bool // for a cleanup
	}{
		{
			name:    "puts are throttled: each is tried again and counted",
			refusal: refusal{action: "kinesis:PutRecords", from: 4, times: 6, code: "ProvisionedThroughputExceededException", status: 400},
			set:     "objectives=[put.throttled == 0]",
			exit:    exitBroken,
			says:    []string{"450 offered = 450 acked", "reader 300 delivered, 0 missing, 0 duplicated", "put.throttled"},
		},
		{
			name:    "the control plane is throttled: it is asked again",
			refusal: refusal{action: "kinesis:CreateStream", from: 1, times: 2, code: "LimitExceededException", status: 400},
			exit:    exitOK,
			says:    []string{"450 offered = 450 acked"},
		},
		{
			name:    "no permission to make a stream",
			refusal: refusal{action: "kinesis:CreateStream", from: 1, code: "AccessDeniedException", status: 400},
			exit:    exitFailed,
			says:    []string{"AccessDeniedException", "wavetank iam-policy"},
		},
		{
			name:    "no permission to make a bucket, when there is a stream",
			refusal: refusal{action: "s3:CreateBucket", from: 1, code: "AccessDenied", status: 403},
			exit:    exitFailed,
			says:    []string{"AccessDenied", "wavetank iam-policy"},
		},
		{
			name:    "the pipeline is half made: the service fails",
			refusal: refusal{action: "firehose:CreateDeliveryStream", from: 1, code: "InternalFailure", status: 500},
			exit:    exitFailed,
			says:    []string{"clicks-to-s3", "InternalFailure"},
		},
		{
			name:    "the credentials have expired before anything is made",
			refusal: refusal{from: 1, code: "ExpiredTokenException", status: 403},
			exit:    exitFailed,
			says:    []string{"sign in again"},
		},
		{
			name:    "the credentials expire when there is a stream",
			refusal: refusal{action: "firehose:DescribeDeliveryStream", from: 1, code: "ExpiredTokenException", status: 403},
			exit:    exitFailed,
			says:    []string{"sign in again"},
		},
		{
			name:    "nothing made can be deleted",
			refusal: refusal{action: "kinesis:DeleteStream", from: 1, code: "AccessDeniedException", status: 400},
			exit:    exitFailed,
			says:    []string{"wavetank cleanup --run"},
			left:    true,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, out := validRun(t, test.exit, func(r *motoRun) []string {
				r.refuse(test.refusal)
				line := r.runConsumed()
				if test.set != "" {
					line = append(line, "--set", test.set)
				}
				return line
			})
			for _, want := range test.says {
				if !strings.Contains(out, want) {
					t.Errorf("it does not say %q:\n%s", want, out)
				}
			}
			r.refuse(refusal{})
			if got := r.names(); (len(got) > 0) != test.left {
				t.Errorf("left: %v\n%s", got, out)
			}
			if !test.left {
				return
			}
			r.run([]int{exitOK}, "cleanup", "--yes")
			if got := r.names(); len(got) > 0 {
				t.Errorf("left after a cleanup: %v", got)
			}
		})
	}
}

// TestMotoCredentialsExpire lets them expire in the middle of the load: nothing can be deleted any more, and a cleanup
// finds all of it.
func TestMotoCredentialsExpire(t *testing.T) {
	r := newMotoRun(t)
	reached := r.stopAt("kinesis:PutRecords", 20, drop)
	s := r.until(reached, r.runConsumed()...)
	r.refuse(refusal{from: 1, code: "ExpiredTokenException", status: 403})
	r.release()
	<-s.ended
	if code := s.ProcessState.ExitCode(); code != exitFailed {
		t.Errorf("exit code %d:\n%s", code, s.out)
	}
	for _, want := range []string{"ExpiredTokenException", "wavetank cleanup --run"} {
		if !strings.Contains(s.out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, s.out)
		}
	}
	r.refuse(refusal{})
	if got := r.names(); len(got) == 0 {
		t.Error("with nothing to delete it with, everything was deleted")
	}
	r.run([]int{exitOK}, "cleanup", "--yes")
	if got := r.names(); len(got) > 0 {
		t.Errorf("left after a cleanup: %v", got)
	}
}

// TestMotoKinesisElsewhere has the streams of the account in other servers that nobody here wrote.
func TestMotoKinesisElsewhere(t *testing.T) {
	servers := strings.Fields(os.Getenv("WAVETANK_KINESIS_URLS")) // name=http://127.0.0.1:4567 …
	if len(servers) == 0 {
		t.Skip("WAVETANK_KINESIS_URLS is not set: start kinesalite and kinesis-mock, and set it to name=address of each")
	}
	for _, server := range servers {
		name, address, _ := strings.Cut(server, "=")
		t.Run(name, func(t *testing.T) {
			for _, test := range []struct {
				name, at string
				nth      int
				how      how
			}{
				{"whole", "", 0, drop},
				{"killed before the stream", "kinesis:CreateStream", 1, drop},
				{"killed after the stream", "kinesis:CreateStream", 1, passOn},
				{"killed in the load", "kinesis:PutRecords", 20, passOn},
				{"killed while it is taken down", "kinesis:DeleteStream", 1, drop},
			} {
				t.Run(test.name, func(t *testing.T) {
					var r *motoRun
					var streams func() []string
					if test.at == "" {
						var out string
						r, out = validRun(t, exitOK, func(r *motoRun) []string {
							streams = r.kinesisAt(address)
							return r.runConsumed()
						})
						for _, want := range []string{"450 offered = 450 acked", "reader 300 delivered, 0 missing, 0 duplicated"} {
							if !strings.Contains(out, want) {
								t.Errorf("it does not say %q:\n%s", want, out)
							}
						}
					} else {
						r = newMotoRun(t)
						streams = r.kinesisAt(address)
						r.end(r.until(r.stopAt(test.at, test.nth, test.how), r.runConsumed()...), os.Kill)
						r.run([]int{exitOK}, "cleanup", "--yes")
					}
					if got := streams(); !slices.Equal(got, []string{"wavetank-mine"}) {
						t.Errorf("left: %v", got)
					}
					if got := r.names(); len(got) > 0 {
						t.Errorf("left: %v", got)
					}
				})
			}
		})
	}
}

// kinesisAt has a server at another address take the requests to Kinesis. It is emptied, but for a stream that only looks
// like one of ours; streams lists its streams.
func (r *motoRun) kinesisAt(address string) (streams func() []string) {
	r.t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		r.t.Fatal(err)
	}
	r.kinesis = httputil.NewSingleHostReverseProxy(to)
	c := r.sdk()
	c.BaseEndpoint = &address
	client, ctx := kinesis.NewFromConfig(c), r.t.Context()
	streams = func() []string {
		r.t.Helper()
		list, err := client.ListStreams(ctx, &kinesis.ListStreamsInput{})
		if err != nil {
			r.t.Fatal(err)
		}
		return list.StreamNames
	}
	for _, name := range streams() {
		if _, err := client.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: &name}); err != nil {
			r.t.Fatal(err)
		}
		gone := kinesis.NewStreamNotExistsWaiter(client, func(o *kinesis.StreamNotExistsWaiterOptions) { o.MinDelay, o.MaxDelay = time.Second, time.Second })
		if err := gone.Wait(ctx, &kinesis.DescribeStreamInput{StreamName: &name}, time.Minute); err != nil {
			r.t.Fatal(err)
		}
	}
	if _, err := client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: sdk.String("wavetank-mine"), ShardCount: sdk.Int32(1)}); err != nil {
		r.t.Fatal(err)
	}
	return streams
}

package conformance

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/server"
)

// TestWithoutLimits tries the cases of limits against the same server with limits that nothing reaches, as other
// endpoints are: a case that finds a limit there would find one anywhere.
func TestWithoutLimits(t *testing.T) {
	const plenty = 1 << 30
	wall := clock.NewWall()
	t.Cleanup(wall.Stop)
	c := simulator.Config{Clock: wall}
	c.Kinesis.Limits = kinesis.Limits{
		WriteRecords: plenty, WriteBytes: plenty, RecordBytes: 3 << 20, RequestBytes: plenty, RequestRecords: 1000, ReadCalls: plenty,
		ReadBytes: plenty, IteratorCalls: plenty, Calls: map[string]int64{"ListStreams": plenty, "DescribeStream": plenty, "DescribeStreamSummary": plenty},
	}
	c.Firehose.Limits = firehose.Limits{
		PutRecords: plenty, PutBytes: plenty, PutRequests: plenty, RecordBytes: plenty, BatchRecords: 1000, BatchBytes: plenty,
	}
	l, err := server.Listen(t.Context(), "127.0.0.1:0", server.New(server.Config{AWS: simulator.New(c)}), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	for i, tt := range []struct {
		name string
		want Verdict
	}{
		{"list-streams-rate", DoesNot},
		{"describe-stream-rate", DoesNot},
		{"describe-summary-rate", DoesNot},
		{"put-501-records", DoesNot},
		{"put-11-mib", DoesNot},
		{"record-over-1-mib", DoesNot},
		{"write-records-rate", DoesNot},
		{"write-bytes-rate", DoesNot},
		{"put-record-bytes-rate", DoesNot},
		{"decided-record-by-record", DoesNot},
		{"throttled-wording", Unknown}, // nothing is refused
		{"get-records-rate", DoesNot},
		{"get-iterator-rate", DoesNot},
		{"firehose-501-records", DoesNot},
		{"firehose-record-size", DoesNot},
		{"firehose-batch-size", DoesNot},
		{"firehose-put-rate", DoesNot},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			account := credentials.NewStaticCredentialsProvider(fmt.Sprintf("%012d", i+1), "secret", "")
			found, err := Run(t.Context(), Endpoint{URL: l.URL(), Credentials: account}, Options{Only: []string{tt.name}})
			if err != nil {
				t.Fatal(err)
			}
			f := found[0]
			skipSlow(t, f)
			if f.Verdict != tt.want {
				t.Errorf("%s, want %s: %s", f.Verdict, tt.want, f.Detail)
			}
		})
	}
}

package scenarios

import (
	"slices"
	"strings"
	"testing"
)

func TestLimits(t *testing.T) {
	for _, tt := range []struct {
		yaml  string
		of    map[string]Factor // kinesis.writeRecords
		words []string
	}{
		{"aws", map[string]Factor{"kinesis.readCalls": 1, "firehose.putBytes": 1}, nil},
		{"off", map[string]Factor{"kinesis.readCalls": Off, "firehose.putBytes": Off}, []string{"kinesis off", "firehose off"}},
		{"10x", map[string]Factor{"kinesis.writeBytes": 10, "firehose.putBytes": 10}, []string{"kinesis 10x", "firehose 10x"}},
		{"{kinesis: 1x}", map[string]Factor{"kinesis.writeBytes": 1, "firehose.putBytes": 1}, nil},
		{
			"{kinesis: {all: off, writeRecords: .5x, shards: aws}, firehose: {putBytes: 3x, putRecords: aws}}",
			map[string]Factor{"kinesis.writeRecords": 0.5, "kinesis.shards": 1, "kinesis.readCalls": Off, "firehose.putBytes": 3, "firehose.putRequests": 1},
			[]string{"kinesis off", "kinesis.shards aws", "kinesis.writeRecords 0.5x", "firehose.putBytes 3x"},
		},
	} {
		t.Run(tt.yaml, func(t *testing.T) {
			s, err := Parse("limits.yaml", []byte("version: 1\nlimits: "+tt.yaml+"\npipeline: {streams: {s: {}}}\n"), nil)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range tt.of {
				service, limit, _ := strings.Cut(name, ".")
				of := map[string]*ServiceLimits{"kinesis": &s.Limits.Kinesis, "firehose": &s.Limits.Firehose}[service]
				if got := of.Of(limit); got != want {
					t.Errorf("%s is %v, want %v", name, got, want)
				}
			}
			if got := s.Limits.Words(); !slices.Equal(got, tt.words) || s.Limits.Changed() != (len(tt.words) > 0) {
				t.Errorf("words %q, want %q", got, tt.words)
			}
		})
	}
}

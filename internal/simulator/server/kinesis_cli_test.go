package server

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
)

// TestKinesisWithTheCLI types the README's commands.
func TestKinesisWithTheCLI(t *testing.T) {
	cli, err := exec.LookPath("aws")
	if err != nil || testing.Short() {
		t.Skip("the AWS CLI is not installed, or -short")
	}
	wall := clock.NewWall()
	defer wall.Stop()
	l, err := Listen(t.Context(), ":0", New(Config{AWS: simulator.New(simulator.Config{Clock: wall})}), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	kept := map[string]string{}
	tests := []struct {
		line string
		want []string
		keep string // the member of the answer that later lines use as $member
	}{
		{line: "create-stream --stream-name click-stream --stream-mode-details StreamMode=ON_DEMAND"},
		{line: "describe-stream-summary --stream-name click-stream", want: []string{
			`"StreamStatus": "ACTIVE"`, `"OpenShardCount": 4`,
			`"StreamARN": "arn:aws:kinesis:ap-northeast-1:123456789012:stream/click-stream"`,
		}},
		{
			line: "put-record --stream-name click-stream --partition-key k --data aGVsbG8= --explicit-hash-key 0",
			want: []string{`"ShardId": "shardId-000000000000"`}, keep: "SequenceNumber",
		},
		{
			line: "put-records --stream-name click-stream --records Data=d29ybGQ=,PartitionKey=a Data=eA==,PartitionKey=b",
			want: []string{`"FailedRecordCount": 0`},
		},
		{line: "list-shards --stream-name click-stream", want: []string{`"ShardId": "shardId-000000000003"`, `"EndingHashKey": "340282366920938463463374607431768211455"`}},
		{
			line: "get-shard-iterator --stream-name click-stream --shard-id shardId-000000000000 --shard-iterator-type AT_SEQUENCE_NUMBER --starting-sequence-number $SequenceNumber",
			keep: "ShardIterator",
		},
		{line: "get-records --shard-iterator $ShardIterator", want: []string{`"Data": "`, `"PartitionKey": "k"`, `"MillisBehindLatest": 0`}},
		{line: "list-tags-for-stream --stream-name click-stream", want: []string{`"HasMoreTags": false`}},
	}
	for _, tt := range tests {
		args := strings.Fields("kinesis " + os.Expand(tt.line, func(name string) string { return kept[name] }))
		cmd := exec.CommandContext(t.Context(), cli, append(args, "--endpoint-url", l.URL())...)
		cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=any", "AWS_SECRET_ACCESS_KEY=any", "AWS_DEFAULT_REGION=ap-northeast-1",
			"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_MAX_ATTEMPTS=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("aws kinesis %s: %v\n%s", tt.line, err, out)
		}
		for _, want := range tt.want {
			if !strings.Contains(string(out), want) {
				t.Errorf("aws kinesis %s: no %s in\n%s", tt.line, want, out)
			}
		}
		if tt.keep != "" {
			kept[tt.keep] = regexp.MustCompile(`"` + tt.keep + `": "([^"]+)"`).FindStringSubmatch(string(out))[1]
		}
	}
}

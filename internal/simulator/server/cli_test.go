//go:build awscli

package server

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
)

// What a person types, with the AWS CLI. Each of its calls takes most of a second of a processor: make cli, and CI, run these.

// typing is the CLI at an endpoint, in a folder: what it prints of a command line.
func typing(t *testing.T, url, dir string) func(args ...string) string {
	t.Helper()
	cli, err := exec.LookPath("aws")
	if err != nil {
		t.Fatalf("find the AWS CLI: %v", err)
	}
	return func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), cli, append(args, "--endpoint-url", url)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=any", "AWS_SECRET_ACCESS_KEY=any", "AWS_DEFAULT_REGION="+place,
			"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_MAX_ATTEMPTS=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("aws %s: %v: %s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
}

// TestKinesisWithTheCLI types the README's commands.
func TestKinesisWithTheCLI(t *testing.T) {
	wall := clock.NewWall()
	defer wall.Stop()
	l, err := Listen(t.Context(), ":0", New(Config{AWS: simulator.New(simulator.Config{Clock: wall})}), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	run := typing(t, l.URL(), t.TempDir())
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
		line := os.Expand(tt.line, func(name string) string { return kept[name] })
		out := run(strings.Fields("kinesis " + line)...)
		for _, want := range tt.want {
			if !strings.Contains(out, want) {
				t.Errorf("aws kinesis %s: no %s in\n%s", tt.line, want, out)
			}
		}
		if tt.keep != "" {
			kept[tt.keep] = regexp.MustCompile(`"` + tt.keep + `": "([^"]+)"`).FindStringSubmatch(out)[1]
		}
	}
}

// What a person does by hand, with the AWS CLI: a delivery stream, records, and the objects they become.
func TestFirehoseAndS3WithTheCLI(t *testing.T) {
	server, _, seen := firehoseServer(t, nil)
	dir := t.TempDir()
	run := typing(t, server.URL, dir)
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<20) // 16 MiB: in parts
	if err := os.WriteFile(filepath.Join(dir, "large"), large, 0o600); err != nil {
		t.Fatal(err)
	}

	run("s3", "mb", "s3://made-here")
	run("s3", "cp", "large", "s3://made-here/dir/large", "--quiet")
	if out := run("s3", "ls", "s3://made-here/dir/"); !strings.Contains(out, "16777216 large") {
		t.Errorf("ls: %s", out)
	}
	run("s3", "cp", "s3://made-here/dir/large", "back", "--quiet")
	if back, err := os.ReadFile(filepath.Join(dir, "back")); err != nil || !bytes.Equal(back, large) {
		t.Errorf("%d bytes came back of %d, %v", len(back), len(large), err)
	}
	run("s3", "rm", "s3://made-here/dir/large")
	run("s3", "rb", "s3://made-here")

	run("firehose", "create-delivery-stream", "--delivery-stream-name", "clicks-to-s3", "--extended-s3-destination-configuration",
		"RoleARN=arn:aws:iam::123456789012:role/r,BucketARN=arn:aws:s3:::clicks,Prefix=clicks/,BufferingHints={SizeInMBs=1,IntervalInSeconds=1},CompressionFormat=GZIP")
	if out := run("firehose", "put-record-batch", "--delivery-stream-name", "clicks-to-s3", "--records", `[{"Data": "b25lCg=="}, {"Data": "dHdvCg=="}]`); !strings.Contains(out, `"FailedPutCount": 0`) {
		t.Errorf("put-record-batch: %s", out)
	}
	one := <-seen
	if out := run("s3", "ls", "s3://clicks", "--recursive"); !strings.Contains(out, one.Key) {
		t.Errorf("ls shows %s, want %s", out, one.Key)
	}
	run("s3", "cp", "s3://clicks/"+one.Key, "object.gz", "--quiet")
	zipped, err := os.Open(filepath.Join(dir, "object.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = zipped.Close() }()
	r, err := gzip.NewReader(zipped)
	if err != nil {
		t.Fatal(err)
	}
	// Version 2 of the CLI takes blobs in base64, version 1 as they are.
	if body, err := io.ReadAll(r); err != nil || string(body) != "one\ntwo\n" && string(body) != "b25lCg==dHdvCg==" {
		t.Errorf("object holds %q, %v", body, err)
	}
}

// The README's command, as it is typed.
func TestLambdaMappingWithTheCLI(t *testing.T) {
	url, _ := lambdaServer(t, nil)
	const line = "lambda create-event-source-mapping --function-name process-clicks --event-source-arn " + clickStream +
		" --starting-position LATEST --batch-size 100 --parallelization-factor 2"
	out := typing(t, url, t.TempDir())(strings.Fields(line)...)
	for _, want := range []string{`"ParallelizationFactor": 2`, `"BatchSize": 100`, `"State": "Creating"`, `"EventSourceArn": "` + clickStream + `"`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
}

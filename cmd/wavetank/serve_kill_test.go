package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// killsVariable is how often TestServeSurvivesKills kills the server; 3 without it.
const killsVariable = "WAVETANK_KILLS"

// child is a wavetank serve in a process of its own.
type child struct {
	process *exec.Cmd
	client  *kinesis.Client
	stderr  bytes.Buffer
}

func startChild(t *testing.T, dir string) *child {
	t.Helper()
	c := &child{process: exec.Command("wavetank", "serve", "--port", "0", "--limits", "off", "--data", dir, "--memory", "4MiB")}
	c.process.Stderr = &c.stderr
	stdout, err := c.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.process.Process.Kill() })
	url, lines := "", bufio.NewReader(stdout)
	for url == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			_ = c.process.Wait()
			t.Fatalf("serve ended: %s", c.stderr.String())
		}
		url = servedAt.FindString(line)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	c.client = kinesis.New(kinesis.Options{
		Region: "eu-west-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("AKID", "any", ""), RetryMaxAttempts: 1,
		HTTPClient: httpclient.New(nil),
	})
	return c
}

func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.process.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = c.process.Wait() // it was killed
}

// books are what producers know: what they were told is kept, and what has been read.
type books struct {
	mu    sync.Mutex
	made  int
	acked map[string]string // data by shard and sequence number
	read  map[string]string
	next  map[string]*string // iterators by shard, nil at its end
}

// body is the data of the nth record.
func body(n int) []byte {
	return bytes.Repeat([]byte(strconv.Itoa(n)+" "), 1+n%97)
}

// produce puts calls of many sizes until the server is gone. acknowledged is told how many records of a call were.
func (b *books) produce(client *kinesis.Client, acknowledged func(int)) {
	for {
		b.mu.Lock()
		first, n := b.made, 1+rand.IntN(40)
		b.made += n
		b.mu.Unlock()
		in := &kinesis.PutRecordsInput{StreamName: aws.String("s")}
		for i := range n {
			in.Records = append(in.Records, types.PutRecordsRequestEntry{Data: body(first + i), PartitionKey: aws.String(strconv.Itoa(first + i))})
		}
		out, err := client.PutRecords(context.Background(), in)
		if err != nil {
			return
		}
		b.mu.Lock()
		told := 0
		for i, r := range out.Records {
			if r.SequenceNumber != nil {
				b.acked[*r.ShardId+" "+*r.SequenceNumber] = string(in.Records[i].Data)
				told++
			}
		}
		b.mu.Unlock()
		acknowledged(told)
	}
}

// follow reads every shard to its tip from where it has come to, by iterators of before the last kill.
func (b *books) follow(t *testing.T, client *kinesis.Client) {
	t.Helper()
	list, err := client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s")})
	if err != nil {
		t.Fatal(err)
	}
	for _, sh := range list.Shards {
		it, begun := b.next[*sh.ShardId]
		if !begun {
			out, err := client.GetShardIterator(t.Context(), &kinesis.GetShardIteratorInput{
				StreamName: aws.String("s"), ShardId: sh.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
			})
			if err != nil {
				t.Fatal(err)
			}
			it = out.ShardIterator
		}
		for it != nil {
			out, err := client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: it, Limit: aws.Int32(500)})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range out.Records {
				key := *sh.ShardId + " " + *r.SequenceNumber
				if _, twice := b.read[key]; twice {
					t.Fatalf("%s was read twice", key)
				}
				b.read[key] = string(r.Data)
			}
			it = out.NextShardIterator
			if len(out.Records) == 0 && *out.MillisBehindLatest == 0 {
				break
			}
		}
		b.next[*sh.ShardId] = it
	}
}

// check compares what was acknowledged with what was read.
func (b *books) check(t *testing.T) {
	t.Helper()
	lost := 0
	for key, data := range b.acked {
		switch got, found := b.read[key]; {
		case !found:
			lost++
		case got != data:
			t.Fatalf("%s is %.20q and was put as %.20q", key, got, data)
		}
	}
	if lost > 0 {
		t.Fatalf("%d of %d acknowledged records are lost", lost, len(b.acked))
	}
	seen := map[string]bool{}
	for key, data := range b.read {
		number, _, _ := strings.Cut(data, " ")
		n, err := strconv.Atoi(number)
		if err != nil || n >= b.made || data != string(body(n)) || seen[number] {
			t.Fatalf("%s is %.20q, which nobody put, or it is there twice", key, data)
		}
		seen[number] = true
	}
}

// describe is the stream as DescribeStream shows it.
func describe(t *testing.T, client *kinesis.Client) string {
	t.Helper()
	out, err := client.DescribeStream(t.Context(), &kinesis.DescribeStreamInput{StreamName: aws.String("s")})
	if err != nil {
		t.Fatal(err)
	}
	d := out.StreamDescription
	text := fmt.Sprint(*d.StreamCreationTimestamp, d.StreamStatus, *d.RetentionPeriodHours)
	for _, sh := range d.Shards {
		text += fmt.Sprint("\n", *sh.ShardId, aws.ToString(sh.ParentShardId), *sh.HashKeyRange.StartingHashKey, *sh.SequenceNumberRange.StartingSequenceNumber,
			aws.ToString(sh.SequenceNumberRange.EndingSequenceNumber))
	}
	return text
}

// A server that is killed at any point, again and again under load, loses nothing that it has acknowledged, answers old iterators and
// describes its stream as before.
func TestServeSurvivesKills(t *testing.T) {
	t.Parallel()
	kills := 3
	if text := os.Getenv(killsVariable); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	b := &books{acked: map[string]string{}, read: map[string]string{}, next: map[string]*string{}}
	c := startChild(t, dir)
	if _, err := c.client.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(3)}); err != nil {
		t.Fatal(err)
	}
	for kill := range kills {
		if kill == kills/2 {
			_, err := c.client.UpdateShardCount(t.Context(), &kinesis.UpdateShardCountInput{
				StreamName: aws.String("s"), TargetShardCount: aws.Int32(5), ScalingType: types.ScalingTypeUniformScaling,
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		was := describe(t, c.client)
		enough := make(chan int, 100)
		var producers sync.WaitGroup
		for range 4 {
			producers.Go(func() { b.produce(c.client, func(n int) { enough <- n }) })
		}
		gone := make(chan struct{})
		go func() { producers.Wait(); close(gone) }()
		for left, over := 1+rand.IntN(3000), false; !over; {
			select {
			case n := <-enough:
				if left > 0 && left <= n {
					c.kill(t)
				}
				left -= n
			case <-gone:
				over = true
			}
		}
		c = startChild(t, dir)
		if is := describe(t, c.client); is != was {
			t.Fatalf("before the kill the stream was\n%s\nand after it is\n%s", was, is)
		}
		b.follow(t, c.client)
		b.check(t)
	}
	b.next, b.read = map[string]*string{}, map[string]string{}
	b.follow(t, c.client) // all from the beginning
	b.check(t)

	// What an operation has answered is kept without a put behind it.
	if _, err := c.client.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: aws.String("last"), ShardCount: aws.Int32(1)}); err != nil {
		t.Fatal(err)
	}
	tags := &kinesis.AddTagsToStreamInput{StreamName: aws.String("last"), Tags: map[string]string{"team": "web"}}
	if _, err := c.client.AddTagsToStream(t.Context(), tags); err != nil {
		t.Fatal(err)
	}
	c.kill(t)
	c = startChild(t, dir)
	out, err := c.client.ListTagsForStream(t.Context(), &kinesis.ListTagsForStreamInput{StreamName: aws.String("last")})
	if err != nil || len(out.Tags) != 1 || *out.Tags[0].Value != "web" {
		t.Errorf("the last stream's tags are %+v, %v", out, err)
	}
	c.kill(t)
	t.Logf("%d kills, %d records acknowledged, %d kept, %d offered", kills, len(b.acked), len(b.read), b.made)
	if said := c.stderr.String(); said != "" {
		t.Errorf("serve said %s", said)
	}
}

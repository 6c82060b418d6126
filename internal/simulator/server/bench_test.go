package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/heapfloor"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// BenchmarkPutRecordsSDK is how many records of 200 B a second the real client puts over loopback, 500 a call, client and
// server on the same cores: in this process, in another as with --target http://, and the stub, which answers the same
// bytes without looking, which is what the client and HTTP cost.
func BenchmarkPutRecordsSDK(b *testing.B) {
	unlimited := kinesis.Limits{WriteRecords: 4e9, WriteBytes: 4e9}
	serve := func() *heapfloor.Floor { return heapfloor.Raise(192<<20, 100) } // as wavetank serve
	b.Run("server", func(b *testing.B) {
		defer serve().Lower()
		benchmarkPutRecords(b, newServer(b, unlimited))
	})
	b.Run("other-process", func(b *testing.B) {
		if os.Getenv(serveVariable) != "" { // this is the other process
			defer serve().Lower()
			serveUntilTold(b, newServer(b, unlimited))
			return
		}
		url := otherProcess(b)
		defer serve().Lower() // a client of another process has the same floor
		offerPutRecords(b, url)
	})
	b.Run("stub", func(b *testing.B) {
		defer serve().Lower()
		entry := `{"SequenceNumber":"49594189147623985939251953501666965394405037144469929986","ShardId":"shardId-000000000000"}`
		answer := []byte(`{"FailedRecordCount":0,"Records":[` + strings.Repeat(entry+",", 499) + entry + `]}`)
		benchmarkPutRecords(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			writeJSON(w, http.StatusOK, answer)
		}))
	})
}

func newServer(t testing.TB, limits kinesis.Limits) *Server {
	return newServerWith(t, kinesis.Config{Limits: limits})
}

// newServerWith serves an AWS with the stream s of 16 shards in eu-west-1.
func newServerWith(t testing.TB, cfg kinesis.Config) *Server {
	aws := simulator.New(simulator.Config{Clock: clock.NewWall(), Kinesis: cfg, MaxBytes: 64 << 20})
	err := aws.World("123456789012", "eu-west-1").Kinesis.CreateStream(kinesis.CreateStreamInput{
		StreamName: new("s"), ShardCount: new(int32(16)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{AWS: aws})
}

// serveVariable makes the benchmark's own program the server of another process.
const serveVariable = "WAVETANK_BENCH_SERVE"

// otherProcess starts this program again as a server and returns where it listens.
func otherProcess(b *testing.B) (url string) {
	c := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkPutRecordsSDK$/^other-process$", "-test.benchtime=1x")
	c.Env = append(os.Environ(), serveVariable+"=1")
	stdin, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close() // tells it to end
		_ = c.Wait()
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if i := strings.Index(lines.Text(), "http://"); i >= 0 {
			return lines.Text()[i:]
		}
	}
	b.Fatalf("the other process says nothing: %v", lines.Err())
	return ""
}

// serveUntilTold serves until standard input ends.
func serveUntilTold(b *testing.B, h http.Handler) {
	l, err := Listen(b.Context(), "127.0.0.1:0", h, nil)
	if err != nil {
		b.Fatal(err)
	}
	fmt.Println(l.URL())
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = l.Close()
}

func benchmarkPutRecords(b *testing.B, h http.Handler) {
	l, err := Listen(b.Context(), ":0", h, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	offerPutRecords(b, l.URL())
}

// offerPutRecords puts records through the SDK as fast as they are taken.
func offerPutRecords(b *testing.B, url string) {
	client := newClient(url, "AKIDEXAMPLE")
	records := make([]types.PutRecordsRequestEntry, 500)
	for i := range records {
		records[i] = types.PutRecordsRequestEntry{Data: bytes.Repeat([]byte("x"), 200), PartitionKey: aws.String("user-" + strconv.Itoa(i))}
	}
	calls := make(chan int)
	var done sync.WaitGroup
	for range 8 {
		done.Go(func() {
			for range calls {
				out, err := client.PutRecords(context.Background(), &sdk.PutRecordsInput{StreamName: aws.String("s"), Records: records})
				if err != nil || *out.FailedRecordCount != 0 {
					b.Error(err, out)
				}
			}
		})
	}
	b.ResetTimer()
	for n := 0; n < b.N; n += len(records) {
		calls <- n
	}
	close(calls)
	done.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkPutRecordsServe is the server's own part of a PutRecords of 500 records of 200 B, without HTTP.
func BenchmarkPutRecordsServe(b *testing.B) {
	s := newServer(b, kinesis.Limits{WriteRecords: 4e9, WriteBytes: 4e9})
	c := &call{world: s.cfg.AWS.World("123456789012", "eu-west-1"), format: jsonFormat}
	var body bytes.Buffer
	body.WriteString(`{"Records":[`)
	for i := range 500 {
		fmt.Fprintf(&body, `{"Data":"%s","PartitionKey":"user-%d"},`, strings.Repeat("eHh4", 66), i)
	}
	body.Truncate(body.Len() - 1)
	body.WriteString(`],"StreamName":"s"}`)
	var out []byte
	b.SetBytes(int64(body.Len() / 500))
	b.ReportAllocs()
	for n := 0; n < b.N; n += 500 {
		var err error
		if out, err = putRecords(s, nil, c, body.Bytes(), out[:0]); err != nil {
			b.Fatal(err)
		}
	}
}

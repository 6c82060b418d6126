package server

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
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
	"github.com/wavetank/wavetank/internal/simulator/journal"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// BenchmarkPutRecordsSDK is how many records of 200 B a second the real client puts over loopback, 500 a call, client and
// server on the same cores: in this process, in another as with --target http://, and the stub, which answers the same
// bytes without looking, which is what the client and HTTP cost.
func BenchmarkPutRecordsSDK(b *testing.B) {
	unlimited := kinesis.Limits{WriteRecords: 4e9, WriteBytes: 4e9}
	b.Run("server", func(b *testing.B) {
		defer raiseFloor().Lower()
		benchmarkPutRecords(b, newServer(b, unlimited))
	})
	b.Run("kept", func(b *testing.B) { // as wavetank serve --data: each call is answered when its records are on disk
		defer raiseFloor().Lower()
		benchmarkKept(b, unlimited)
	})
	b.Run("other-process", func(b *testing.B) {
		e := otherProcess(b, "server")
		defer raiseFloor().Lower() // a client of another process has the same floor
		offerPutRecords(b, e.url)
	})
	b.Run("stub", func(b *testing.B) {
		defer raiseFloor().Lower()
		benchmarkPutRecords(b, stub())
	})
}

// raiseFloor keeps the collector from working hard for little, as wavetank serve does.
func raiseFloor() *heapfloor.Floor { return heapfloor.Raise(192<<20, 100) }

// benchmarkKept also tells how many bytes are written for one of data.
func benchmarkKept(b *testing.B, limits kinesis.Limits) {
	files, err := journal.Open(b.TempDir(), journal.Config{MaxBytes: 2 << 30})
	if err != nil {
		b.Fatal(err)
	}
	defer files.Close()
	disk, err := kinesis.NewDisk(kinesis.DiskConfig{Journal: files})
	if err != nil {
		b.Fatal(err)
	}
	benchmarkPutRecords(b, newServerOn(b, kinesis.Config{Limits: limits}, disk))
	b.ReportMetric(float64(files.Written())/float64(200*b.N), "written/byte")
}

func newServer(t testing.TB, limits kinesis.Limits) *Server {
	return newServerWith(t, kinesis.Config{Limits: limits})
}

// newServerWith serves an AWS with the stream s of 16 shards in eu-west-1.
func newServerWith(t testing.TB, cfg kinesis.Config) *Server {
	return newServerOn(t, cfg, nil)
}

// newServerOn is newServerWith on a disk.
func newServerOn(t testing.TB, cfg kinesis.Config, disk *kinesis.Disk) *Server {
	aws := simulator.New(simulator.Config{Clock: clock.NewWall(), Kinesis: cfg, MaxBytes: 64 << 20, Disk: disk})
	err := aws.World("123456789012", "eu-west-1").Kinesis.CreateStream(kinesis.CreateStreamInput{
		StreamName: new("s"), ShardCount: new(int32(16)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{AWS: aws})
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

package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

const (
	wireConnections = 8
	pageRecords     = 1000 // of a GetRecords
	variants        = 64   // of a request, so that 32,000 keys are put
)

// work is what clients of the wire do, in a closed loop.
type work struct {
	name    string
	records int // a call
	size    int // bytes of a record
	reads   bool
}

var works = []work{
	{"PutRecord1KiB", 1, 1024, false},
	{"PutRecords500x200B", 500, 200, false},
	{"PutRecords100x1KiB", 100, 1024, false},
	{"GetRecords1000x200B", pageRecords, 200, true},
}

// BenchmarkWire is records over loopback, eight connections in a closed loop, the server in a process of its own on the same
// cores: through the SDK and by prepared requests, against the server, the stub and another endpoint, one after another.
//
//	go test -run '^$' -bench Wire -benchtime 3s ./internal/simulator/server
func BenchmarkWire(b *testing.B) {
	defer raiseFloor().Lower()
	for _, w := range works {
		for _, client := range []struct {
			name  string
			begin func(*testing.B, work, endpoint) func(connection, call int) error
		}{{"sdk", bySDK}, {"raw", byHand}} {
			for _, to := range []string{"server", "stub", "peer"} {
				b.Run(w.name+"/"+client.name+"/"+to, func(b *testing.B) {
					e := endpoint{os.Getenv(peerVariable), os.Getenv(peerProcessVariable)}
					switch {
					case to != "peer":
						e = otherProcess(b, to)
					case e.url == "":
						b.Skip(peerVariable + " is not set")
					}
					if to != "stub" {
						prepare(b, w, e)
					}
					loop(b, w, e, client.begin(b, w, e))
				})
			}
		}
	}
}

// loop makes calls until b.N records are through, and tells how fast, and what of the processor it took.
func loop(b *testing.B, w work, e endpoint, do func(connection, call int) error) {
	calls := (b.N + w.records - 1) / w.records
	var done sync.WaitGroup
	served, known := e.processorTime()
	own := ownTime()
	b.ResetTimer()
	for c := range wireConnections {
		done.Go(func() {
			for i := c; i < calls; i += wireConnections {
				if err := do(c, i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	done.Wait()
	b.StopTimer()
	records := float64(calls * w.records)
	b.ReportMetric(records/b.Elapsed().Seconds(), "records/s")
	if now, _ := e.processorTime(); known && now > served {
		b.ReportMetric(records/1000/(now-served).Seconds(), "krecords/server-cpu-s")
		b.ReportMetric(float64(now-served+ownTime()-own)/records, "cpu-ns/record")
	}
}

// ownTime is the processor time of this process, the client's.
func ownTime() time.Duration {
	t, _ := endpoint{pid: "self"}.processorTime()
	return t
}

// prepare makes the stream where it is not there, and fills it where it is to be read.
func prepare(b *testing.B, w work, e endpoint) {
	client, ctx := newClient(e.url, "AKIDEXAMPLE"), context.Background()
	_, _ = client.CreateStream(ctx, &sdk.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(16)})
	for range 1000 {
		out, err := client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamName: aws.String("s")})
		if err == nil && out.StreamDescriptionSummary.StreamStatus == types.StreamStatusActive {
			break
		}
	}
	if !w.reads {
		return
	}
	for v := range variants {
		out, err := client.PutRecords(ctx, &sdk.PutRecordsInput{StreamName: aws.String("s"), Records: entries(500, w.size, v)})
		if err != nil || *out.FailedRecordCount > 0 {
			b.Fatal(out, err)
		}
	}
}

// entries are records of keys that no other variant has.
func entries(n, size, variant int) []types.PutRecordsRequestEntry {
	out := make([]types.PutRecordsRequestEntry, n)
	for i := range out {
		out[i] = types.PutRecordsRequestEntry{
			Data: bytes.Repeat([]byte("x"), size), PartitionKey: aws.String("user-" + strconv.Itoa(100_000+variant*n+i)),
		}
	}
	return out
}

// iterator is where a connection begins to read: every second shard has one, from its oldest record on.
func iterator(b *testing.B, client *sdk.Client, connection int) string {
	out, err := client.GetShardIterator(context.Background(), &sdk.GetShardIteratorInput{
		StreamName: aws.String("s"), ShardId: aws.String(fmt.Sprintf("shardId-%012d", 2*connection)),
		ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
	})
	if err != nil {
		b.Fatal(err)
	}
	return *out.ShardIterator
}

// bySDK makes calls through the real client.
func bySDK(b *testing.B, w work, e endpoint) func(connection, call int) error {
	client, ctx := newClient(e.url, "AKIDEXAMPLE"), context.Background()
	if w.reads {
		var from [wireConnections]string
		for c := range from {
			from[c] = iterator(b, client, c)
		}
		return func(connection, _ int) error {
			out, err := client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: &from[connection], Limit: aws.Int32(int32(w.records))})
			if err == nil && len(out.Records) != w.records {
				err = fmt.Errorf("%d records", len(out.Records))
			}
			return err
		}
	}
	var all [variants][]types.PutRecordsRequestEntry
	for v := range all {
		all[v] = entries(w.records, w.size, v)
	}
	return func(_, call int) error {
		records := all[call%variants]
		if w.records == 1 {
			_, err := client.PutRecord(ctx, &sdk.PutRecordInput{
				StreamName: aws.String("s"), Data: records[0].Data, PartitionKey: records[0].PartitionKey,
			})
			return err
		}
		out, err := client.PutRecords(ctx, &sdk.PutRecordsInput{StreamName: aws.String("s"), Records: records})
		if err == nil && *out.FailedRecordCount > 0 {
			err = fmt.Errorf("%d records failed", *out.FailedRecordCount)
		}
		return err
	}
}

// byHand makes calls by writing requests that were made before, and reading no more of an answer than its length.
func byHand(b *testing.B, w work, e endpoint) func(connection, call int) error {
	address := strings.TrimPrefix(e.url, "http://")
	var conns [wireConnections]net.Conn
	var readers [wireConnections]*bufio.Reader
	var requests [wireConnections][][]byte
	puts := make([][]byte, variants)
	for v := range puts {
		puts[v] = putRequest(w, v)
	}
	for c := range conns {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close() })
		conns[c], readers[c], requests[c] = conn, bufio.NewReaderSize(conn, 64<<10), puts
		if w.reads {
			body := fmt.Sprintf(`{"Limit":%d,"ShardIterator":"%s"}`, w.records, iterator(b, newClient(e.url, "AKIDEXAMPLE"), c))
			requests[c] = [][]byte{[]byte(frontRequest("GetRecords", body))}
		}
	}
	return func(c, call int) error {
		if _, err := conns[c].Write(requests[c][call%len(requests[c])]); err != nil {
			return err
		}
		return passAnswer(readers[c])
	}
}

// putRequest is a signed put.
func putRequest(w work, variant int) []byte {
	records := entries(w.records, w.size, variant)
	entry := func(i int) string {
		return `{"Data":"` + base64.StdEncoding.EncodeToString(records[i].Data) + `","PartitionKey":"` + *records[i].PartitionKey + `"`
	}
	if w.records == 1 {
		return []byte(frontRequest("PutRecord", entry(0)+`,"StreamName":"s"}`))
	}
	var all []string
	for i := range records {
		all = append(all, entry(i)+"}")
	}
	return []byte(frontRequest("PutRecords", `{"Records":[`+strings.Join(all, ",")+`],"StreamName":"s"}`))
}

var notAllTaken = []byte(`"FailedRecordCount":0`)

// passAnswer passes over an answer, which must be of success.
func passAnswer(from *bufio.Reader) error {
	status, err := from.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200")) {
		return fmt.Errorf("answered with %s", status)
	}
	length := -1
	for {
		line, err := from.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) == 2 {
			break
		}
		if name, value, ok := bytes.Cut(line, []byte(":")); ok && bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("an answer without %s", http.CanonicalHeaderKey("content-length"))
	}
	begin, _ := from.Peek(min(length, 64))
	if bytes.Contains(begin, []byte("FailedRecordCount")) && !bytes.Contains(begin, notAllTaken) {
		return fmt.Errorf("not all records were taken: %s", begin)
	}
	_, err = from.Discard(length)
	return err
}

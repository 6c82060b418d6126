package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// endpoint is a server that a benchmark loads.
type endpoint struct {
	url string
	pid string // "": not known
}

// serveVariable makes the benchmarks' own program the server of another process: the server or the stub.
const serveVariable = "WAVETANK_BENCH_SERVE"

// Another endpoint, started by hand, is measured beside the server where these name it: ferrokinesis, say.
const (
	peerVariable        = "WAVETANK_BENCH_PEER"     // its URL
	peerProcessVariable = "WAVETANK_BENCH_PEER_PID" // its process, whose processor time is then told, too
)

// otherProcess starts this program again as a server.
func otherProcess(b *testing.B, kind string) endpoint {
	c := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkOtherProcess$", "-test.benchtime=1x")
	c.Env = append(os.Environ(), serveVariable+"="+kind)
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
			return endpoint{lines.Text()[i:], strconv.Itoa(c.Process.Pid)}
		}
	}
	b.Fatalf("the other process says nothing: %v", lines.Err())
	return endpoint{}
}

// BenchmarkOtherProcess measures nothing: it is the server of another process, until standard input ends.
func BenchmarkOtherProcess(b *testing.B) {
	var h http.Handler
	switch os.Getenv(serveVariable) {
	case "server":
		h = newServer(b, kinesis.Limits{WriteRecords: 4e9, WriteBytes: 4e9, ReadCalls: 4e9, ReadBytes: 4e9, IteratorCalls: 4e9})
	case "stub":
		h = stub()
	default:
		b.Skip(serveVariable + " is not set")
	}
	defer raiseFloor().Lower()
	l, err := Listen(b.Context(), "127.0.0.1:0", h, nil)
	if err != nil {
		b.Fatal(err)
	}
	fmt.Println(l.URL())
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = l.Close()
}

// stub is net/http with an answer that is always the same: what a client, HTTP and the sockets cost.
func stub() http.Handler {
	const number = "49594189147623985939251953501666965394405037144469929986"
	entry := `{"SequenceNumber":"` + number + `","ShardId":"shardId-000000000000"}`
	record := `{"SequenceNumber":"` + number + `","ApproximateArrivalTimestamp":1795521600.123,"Data":"` +
		strings.Repeat("eHh4", 66) + `eHg=","PartitionKey":"user-123456"}`
	list := func(of string, n int) string { return strings.Repeat(of+",", n-1) + of }
	answers := map[string][]byte{
		"PutRecord":        []byte(entry),
		"PutRecords":       []byte(`{"FailedRecordCount":0,"Records":[` + list(entry, 500) + `]}`),
		"GetRecords":       []byte(`{"Records":[` + list(record, pageRecords) + `],"MillisBehindLatest":0,"NextShardIterator":"` + strings.Repeat("A", 64) + `"}`),
		"GetShardIterator": []byte(`{"ShardIterator":"` + strings.Repeat("A", 64) + `"}`),
	}
	hundred := []byte(`{"FailedRecordCount":0,"Records":[` + list(entry, 100) + `]}`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), kinesisTarget)
		answer := answers[operation]
		if operation == "PutRecords" && r.ContentLength > 100*1024 && r.ContentLength < 145_000 { // 100 of 1 KiB
			answer = hundred
		}
		writeJSON(w, http.StatusOK, answer)
	})
}

// processorTime is what an endpoint's process has used so far, and whether that is known: where there is a /proc, to 10 ms.
func (e endpoint) processorTime() (t time.Duration, ok bool) {
	stat, err := os.ReadFile("/proc/" + e.pid + "/stat")
	if err != nil || e.pid == "" {
		return 0, false
	}
	// proc_pid_stat(5): the name of the program is in parentheses; utime and stime are the 12th and 13th field behind it.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	for _, f := range fields[11:13] {
		ticks, err := strconv.Atoi(string(f))
		if err != nil {
			return 0, false
		}
		t += time.Duration(ticks) * (time.Second / 100)
	}
	return t, true
}

package main

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkServeStart is the time from the start of the program to its first answer, where it has been started before (the
// first time it makes a certificate authority), and what it has resident a second after its start.
//
//	go test -run '^$' -bench ServeStart -benchtime 20x ./cmd/wavetank
func BenchmarkServeStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "wavetank")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	home := b.TempDir()
	serveOnce(b, program, home)
	took, resident := make([]time.Duration, b.N), 0
	b.ResetTimer()
	for i := range took {
		once, kib := serveOnce(b, program, home)
		took[i], resident = once, max(resident, kib)
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(resident)/1024, "MiB-resident")
}

// serveOnce starts the program and ends it after its first answer.
func serveOnce(b *testing.B, program, home string) (took time.Duration, kib int) {
	c := exec.Command(program, "serve", "--port", "0")
	c.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
	stdout, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	begin := time.Now()
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	}()
	lines := bufio.NewScanner(stdout)
	url := ""
	for url == "" && lines.Scan() {
		url = servedAt.FindString(lines.Text())
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Type: application/x-amz-json-1.1\r\n"+
		"Authorization: AWS4-HMAC-SHA256 Credential=a/20261124/eu-west-1/kinesis/aws4_request, SignedHeaders=host, Signature=0\r\n"+
		"X-Amz-Date: 20261124T000000Z\r\nX-Amz-Target: Kinesis_20131202.ListStreams\r\n\r\n{}")
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(answer, "200 OK") {
		b.Fatal(answer, err)
	}
	took = time.Since(begin)
	_ = conn.SetReadDeadline(begin.Add(time.Second))
	_, _ = io.Copy(io.Discard, conn) // nothing comes any more
	return took, residentKiB(b, strconv.Itoa(c.Process.Pid), "VmRSS:")
}

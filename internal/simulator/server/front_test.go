package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// frontRequest is a request as the SDKs send it, but for the header lines that are given instead of its own; those that
// are given with an empty value are left out.
func frontRequest(operation, body string, header ...string) string {
	lines := [][2]string{
		{"Host", "127.0.0.1:4566"},
		{"User-Agent", "aws-sdk-go-v2/1.41.0 lang/go#1.26"},
		{"Content-Length", fmt.Sprint(len(body))},
		{"Authorization", authorization},
		{"Content-Type", jsonType},
		{"X-Amz-Date", "20261124T000000Z"},
		{"X-Amz-Target", kinesisTarget + operation},
		{"Accept-Encoding", "identity"},
	}
	for i := 0; i+1 < len(header); i += 2 {
		lines = slices.DeleteFunc(lines, func(l [2]string) bool { return l[0] == header[i] })
		if header[i+1] != "" {
			lines = append(lines, [2]string{header[i], header[i+1]})
		}
	}
	text := frontLine
	for _, l := range lines {
		text += l[0] + ": " + l[1] + "\r\n"
	}
	return text + "\r\n" + body
}

const (
	onePut   = `{"StreamName":"s","Data":"YWJj","PartitionKey":"k"}`
	manyPuts = `{"StreamName":"s","Records":[{"Data":"YWJj","PartitionKey":"k"},{"Data":"YWJj","PartitionKey":"l"}]}`
)

// frontRow is what is sent over one connection and how many requests of it the front answers.
type frontRow struct {
	name, sent string
	front      int
}

// frontRows are requests for the front and for net/http, and such as two servers might understand in two ways.
func frontRows() []frontRow {
	put := frontRequest("PutRecord", onePut)
	replace := func(old, with string) string { return strings.Replace(put, old, with, 1) }
	return []frontRow{
		{"a record", put, 1},
		{"records", frontRequest("PutRecords", manyPuts), 1},
		{"an empty answer", frontRequest("AddTagsToStream", `{"StreamName":"s","Tags":{"a":"b"}}`), 1},
		{"a list", frontRequest("ListStreams", `{}`), 1},
		{"CBOR", frontRequest("ListStreams", "\xbf\xff", "Content-Type", cborType), 1},
		{"CBOR that is none", frontRequest("ListStreams", "\x00", "Content-Type", cborType), 1},
		{"JSON that is none", frontRequest("PutRecords", `{`), 1},
		{"no body", frontRequest("PutRecords", ``), 1},
		{"a stream that is not there", frontRequest("PutRecord", strings.Replace(onePut, `"s"`, `"t"`, 1)), 1},
		{"a long body", frontRequest("PutRecords", strings.Replace(manyPuts, "YWJj", strings.Repeat("YWJj", 5000), 1)), 1},
		{"two at once", put + put, 2},
		{"three, long and short", frontRequest("PutRecords", manyPuts+strings.Repeat(" ", 9000)) + put + put, 3},
		{"names in capitals", strings.NewReplacer("Host", "HOST", "X-Amz-Target", "X-AMZ-TARGET", "Content-Length", "content-length").Replace(put), 1},
		{"blanks about values", strings.NewReplacer("Host: ", "Host:\t ", "\r\nContent-Type: "+jsonType, "\r\nContent-Type:"+jsonType+" \t").Replace(put), 1},
		{"zeros before a length", replace("Content-Length: ", "Content-Length: 000"), 1},
		{"keep-alive", frontRequest("PutRecord", onePut, "Connection", "Keep-Alive"), 1},
		{"a date of HTTP", frontRequest("PutRecord", onePut, "X-Amz-Date", "", "Date", "Tue, 24 Nov 2026 00:00:00 GMT"), 1},

		{"half a header", put[:60], 0},
		{"half a body", put[:len(put)-3], 0},
		{"a line", "hello\r\n", 0},
		{"nothing", "", 0},
		{"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0},
		{"HTTP/1.0", replace("HTTP/1.1", "HTTP/1.0"), 0},
		{"HTTP/1.2", replace("HTTP/1.1", "HTTP/1.2"), 0},
		{"GET", replace("POST", "GET"), 0},
		{"lower case", replace("POST", "post"), 0},
		{"a path", replace("POST / ", "POST /a/b "), 0},
		{"a query", replace("POST / ", "POST /?a=b "), 0},
		{"a URL for a path", replace("POST / ", "POST http://x/ "), 0},
		{"two blanks", replace("POST / ", "POST  / "), 0},
		{"no carriage returns", strings.ReplaceAll(put, "\r\n", "\n"), 0},
		{"a line feed alone", replace("Host: 127.0.0.1:4566\r\n", "Host: 127.0.0.1:4566\n"), 0},
		{"a carriage return alone", replace("Host: 127", "Host: \r127"), 0},
		{"a zero byte", replace("identity", "a\x00b"), 0},
		{"letters beyond ASCII", replace("identity", "\u00e9"), 0},
		{"a folded line", replace("Accept-Encoding: ", "X: a\r\n b\r\nAccept-Encoding: "), 0},
		{"a blank before the colon", replace("Content-Length:", "Content-Length :"), 0},
		{"a blank before a name", replace("Content-Length:", " Content-Length:"), 0},
		{"no colon", replace("Accept-Encoding: ", "Accept-Encoding"), 0},
		{"no name", replace("Accept-Encoding:", ":"), 0},
		{"no host", frontRequest("PutRecord", onePut, "Host", ""), 0},
		{"an empty host", replace("Host: 127.0.0.1:4566", "Host:"), 0},
		{"two hosts", replace("Host: ", "Host: a\r\nHost: "), 0},
		{"a host that is none", replace("Host: ", "Host: a/b"), 0},
		{"no length", frontRequest("PutRecord", onePut, "Content-Length", ""), 0},
		{"two lengths", replace("Content-Length: ", "Content-Length: 5\r\nContent-Length: "), 0},
		{"one length twice", replace("Content-Length: ", "Content-Length: "+fmt.Sprint(len(onePut))+"\r\nContent-Length: "), 0},
		{"a list of lengths", replace("Content-Length: ", "Content-Length: 5, "), 0},
		{"a signed length", replace("Content-Length: ", "Content-Length: +"), 0},
		{"a negative length", replace("Content-Length: ", "Content-Length: -"), 0},
		{"a length in hex", replace("Content-Length: ", "Content-Length: 0x"), 0},
		{"a length of 20 digits", replace("Content-Length: ", "Content-Length: 18446744073709551"), 0},
		{"20 MB", frontRequest("PutRecord", "", "Content-Length", "20000000"), 0},
		{"chunks", frontRequest("PutRecord", "4\r\nnull\r\n0\r\n\r\n", "Content-Length", "", "Transfer-Encoding", "chunked"), 0},
		{"chunks and a length", frontRequest("PutRecord", "0\r\n\r\n", "Transfer-Encoding", "chunked"), 0},
		{"another encoding", frontRequest("PutRecord", onePut, "Transfer-Encoding", "identity"), 0},
		{"chunks that are hidden", frontRequest("PutRecord", onePut, "Transfer-Encoding", "\tchunked"), 0},
		{"a trailer", frontRequest("PutRecord", onePut, "Trailer", "X-A"), 0},
		{"a question first", frontRequest("PutRecord", onePut, "Expect", "100-continue"), 0},
		{"another question", frontRequest("PutRecord", onePut, "Expect", "200-ok"), 0},
		{"an upgrade", frontRequest("PutRecord", onePut, "Connection", "Upgrade, HTTP2-Settings", "Upgrade", "h2c", "HTTP2-Settings", ""), 0},
		{"close", frontRequest("PutRecord", onePut, "Connection", "close") + put, 0},
		{"from a page of a browser", frontRequest("PutRecord", onePut, "Origin", "https://example.com"), 0},
		{"a charset", frontRequest("PutRecord", onePut, "Content-Type", jsonType+"; charset=utf-8"), 0},
		{"another type", frontRequest("PutRecord", onePut, "Content-Type", "text/plain"), 0},
		{"no type", frontRequest("PutRecord", onePut, "Content-Type", ""), 0},
		{"no signature", frontRequest("PutRecord", onePut, "Authorization", ""), 0},
		{"a part of a signature", frontRequest("PutRecord", onePut, "Authorization", "AWS4 Credential=a/b/c/d/e"), 0},
		{"a signature for nowhere", frontRequest("PutRecord", onePut, "Authorization", "AWS4 Credential=a, SignedHeaders=b, Signature=c"), 0},
		{"two signatures", replace("Authorization: ", "Authorization: x\r\nAuthorization: "), 0},
		{"no date", frontRequest("PutRecord", onePut, "X-Amz-Date", ""), 0},
		{"an unknown operation", frontRequest("PutRecordz", onePut), 0},
		{"Firehose", strings.Replace(put, kinesisTarget, firehoseTarget, 1), 0},
		{"two targets", replace("X-Amz-Target: ", "X-Amz-Target: x\r\nX-Amz-Target: "), 0},
		{"a long header", frontRequest("PutRecord", onePut, "X-Long", strings.Repeat("a", frontBuffer)), 0},
		{"one for each", put + frontRequest("PutRecord", onePut, "Origin", "https://example.com") + put, 1},
		{"a byte behind a request", put + "}", 1},
		{"four bytes behind a request", put + "}}}}", 1},
		{"four bytes of a request behind one", put + "POST", 1},
		{"a body that is a request", frontRequest("PutRecord", put), 1},
	}
}

// TestFrontAnswersAsNetHTTP: what is sent to the front is answered with the same statuses, headers and bodies, in the same
// order, as by net/http alone; and each row says which requests the front answers itself.
func TestFrontAnswersAsNetHTTP(t *testing.T) {
	t.Parallel()
	front, plain := frontAndPlain(t)
	for _, row := range frontRows() {
		t.Run(row.name, func(t *testing.T) {
			got, _ := exchange(t, front, row.sent)
			want, _ := exchange(t, plain, row.sent)
			if answersOf(got) != answersOf(want) {
				t.Errorf("the front answers\n%s\nnet/http alone\n%s", answersOf(got), answersOf(want))
			}
			if n := ofFront(got); n != row.front {
				t.Errorf("the front answered %d requests, want %d", n, row.front)
			}
			if n := ofFront(want); n != 0 {
				t.Errorf("%d answers of net/http look as the front's", n)
			}
		})
	}
}

// FuzzFront: no bytes are answered otherwise than by net/http alone. So none are refused by one and taken by the other, and
// no request hides in another.
func FuzzFront(f *testing.F) {
	for _, row := range frontRows() {
		f.Add([]byte(row.sent))
	}
	front, plain := frontAndPlain(f)
	f.Fuzz(func(t *testing.T, sent []byte) {
		got, gotAll := exchange(t, front, string(sent))
		want, wantAll := exchange(t, plain, string(sent))
		if gotAll && wantAll && answersOf(got) != answersOf(want) {
			t.Fatalf("%q: the front answers\n%s\nnet/http alone\n%s", sent, answersOf(got), answersOf(want))
		}
	})
}

// FuzzFrontHead: a header that the front takes is one that net/http reads in the same way.
func FuzzFrontHead(f *testing.F) {
	for _, row := range frontRows() {
		f.Add([]byte(row.sent))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		head, _, _ := bytes.Cut(sent, []byte("\r\n\r\n"))
		head = append(head, "\r\n\r\n"...)
		var h frontHead
		if !h.parse(head) {
			return
		}
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
		if err != nil {
			t.Fatalf("%q: net/http says %v", head, err)
		}
		for name, got := range map[string]string{
			"X-Amz-Target": string(h.target), "Content-Type": string(h.contentType), "Authorization": string(h.authorization),
			"Origin": "", "Expect": "", "Upgrade": "", "Trailer": "",
		} {
			if want := r.Header.Get(name); got != want || len(r.Header[name]) > 1 {
				t.Errorf("%q: %s is %q, want %q", head, name, got, r.Header[name])
			}
		}
		if dated := r.Header.Get("X-Amz-Date") != "" || r.Header.Get("Date") != ""; dated != h.dated {
			t.Errorf("%q: dated is %v", head, h.dated)
		}
		if r.Method != "POST" || r.RequestURI != "/" || r.Proto != "HTTP/1.1" || r.Host == "" || r.Close ||
			r.ContentLength != int64(h.length) || len(r.TransferEncoding) > 0 || len(r.Trailer) > 0 {
			t.Errorf("%q: net/http sees %+v", head, r)
		}
	})
}

// frontAndPlain are the addresses of one server behind the front and without it.
func frontAndPlain(t testing.TB) (front, plain string) {
	s := newServer(t, kinesis.Limits{
		WriteRecords: 4e9, WriteBytes: 4e9, Calls: map[string]int64{"ListStreams": 1e6, "AddTagsToStream": 1e6},
	})
	for _, h := range []http.Handler{s, http.HandlerFunc(s.ServeHTTP)} {
		l, err := Listen(t.Context(), ":0", h, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		front, plain = plain, l.Addr()
	}
	return front, plain
}

// exchange sends over one connection and returns what comes until it is closed. Not all comes where the server has closed the
// connection before it has read everything: the system then drops what is on its way.
func exchange(t *testing.T, addr, sent string) (got string, all bool) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, sent) // it may be cut off before all is sent
	_ = c.(*net.TCPConn).CloseWrite()
	b, err := io.ReadAll(c)
	return string(b), err == nil
}

var changing = []*regexp.Regexp{
	regexp.MustCompile(`(X-Amzn-Requestid: )\S+`), regexp.MustCompile(`(X-Amz-Id-2: )\S+`), regexp.MustCompile(`(Date: ).+`),
	regexp.MustCompile(`("SequenceNumber":")\d+`), regexp.MustCompile(`(RequestId>)[^<]+`), regexp.MustCompile(`(HostId>)[^<]+`),
	regexp.MustCompile(`(X-Amz-Request-Id: )\S+`),
}

// answersOf are answers with their headers sorted and without what is never the same.
func answersOf(got string) string {
	from, text := bufio.NewReader(strings.NewReader(got)), strings.Builder{}
	for {
		resp, err := http.ReadResponse(from, &http.Request{Method: "POST"})
		if err != nil {
			break
		}
		fmt.Fprintf(&text, "%s %s\n", resp.Proto, resp.Status)
		_ = resp.Header.Write(&text)
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		text.Write(append(body, '\n'))
	}
	rest, _ := io.ReadAll(from)
	text.Write(rest)
	out := text.String()
	for _, c := range changing {
		out = c.ReplaceAllString(out, "${1}x")
	}
	return out
}

// ofFront counts the answers in which Date comes before Server. net/http puts it last.
func ofFront(got string) int {
	return len(regexp.MustCompile(`\r\nDate: [^\r]+\r\nServer: wavetank\r\n`).FindAllString(got, -1))
}

package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// chunked writes a body as aws-chunked in chunks of a size, signed or not, with trailers.
func chunked(body string, size int, signed bool, trailers ...string) string {
	signature := ""
	if signed {
		signature = ";chunk-signature=" + strings.Repeat("0123456789abcdef", 4)
	}
	var b strings.Builder
	for len(body) > 0 {
		n := min(size, len(body))
		fmt.Fprintf(&b, "%x%s\r\n%s\r\n", n, signature, body[:n])
		body = body[n:]
	}
	fmt.Fprintf(&b, "0%s\r\n", signature)
	for _, t := range trailers {
		b.WriteString(t + "\r\n")
	}
	b.WriteString("\r\n")
	return b.String()
}

func TestChunkedReader(t *testing.T) {
	long := strings.Repeat("0123456789\r\n", 10_000)
	tests := []struct {
		name, in, want string
		err            error
	}{
		{"one chunk", chunked("hello", 100, false), "hello", nil},
		{"signed", chunked(long, 65_536, true), long, nil},
		{"a byte a chunk", chunked("hello\r\n0\r\n\r\n", 1, true), "hello\r\n0\r\n\r\n", nil},
		{"trailer", chunked("hello", 3, false, "x-amz-checksum-crc32: NhCmhg=="), "hello", nil},
		{"signed trailer", chunked("hello", 3, true, "x-amz-checksum-crc32:NhCmhg==", "x-amz-trailer-signature:abc"), "hello", nil},
		{"empty", chunked("", 1, false), "", nil},
		{"nothing behind the last chunk", "5\r\nhello\r\n0\r\n", "hello", nil},
		{"only line feeds", "5\nhello\n0\n\n", "hello", nil},
		{"upper case size", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789", nil},
		{"not chunked", "hello, world, this is a body", "", io.ErrUnexpectedEOF},
		{"not chunked, with lines", "hello\nworld\n", "", errChunk},
		{"cut within a chunk", "5\r\nhel", "hel", io.ErrUnexpectedEOF},
		{"cut between chunks", "5\r\nhello\r\n", "hello", io.ErrUnexpectedEOF},
		{"more than it says", "4\r\nhello\r\n0\r\n\r\n", "hell", errChunk},
		{"negative", "-5\r\nhello\r\n0\r\n\r\n", "", errChunk},
		{"huge", "ffffffffffffffff\r\nhello", "", errChunk},
		{"endless line", strings.Repeat("1", 5000), "", errChunk},
		{"endless trailers", "0\r\n" + strings.Repeat("a: b\r\n", 5000), "", errChunk},
		{"trailer without a name", "0\r\nnonsense\r\n\r\n", "", errChunk},
		{"nothing", "", "", io.ErrUnexpectedEOF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newChunkedReader(strings.NewReader(tt.in))
			got, err := io.ReadAll(c)
			if string(got) != tt.want || !errors.Is(err, tt.err) || tt.err == nil && err != nil {
				t.Errorf("read %d bytes, %v; want %d, %v", len(got), err, len(tt.want), tt.err)
			}
			if strings.Contains(tt.in, "crc32") && c.trailer.Get("X-Amz-Checksum-Crc32") != "NhCmhg==" {
				t.Errorf("trailers %v", c.trailer)
			}
		})
	}
}

// Whatever comes, the reader neither panics nor gives more than it was given; what was encoded is decoded as it was.
func FuzzChunkedReader(f *testing.F) {
	f.Add([]byte(chunked("hello", 3, true, "a: b")), 3)
	f.Add([]byte("5\r\nhello\r\n0\r\n\r\n"), 1)
	f.Add([]byte("\r\n0;\r\n"), 7)
	f.Fuzz(func(t *testing.T, in []byte, size int) {
		got, err := io.ReadAll(newChunkedReader(bytes.NewReader(in)))
		if len(got) > len(in) {
			t.Fatalf("%d bytes of %d", len(got), len(in))
		}
		_ = err
		size = max(size, 1)
		c := newChunkedReader(strings.NewReader(chunked(string(in), size, size%2 == 0, "x-a: b")))
		if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, in) || c.trailer.Get("X-A") != "b" {
			t.Fatalf("%d bytes came out as %d, %v", len(in), len(got), err)
		}
	})
}

// What is stored is what was sent, in whichever coding it was sent; what does not fit its checks is refused and not
// stored.
func TestS3StoresWhatWasSent(t *testing.T) {
	t.Parallel()
	server, world := s3Server(t, false, objectstore.Config{}, nil)
	body := strings.Repeat("0123456789abcdef", 20_000)
	const crc, md5 = "AAAAAA==", "1B2M2Y8AsgTpgAmY7PhCfg==" // of another body
	h := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	decoded := strconv.Itoa(len(body))
	tests := []struct {
		name   string
		sent   string
		header http.Header
		code   string // "" is stored
	}{
		{"plain", body, h(), ""},
		{"unsigned payload", body, h("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), ""},
		{"unsigned chunks with a trailer", chunked(body, 65_536, false, "x-amz-meta-none:1"), h("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Decoded-Content-Length", decoded, "Content-Encoding", "aws-chunked"), ""},
		{"signed chunks", chunked(body, 65_536, true), h("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "X-Amz-Decoded-Content-Length", decoded), ""},
		{"signed chunks with a trailer", chunked(body, 8192, true, "x-amz-trailer-signature:abc"), h("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "Content-Encoding", "aws-chunked,gzip"), ""},
		{"the encoding alone says so", chunked(body, 8192, false), h("Content-Encoding", "aws-chunked"), ""},
		{"a checksum that does not match", body, h("X-Amz-Checksum-Crc32", crc), "BadDigest"},
		{"a trailer that does not match", chunked(body, 65_536, false, "x-amz-checksum-crc32:"+crc), h("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"), "BadDigest"},
		{"an MD5 that does not match", body, h("Content-Md5", md5), "BadDigest"},
		{"an MD5 that is none", body, h("Content-Md5", "nonsense"), "InvalidDigest"},
		{"a hash that does not match", body, h("X-Amz-Content-Sha256", strings.Repeat("0", 64)), "XAmzContentSHA256Mismatch"},
		{"not as long as it says", chunked(body, 65_536, false), h("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Decoded-Content-Length", "5"), "IncompleteBody"},
		{"not chunked though it says so", body, h("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"), "InvalidRequest"},
		{"cut", chunked(body, 65_536, false)[:100_000], h("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"), "IncompleteBody"},
		{"too much metadata", body, h("X-Amz-Meta-A", strings.Repeat("x", 2048)), "MetadataTooLarge"},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			key := fmt.Sprint("k", i)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, server.URL+"/clicks/"+key, strings.NewReader(tt.sent))
			if err != nil {
				t.Fatal(err)
			}
			req.Header = tt.header
			resp, err := server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			answer, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			o, err := world.Objects.Get("clicks", key)
			if tt.code != "" {
				if !strings.Contains(string(answer), "<Code>"+tt.code+"</Code>") || resp.StatusCode != http.StatusBadRequest {
					t.Errorf("answer %d %s, want 400 %s", resp.StatusCode, answer, tt.code)
				}
				if err == nil {
					t.Error("it is stored all the same")
				}
				return
			}
			if err != nil || string(o.Body) != body {
				t.Fatalf("%d bytes are stored of %d sent (%d), %v: %s", len(o.Body), len(body), len(tt.sent), err, answer)
			}
			if strings.Contains(o.Meta.ContentEncoding, "aws-chunked") {
				t.Errorf("stored with the encoding %q", o.Meta.ContentEncoding)
			}
		})
	}
}

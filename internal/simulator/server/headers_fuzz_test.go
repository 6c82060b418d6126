package server

import (
	"bytes"
	"crypto/md5"
	"crypto/tls"
	"encoding/base64"
	"hash/crc32"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// FuzzIdentify: a scope that was put together is taken apart again, and of any other header nothing is made that is no account.
func FuzzIdentify(f *testing.F) {
	f.Add("AKIAEXAMPLE", "eu-west-1", "kinesis", authorization)
	f.Add("111122223333", "us-east-1", "s3", "AWS4-HMAC-SHA256 Credential=a/b/20261124/us-east-1/lambda/aws4_request, SignedHeaders=host")
	f.Add("", "", "", "Credential=////,")
	f.Fuzz(func(t *testing.T, key, region, service, header string) {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set("Authorization", header)
		if id := identify(r); id.account != "" && !isAccount(id.account) {
			t.Fatalf("%q is of account %q", header, id.account)
		}
		if _ = checkSignature(r, &call{}); strings.ContainsAny(region+service, "/, ") || strings.ContainsAny(key, ", ") || strings.Contains(key, "Credential=") {
			return
		}
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+key+"/20261124/"+region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=00")
		r.Header.Set("X-Amz-Date", "20261124T000000Z")
		id := identify(r)
		if id.region != region || id.service != service || (id.account == key) != (isAccount(key) || key == "") {
			t.Fatalf("%q in %q for %q is %+v", key, region, service, id)
		}
		if e := checkSignature(r, &call{service: service}); (e == nil) != (service != "") {
			t.Fatalf("%q in %q for %q: %v", key, region, service, e)
		}
	})
}

var rangeText = regexp.MustCompile(`^bytes=([0-9]*)-([0-9]*)$`)

// FuzzByteRange: a range lies within the body, and is the one that another reading finds.
func FuzzByteRange(f *testing.F) {
	for _, header := range []string{"bytes=0-0", "bytes=1-", "bytes=-3", "bytes=-0", "bytes=5-2", "bytes=0-1,3-4", "bytes=-", "bytes=+1-2", "bytes=9-", "bytes=1-7", "bits=0-1", "bytes=0-99999999999999999999"} {
		f.Add(header, int64(5))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			return
		}
		from, to, part, err := byteRange(header, size)
		if err == nil && (from < 0 || from > to || to > size || part && from == to || !part && (from != 0 || to != size)) {
			t.Fatalf("%q of %d is %d to %d", header, size, from, to)
		}
		m := rangeText.FindStringSubmatch(header)
		if m == nil {
			if part || err != nil {
				t.Fatalf("%q is taken for a range", header)
			}
			return
		}
		first, errFirst := strconv.ParseInt(m[1], 10, 64)
		last, errLast := strconv.ParseInt(m[2], 10, 64)
		switch {
		case !part:
		case m[1] == "" && errLast == nil && (to != size || to-from != min(last, size)),
			m[2] == "" && errFirst == nil && (from != first || to != size),
			errFirst == nil && errLast == nil && (from != first || to != min(last, size-1)+1):
			t.Fatalf("%q of %d is %d to %d", header, size, from, to)
		}
	})
}

// FuzzVerify: a body is taken exactly where its MD5 and its checksum, decoded by themselves, are those of the body.
func FuzzVerify(f *testing.F) {
	f.Add([]byte("a"), "DMF1ucDxtqgxw5niaXcmYQ==", "6Le+Qw==")
	f.Add([]byte("b"), "DMF1ucDxtqgxw5niaXcmYQ==", "")
	f.Add([]byte(""), "", "AAAAAA==")
	f.Add([]byte("a"), "AAAA", "?")
	f.Add([]byte("a"), "DMF1ucDxtqgxw5niaXcmYX==0", "")
	f.Fuzz(func(t *testing.T, body []byte, digest, checksum string) {
		h := http.Header{}
		h.Set("Content-Md5", digest)
		h.Set("X-Amz-Checksum-Crc32", checksum)
		sum := md5.Sum(body)
		crc := crc32.ChecksumIEEE(body)
		given, errGiven := base64.StdEncoding.DecodeString(digest)
		want := (digest == "" || errGiven == nil && bytes.Equal(given, sum[:])) &&
			(checksum == "" || checksum == base64.StdEncoding.EncodeToString([]byte{byte(crc >> 24), byte(crc >> 16), byte(crc >> 8), byte(crc)}))
		kept, err := verify(body, h, nil)
		if (err == nil) != want || err == nil && kept.Value != checksum {
			t.Fatalf("%q with %q and %q: %+v, %v", body, digest, checksum, kept, err)
		}
	})
}

// sent is a connection whose client has sent something and is gone.
type sent struct {
	net.Conn
	in *bytes.Reader
}

func (c sent) Read(b []byte) (int, error)  { return c.in.Read(b) }
func (c sent) Write(b []byte) (int, error) { return len(b), nil }
func (c sent) Close() error                { return nil }
func (c sent) RemoteAddr() net.Addr        { return &net.TCPAddr{} }

// FuzzSniff: what does not begin as TLS comes through as it was sent, and what only begins so is an error and no request.
func FuzzSniff(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), 1)
	f.Add([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 3)
	f.Add([]byte("\x16\x03\x01\x00\x05hello"), 64)
	f.Add([]byte("\x16"), 1)
	f.Add([]byte("\x16\x050\x00\x0200"), 20)
	f.Add([]byte{}, 1)
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		l := &sniffer{config: &tls.Config{MinVersion: tls.VersionTLS12}, logger: slog.New(slog.DiscardHandler)}
		c := &sniffedConn{Conn: sent{in: bytes.NewReader(in)}, listener: l}
		var out []byte
		var err error
		b := make([]byte, 1+max(step, 0)%100)
		for n := 0; err == nil; out = append(out, b[:n]...) {
			n, err = c.Read(b)
		}
		secure, clean := len(in) > 0 && in[0] == tlsHandshake, err == io.EOF //nolint:errorlint // what TLS says of a broken handshake may wrap it
		if secure && (len(out) > 0 || clean) || !secure && (!bytes.Equal(out, in) || !clean) {
			t.Fatalf("%q came through as %q, %v", in, out, err)
		}
	})
}

package server

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"net/http"
	"strings"
	"sync"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// checksums are the algorithms of x-amz-checksum-* (S3 user guide, "Checking object integrity").
var checksums = []struct {
	name string
	new  func() hash.Hash
}{
	{"CRC32", func() hash.Hash { return crc32.NewIEEE() }},
	{"CRC32C", func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }},
	{"CRC64NVME", func() hash.Hash { return crc64.New(nvme()) }},
	{"SHA1", sha1.New},
	{"SHA256", sha256.New},
}

// nvme is the table of CRC-64/NVME, whose reversed polynomial this is.
var nvme = sync.OnceValue(func() *crc64.Table { return crc64.MakeTable(0x9a6c9329ac4bc9b5) })

const checksumHeader = "X-Amz-Checksum-"

// verify checks a body against what its client says of it: Content-MD5, the hash that was signed, and a checksum in a
// header or a trailer, which is kept with the object.
func verify(body []byte, h, trailer http.Header) (objectstore.Checksum, error) {
	if want := h.Get("Content-Md5"); want != "" {
		sum := md5.Sum(body)
		switch given, err := base64.StdEncoding.DecodeString(want); {
		case err != nil || len(given) != len(sum):
			return objectstore.Checksum{}, &s3Error{http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified was invalid."}
		case !bytes.Equal(given, sum[:]):
			return objectstore.Checksum{}, badDigest("Content-MD5")
		}
	}
	if want := h.Get("X-Amz-Content-Sha256"); len(want) == 2*sha256.Size {
		if sum := sha256.Sum256(body); !strings.EqualFold(want, hex.EncodeToString(sum[:])) {
			return objectstore.Checksum{}, &s3Error{http.StatusBadRequest, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."}
		}
	}
	for _, c := range checksums {
		want := h.Get(checksumHeader + c.name)
		if want == "" {
			want = trailer.Get(checksumHeader + c.name)
		}
		if want == "" {
			continue
		}
		sum := c.new()
		sum.Write(body)
		if got := base64.StdEncoding.EncodeToString(sum.Sum(nil)); got != want {
			return objectstore.Checksum{}, badDigest(c.name)
		}
		return objectstore.Checksum{Algorithm: c.name, Value: want}, nil
	}
	return objectstore.Checksum{}, nil
}

func badDigest(what string) *s3Error {
	return &s3Error{http.StatusBadRequest, "BadDigest", "The " + what + " you specified did not match what we received."}
}

// writeChecksum tells a checksum in an answer's header.
func writeChecksum(h http.Header, c objectstore.Checksum) {
	if c.Algorithm != "" {
		h.Set(checksumHeader+c.Algorithm, c.Value)
		h.Set(checksumHeader+"Type", "FULL_OBJECT")
	}
}

package kinesis

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"time"
)

// token is what a NextToken of ListShards holds; to clients it is opaque, as on AWS.
type token struct {
	stream  string
	created int64  // of the stream, unix nanoseconds: one of the same name may have been made since
	shard   string // the last one listed
	issued  int64  // unix milliseconds
	filter  *ShardFilter
}

// String is the token as it goes over the wire.
func (t token) String() string {
	b := binary.AppendVarint(binary.AppendVarint(nil, t.issued), t.created)
	b = appendText(b, t.stream)
	b = appendText(b, t.shard)
	if f := t.filter; f != nil {
		b = appendText(b, *f.Type)
		if f.Timestamp != nil {
			b = binary.AppendVarint(b, f.Timestamp.UnixNano())
		}
	}
	return seal('t', b)
}

func parseToken(s string) (t token, ok bool) {
	b, ok := unseal('t', s)
	if !ok {
		return token{}, false
	}
	issued, n := binary.Varint(b)
	if n <= 0 {
		return token{}, false
	}
	created, m := binary.Varint(b[n:])
	if m <= 0 {
		return token{}, false
	}
	t.issued, t.created = issued, created
	var kind string
	b = cutText(cutText(b[n+m:], &t.stream), &t.shard)
	if len(b) > 0 {
		t.filter = &ShardFilter{Type: &kind}
		if b = cutText(b, &kind); len(b) > 0 {
			at, _ := binary.Varint(b)
			t.filter.Timestamp = &Timestamp{time.Unix(0, at)}
		}
	}
	return t, true
}

// TokenStream is the stream that a NextToken of ListShards belongs to, or "" where it is none.
func TokenStream(nextToken string) string {
	t, _ := parseToken(nextToken)
	return t.stream
}

func errInvalidToken() *Error { return errorf(codeInvalidArgument, "Invalid NextToken.") }

// seal makes an opaque text: a kind, the content and a check sum, so that a damaged or foreign text is noticed.
func seal(kind byte, content []byte) string {
	b := append([]byte{kind}, content...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return base64.StdEncoding.EncodeToString(b)
}

// unseal is the content of a sealed text of that kind.
func unseal(kind byte, s string) (content []byte, ok bool) {
	b, err := base64.StdEncoding.Strict().DecodeString(s) // strict: one text for each content
	if err != nil || len(b) < 5 || b[0] != kind {
		return nil, false
	}
	n := len(b) - 4
	if crc32.ChecksumIEEE(b[:n]) != binary.BigEndian.Uint32(b[n:]) {
		return nil, false
	}
	return b[1:n], true
}

func appendText(b []byte, s string) []byte { return append(append(b, byte(len(s))), s...) }

// cutText takes a text off the front of b; from a text that is cut short nothing is taken.
func cutText(b []byte, s *string) []byte {
	if len(b) == 0 || len(b) < 1+int(b[0]) {
		return nil
	}
	n := 1 + int(b[0])
	*s = string(b[1:n])
	return b[n:]
}

package kinesis

import (
	"bytes"
	"encoding/base64"
	"testing"
)

// FuzzBase64: what is encoded is what encoding/base64 makes of it, and what is decoded is what it decodes, but for line
// breaks, which are refused.
func FuzzBase64(f *testing.F) {
	for _, s := range []string{
		"", "a", "ab", "abc", "Lorem ipsum dolor sit amet", "YQ==", "YWI=", "YR==", "YWJj", "YWJjZGVmZ2hpamts", "YWJjZGVm\n2hp",
		"YWJjZGVmZ2hpamtsbW5=", "YWJjZGVmZ2hpamts/+09YWJjZGVmZ2hpamtsYQ==", "YWJjZGVmZ2hpamts/+09YWJjZGVmZ2h@amtsYWJj", "YWJjZGVmZ?hpamts", "====", "YWJj====", "YQ==YWJjYWJjYWJj", "\xff\xff\xff\xff\xff\xff\xff\xff\xff", "YWJjZGV-Z2hpamts",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		encoded := AppendBase64([]byte("x"), src)
		if want := "x" + base64.StdEncoding.EncodeToString(src); string(encoded) != want {
			t.Fatalf("%q is encoded as %q, want %q", src, encoded, want)
		}
		decoded := make([]byte, len(src)/4*3)
		n, ok := DecodeBase64(decoded, src)
		want, err := base64.StdEncoding.DecodeString(string(src))
		if may := err == nil && len(src)%4 == 0 && !bytes.ContainsAny(src, "\r\n"); ok != may {
			t.Fatalf("%q is base64: %v, want %v", src, ok, may)
		}
		if ok && !bytes.Equal(decoded[:n], want) {
			t.Fatalf("%q is decoded as %q, want %q", src, decoded[:n], want)
		}
		back := make([]byte, len(encoded))
		if n, ok := DecodeBase64(back, encoded[1:]); !ok || !bytes.Equal(back[:n], src) {
			t.Fatalf("%q comes back as %q", src, back[:n])
		}
	})
}

// TestBase64OfEveryByte: every character at every place of a block, and every length up to some blocks.
func TestBase64OfEveryByte(t *testing.T) {
	text := bytes.Repeat([]byte("QUJD"), 12)
	for place := range 36 {
		for c := range 256 {
			sent := bytes.Clone(text)
			sent[place] = byte(c)
			got := make([]byte, 36)
			n, ok := DecodeBase64(got, sent)
			want, err := base64.StdEncoding.DecodeString(string(sent))
			if may := err == nil && c != '\n' && c != '\r'; ok != may || ok && !bytes.Equal(got[:n], want) {
				t.Fatalf("%q is decoded as %q, %v", sent, got[:n], ok)
			}
		}
	}
	var all []byte
	for i := range 200 {
		all = append(all, byte(i*37))
		if got, want := string(AppendBase64(nil, all)), base64.StdEncoding.EncodeToString(all); got != want {
			t.Fatalf("%d bytes are encoded as %q, want %q", i+1, got, want)
		}
	}
}

func BenchmarkBase64(b *testing.B) {
	src := bytes.Repeat([]byte{0xfb, 0x01, 0x7e}, 67)[:200]
	b.Run("encode", func(b *testing.B) {
		var dst []byte
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			dst = AppendBase64(dst[:0], src)
		}
	})
	b.Run("decode", func(b *testing.B) {
		text, dst := AppendBase64(nil, src), make([]byte, 300)
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			_, _ = DecodeBase64(dst, text)
		}
	})
	b.Run("decode-std", func(b *testing.B) {
		text, dst := AppendBase64(nil, src), make([]byte, 300)
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			_, _ = base64.StdEncoding.Decode(dst, text)
		}
	})
}

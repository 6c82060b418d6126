package localstack

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// FuzzUnframe: what was put into frames comes out of them, and nothing is made up of frames that are cut short.
func FuzzUnframe(f *testing.F) {
	f.Add(append([]byte{1, 0, 0, 0, 0, 0, 0, 2}, "ab"...), 1)
	f.Add(append([]byte{1, 0, 0, 0, 0, 0, 0, 9}, "cut short"[:4]...), 5)
	f.Add([]byte{2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1}, 0)
	f.Add([]byte{1, 0, 0}, 3)
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		var out bytes.Buffer
		if _ = unframe(bytes.NewReader(in), &out); out.Len() > max(len(in)-8, 0) {
			t.Fatalf("%d bytes of %d", out.Len(), len(in))
		}
		var framed []byte
		cut = min(max(cut, 0), len(in))
		for _, part := range [][]byte{in[:cut], in[cut:]} {
			framed = binary.BigEndian.AppendUint32(append(framed, 1, 0, 0, 0), uint32(len(part)))
			framed = append(framed, part...)
		}
		out.Reset()
		if err := unframe(bytes.NewReader(framed), &out); err != nil || !bytes.Equal(out.Bytes(), in) {
			t.Fatalf("%q came back as %q, %v", in, out.Bytes(), err)
		}
	})
}

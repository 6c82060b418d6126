package generators

import (
	"bytes"
	"fmt"
	"math"
	"testing"
)

func TestIdentityRoundTrip(t *testing.T) {
	for _, row := range []struct {
		name   string
		run    uint32
		lane   uint32
		number uint64
		want   string
	}{
		{"zero", 0, 0, 0, `{"wt":"00000000.0000.000000000000",`},
		{"digits", 0x1a2b3c4d, 0x00ef, 0x0123456789ab, `{"wt":"1a2b3c4d.00ef.0123456789ab",`},
		{"largest", math.MaxUint32, MaxLanes - 1, 1<<48 - 1, `{"wt":"ffffffff.ffff.ffffffffffff",`},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := AppendIdentity([]byte("x"), row.run, row.lane, row.number)
			if string(b) != "x"+row.want {
				t.Fatalf("got %s", b)
			}
			run, lane, number, ok := ParseIdentity(append(b[1:], `"ts":1}`...))
			if !ok || run != row.run || lane != row.lane || number != row.number {
				t.Errorf("got %x %x %x %v", run, lane, number, ok)
			}
		})
	}
}

func TestIdentityLeavesOutHigherBits(t *testing.T) {
	if got := AppendIdentity(nil, 1, 1<<16|2, 1<<48|3); string(got) != `{"wt":"00000001.0002.000000000003",` {
		t.Errorf("got %s", got)
	}
}

func TestParseIdentityRefuses(t *testing.T) {
	good := string(AppendIdentity(nil, 1, 2, 3))
	for _, row := range []struct{ name, body string }{
		{"nothing", ""},
		{"cut off", good[:len(good)-1]},
		{"other member", `{"id":"00000001.0002.000000000003",`},
		{"space", " " + good},
		{"capitals", `{"wt":"0000000A.0002.000000000003",`},
		{"no dots", `{"wt":"00000001-0002-000000000003",`},
		{"no comma", `{"wt":"00000001.0002.000000000003"}`},
		{"no digit", `{"wt":"00000001.0002.00000000000g",`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, _, _, ok := ParseIdentity([]byte(row.body)); ok {
				t.Errorf("took %q", row.body)
			}
			if i := NextIdentity([]byte(row.body)); i > 0 && row.name != "space" {
				t.Errorf("found one at %d of %q", i, row.body)
			}
		})
	}
}

func TestNextIdentityFindsEveryBody(t *testing.T) {
	for _, between := range []string{"", "\n", `{"wt":"no identity"}`} {
		var all []byte
		g := must(NewClickstream(Config{Seed: 1}, ClickstreamConfig{}))
		const n = 200
		for _, d := range draw(g.Lane(0), n) {
			all = append(append(all, d.body...), between...)
		}
		found := 0
		for at := 0; ; found++ {
			i := NextIdentity(all[at:])
			if i < 0 {
				break
			}
			at += i
			if _, _, number, ok := ParseIdentity(all[at:]); !ok || number != uint64(found) {
				t.Fatalf("with %q between: body %d is number %d", between, found, number)
			}
			at++
		}
		if found != n {
			t.Errorf("with %q between: found %d of %d", between, found, n)
		}
	}
}

func TestHexDigits(t *testing.T) {
	r := random{}
	for range 10_000 {
		v := r.next()
		var b [28]byte
		putHex16(b[:], v)
		putHex8(b[16:], uint32(v))
		putHex4(b[24:], uint32(v))
		if want := fmt.Sprintf("%016x%08x%04x", v, uint32(v), uint16(v)); string(b[:]) != want {
			t.Fatalf("got %s, want %s", b, want)
		}
	}
}

func FuzzParseIdentity(f *testing.F) {
	f.Add(AppendIdentity(nil, 1, 2, 3))
	f.Add([]byte(`{"wt":"00000001.0002.000000000003",{"wt":"`))
	f.Fuzz(func(t *testing.T, body []byte) {
		run, lane, number, ok := ParseIdentity(body)
		if ok && !bytes.HasPrefix(body, AppendIdentity(nil, run, lane, number)) {
			t.Errorf("%q does not come back", body)
		}
		i := NextIdentity(body)
		if ok != (i == 0) {
			t.Errorf("parsed %v, but next at %d", ok, i)
		}
		if i > 0 {
			if _, _, _, ok := ParseIdentity(body[i:]); !ok {
				t.Errorf("nothing at %d of %q", i, body)
			}
		}
	})
}

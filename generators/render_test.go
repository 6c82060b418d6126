package generators

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestNumbers(t *testing.T) {
	r := random{}
	values := []uint64{0, 1, 9, 10, 99, 100, 1<<64 - 1}
	for _, ten := range tens {
		values = append(values, ten-1, ten, ten+1)
	}
	for shift := range 64 {
		values = append(values, r.next()>>shift)
	}
	var b [24]byte
	for _, v := range values {
		want := strconv.FormatUint(v, 10)
		if n := putUint(b[:], v); string(b[:n]) != want || digits(v) != int32(n) {
			t.Errorf("%d: wrote %q, digits %d", v, b[:n], digits(v))
		}
	}
}

func TestHundredths(t *testing.T) {
	for v, want := range map[int32]string{0: "0.00", 5: "0.05", -5: "-0.05", 99: "0.99", -100: "-1.00", 101_325: "1013.25", -2_000_000_000: "-20000000.00"} {
		var b [16]byte
		if n := putHundredths(b[:], v); string(b[:n]) != want || hundredthsLen(v) != int32(n) {
			t.Errorf("%d: %q, length %d", v, b[:n], hundredthsLen(v))
		}
	}
}

func TestStamp(t *testing.T) {
	for _, from := range []time.Time{start, {}, time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Date(2024, 2, 29, 1, 0, 0, 0, time.FixedZone("", 3600))} {
		s := newStamp(from)
		for _, due := range []time.Duration{0, time.Millisecond, time.Second, 0, 40 * time.Hour, time.Nanosecond, 1<<63 - 1} {
			if due > 1e18 && from.Nanosecond() > 0 {
				continue // the sum of both overflows
			}
			var b [24]byte
			s.put(b[:], due)
			if want := from.Add(due).UTC().Format("2006-01-02T15:04:05.000Z"); string(b[:]) != want {
				t.Errorf("%v + %v is %s, want %s", from, due, b, want)
			}
		}
	}
}

func TestUUIDsAreOfVersion4(t *testing.T) {
	seen := make(map[string]bool)
	for i := range uint64(10_000) {
		b := []byte("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
		putUUID(b, nth(1, i), i)
		if seen[string(b)] || b[14] != '4' || !strings.Contains("89ab", string(b[19])) || strings.Trim(string(b), "0123456789abcdef-") != "" {
			t.Fatalf("%s", b)
		}
		seen[string(b)] = true
	}
}

func TestPaddingIsJSONOfItsLength(t *testing.T) {
	text := newFiller(1)
	for _, n := range []int32{9, 10, 100, 64 << 10, 64<<10 + 9, 200_000} {
		for _, from := range []uint64{0, 7, 1 << 60, uint64(len(text)) - 1} {
			b := make([]byte, n)
			if got := putPad(b, n, text, from); got != int(n) {
				t.Fatalf("wrote %d of %d", got, n)
			}
			if !json.Valid([]byte(fmt.Sprintf(`{"a":1%s}`, b))) {
				t.Fatalf("no JSON of %d bytes from %d", n, from)
			}
		}
	}
}

func TestPoolsAreJSON(t *testing.T) {
	for seed := range uint64(3) {
		for _, p := range newPages(seed, 500).all {
			if !json.Valid([]byte(`{"page":"` + p.path + `"` + p.detail + `}`)) {
				t.Errorf("%q %s", p.path, p.detail)
			}
		}
		for _, m := range newMerchants(seed, 500) {
			if !json.Valid([]byte(`{"a":1` + m.text + `}`)) {
				t.Errorf("%s", m.text)
			}
		}
	}
	for _, d := range newDevices() {
		if !json.Valid([]byte(`{"a":1`+d.device+d.agent+`}`)) || strings.Contains(d.agent, "%!") {
			t.Errorf("%s %s", d.device, d.agent)
		}
	}
}

func TestUnknownWords(t *testing.T) {
	known := []string{"userId", "sessionId"}
	for word, want := range map[string]string{
		"userID": `unknown "userID" (did you mean "userId"?), want userId, sessionId`,
		"sesion": `unknown "sesion" (did you mean "sessionId"?), want userId, sessionId`,
		"zzzzzz": `unknown "zzzzzz", want userId, sessionId`,
		"":       `unknown "", want userId, sessionId`,
	} {
		if got := unknown(word, known).Error(); got != want {
			t.Errorf("got %s", got)
		}
	}
}

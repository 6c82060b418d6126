package scenarios

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestUnits(t *testing.T) {
	read := map[string]func(string) (fmt.Stringer, error){
		"duration": func(s string) (fmt.Stringer, error) { return ParseDuration(s) },
		"bytes":    func(s string) (fmt.Stringer, error) { return ParseBytes(s) },
		"rate":     func(s string) (fmt.Stringer, error) { return ParseRate(s) },
		"share":    func(s string) (fmt.Stringer, error) { return ParseShare(s) },
	}
	rows := []struct{ unit, text, want string }{
		{"duration", "0", "0s"},
		{"duration", "5s", "5s"},
		{"duration", "90s", "1m30s"},
		{"duration", "60m", "1h"},
		{"duration", "3600.5s", "1h0m0.5s"},
		{"duration", "24h", "24h"},
		{"duration", "1h5s", "1h0m5s"},
		{"duration", "250us", "250µs"},
		{"duration", "1.5ms", "1.5ms"},
		{"bytes", "0B", "0B"},
		{"bytes", "500B", "500B"},
		{"bytes", "1024B", "1KiB"},
		{"bytes", "1.5KiB", "1536B"},
		{"bytes", "1MB", "1000000B"},
		{"bytes", "1kB", "1000B"},
		{"bytes", "2048MiB", "2GiB"},
		{"rate", "0/s", "0/s"},
		{"rate", "2000/s", "2000/s"},
		{"rate", "0.5/s", "0.5/s"},
		{"rate", "60/m", "1/s"},
		{"rate", "3600/h", "1/s"},
		{"share", "0%", "0%"},
		{"share", "0.1%", "0.1%"},
		{"share", "30%", "30%"},
		{"share", "99.99%", "99.99%"},
		{"share", "100%", "100%"},
		{"share", "0.000001%", "0.000001%"},
		{"share", "130%", "130%"},
	}
	for _, row := range rows {
		t.Run(row.unit+" "+row.text, func(t *testing.T) {
			v, err := read[row.unit](row.text)
			if err != nil {
				t.Fatal(err)
			}
			if v.String() != row.want {
				t.Errorf("found %s, want %s", v, row.want)
			}
			if again, err := read[row.unit](v.String()); err != nil || again != v {
				t.Errorf("%s comes back as %v, %v", v, again, err)
			}
		})
	}
	refused := map[string][]string{
		"duration": {"", "5", "-5s", "+5s", "5 s", "5d", ".5s", "5.s", "1e3s", "5S", "9999999999h"},
		"bytes":    {"", "5", "-5B", "0.5B", "5 B", "5b", "5M", "1TiB", "0x10B", "0.1KiB", "99999999999GiB"},
		"rate":     {"", "5", "-5/s", "5/d", "5 /s", "5/S", "1e3/s", "Inf/s", "NaN/s", "2k/s", "/s"},
		"share":    {"", "5", "-5%", "5 %", "%", "1e3%", "Inf%", "0.1"},
	}
	for unit, texts := range refused {
		for _, text := range texts {
			t.Run("refuses "+unit+" "+text, func(t *testing.T) {
				if v, err := read[unit](text); err == nil {
					t.Errorf("found %v, want an error", v)
				}
			})
		}
	}
}

// TestUnitsRoundTrip holds that no value changes by being written.
func TestUnitsRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		d := Duration(r.Int64N(int64(longest)) >> r.IntN(50))
		if got, err := ParseDuration(d.String()); err != nil || got != d {
			t.Fatalf("duration %d is written %v and read %d, %v", int64(d), d, int64(got), err)
		}
		b := Bytes(r.Int64N(1<<53) >> r.IntN(50))
		if got, err := ParseBytes(b.String()); err != nil || got != b {
			t.Fatalf("size %d is written %v and read %d, %v", int64(b), b, int64(got), err)
		}
		x := r.Float64() * math.Pow(10, float64(r.IntN(20)-12))
		if got, err := ParseRate(Rate(x).String()); err != nil || float64(got) != x {
			t.Fatalf("rate %g is written %v and read %g, %v", x, Rate(x), float64(got), err)
		}
		if got, err := ParseShare(Share(x).String()); err != nil || float64(got) != x {
			t.Fatalf("share %g is written %v and read %g, %v", x, Share(x), float64(got), err)
		}
	}
}

func ExampleParseRate() {
	rate, err := ParseRate("120/m")
	fmt.Println(rate, err)
	_, err = ParseRate("2000")
	fmt.Println(err)
	// Output:
	// 2/s <nil>
	// found "2000", want a rate with its unit, such as 2000/s or 60/m
}

func ExampleDuration() {
	fmt.Println(Duration(90*time.Minute), Duration(1500*time.Millisecond))
	// Output: 1h30m 1.5s
}

package scenarios

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzUnits holds that what a grammar of values takes is within its range and is written as a text that reads as the same value.
func FuzzUnits(f *testing.F) {
	for _, text := range []string{
		"0", "5s", "1h30m", "250ms", "1.5µs", "9999999h", "-1s", "0B", "500B", "1.5KiB", "2MiB", "3GB", "0.5B", "9007199254740993B", "2000/s", "60/m", "0.1/h", "1e3/s",
		"0.1%", "30%", "150%", "00.010%", "off", "aws", "10x", ".5x", "1000001x", "0.0001x", "NaNx", "+1x", "1_0/s", strings.Repeat("9", 400) + "/s",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := ParseDuration(text); err == nil {
			std, stdErr := time.ParseDuration(text)
			if again, err := ParseDuration(d.String()); err != nil || again != d || d < 0 || stdErr != nil || std != d.Std() {
				t.Errorf("duration %q is %v, then %v, %v; by package time %v, %v", text, d, again, err, std, stdErr)
			}
		}
		if b, err := ParseBytes(text); err == nil {
			if again, err := ParseBytes(b.String()); err != nil || again != b || b < 0 {
				t.Errorf("size %q is %v, then %v, %v", text, b, again, err)
			}
		}
		if r, err := ParseRate(text); err == nil {
			if again, err := ParseRate(r.String()); err != nil || again != r || !(r >= 0) || math.IsInf(float64(r), 0) {
				t.Errorf("rate %q is %v, then %v, %v", text, r, again, err)
			}
		}
		if s, err := ParseShare(text); err == nil {
			if again, err := ParseShare(s.String()); err != nil || again != s || !(s >= 0) || math.IsInf(float64(s), 0) {
				t.Errorf("share %q is %v, then %v, %v", text, s, again, err)
			}
		}
		if x, err := ParseFactor(text); err == nil {
			if again, err := ParseFactor(x.String()); err != nil || again != x || !(x >= 0.001) {
				t.Errorf("factor %q is %v, then %v, %v", text, x, again, err)
			}
		}
	})
}

// FuzzLimits holds that what --limits takes changes what it names, and that the words of it set the same again.
func FuzzLimits(f *testing.F) {
	for _, text := range []string{"off", "aws", "10x", "kinesis=off", "kinesis.writeRecords=10x", "firehose.batchBytes=0.5x", "1000000x", "kinesis.=1x", "kinesis.nothing=off", "lambda=off", "=off", "a=b=c"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var l, again Limits
		if l.Set(text) != nil {
			return
		}
		for _, word := range l.Words() {
			if err := again.Set(strings.Replace(word, " ", "=", 1)); err != nil {
				t.Fatalf("%q is %q, which is refused: %v", text, l.Words(), err)
			}
		}
		if diff := cmp.Diff(l.Words(), again.Words()); diff != "" {
			t.Fatalf("%q (-first +again):\n%s", text, diff)
		}
	})
}

// FuzzTrace holds that what a trace takes goes up from 0, and is written as lines that read as the same points.
func FuzzTrace(f *testing.F) {
	for _, text := range []string{"seconds,rate\n0,100\n1.5,2e3\n", "0,1\n1,2\n", "0,1\r\n\r\n# a\r\n0.000000001,0.1", "0,1\n0,1\n", "0,-1\n1,1\n", "1,1\n2,2\n", "0,1", "0;1\n", "0,1,2\n1,2\n", "0,\n1,\n"} {
		f.Add([]byte(text))
	}
	f.Add([]byte(strings.Repeat("\r", 1000) + "1,1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		points, wrong := parseTrace(data)
		if wrong != nil {
			if wrong.Line < 1 || wrong.Column < 1 || wrong.Message == "" || len(wrong.Message) > 1000 {
				t.Fatalf("an error that does not say where: %+v", wrong)
			}
			return
		}
		for i, p := range points {
			if i == 0 && p.At != 0 || i > 0 && p.At <= points[i-1].At || !(p.Rate >= 0 && p.Rate <= fastest) {
				t.Fatalf("point %d is %+v", i, p)
			}
		}
		text := traceLines.encode(points, sparse).text
		again, wrong := parseTrace([]byte(text))
		if wrong != nil {
			t.Fatalf("%q is refused: %v", text, wrong)
		}
		if diff := cmp.Diff(points, again); diff != "" {
			t.Fatalf("written as %q (-first +again):\n%s", text, diff)
		}
	})
}

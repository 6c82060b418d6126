package kinesis

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"
)

// FuzzToken: a token that is taken is written again as a token of the same content; one that is damaged is taken for none.
func FuzzToken(f *testing.F) {
	for _, tk := range []token{
		{stream: "s", shard: "shardId-000000000001", issued: 123456789},
		{stream: "s", issued: 5, filter: &ShardFilter{Type: new("AT_TIMESTAMP"), Timestamp: &Timestamp{time.Unix(3, 4)}}},
	} {
		f.Add([]byte(tk.String()), 3)
	}
	f.Add([]byte(seal('t', nil)), 0)
	f.Add([]byte(seal('t', []byte{2, 9, 'a'})), 0)
	f.Add([]byte("AAAA"), 0)
	f.Fuzz(func(t *testing.T, text []byte, at int) {
		// The sum at the end keeps a fuzzer out, so that it may write the content itself.
		for _, s := range []string{string(text), seal('t', text)} {
			tk, ok := parseToken(s)
			if !ok {
				continue
			}
			if again, ok := parseToken(tk.String()); !ok || again.String() != tk.String() {
				t.Fatalf("%+v came back as %+v, %v", tk, again, ok)
			}
			if i := at % len(s); i >= 0 && s[i] != '\n' && s[i] != '\r' {
				damaged := []byte(s)
				damaged[i] ^= 1
				if _, ok := parseToken(string(damaged)); ok {
					t.Fatalf("%q is taken though its letter %d is another", damaged, i)
				}
			}
		}
	})
}

// FuzzTimestamp: a number of seconds is read as math/big reads it, to the nanosecond, as far as it goes.
func FuzzTimestamp(f *testing.F) {
	for _, text := range []string{"0", "-0.5", "1459799926.480", "1459799926.123456789123", "-1.999999999999", "1e300", "1.45979992648E9", "99999999999999999999", `"now"`, "null", "true", "-0"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got Timestamp
		if !json.Valid(text) || got.UnmarshalJSON(text) != nil || strings.ContainsAny(string(text), "eE") {
			return
		}
		text = []byte(strings.TrimSpace(string(text)))
		if string(text) == "null" {
			return
		}
		want, ok := new(big.Rat).SetString(string(text))
		if !ok {
			t.Fatalf("%q is no number and is read as %v", text, got)
		}
		ns := want.Mul(want, new(big.Rat).SetInt64(1e9))
		exact := new(big.Int).Quo(ns.Num(), ns.Denom())
		if last := new(big.Int).Mul(big.NewInt(farthest), big.NewInt(1e9)); exact.CmpAbs(last) >= 0 {
			exact = last.Mul(last, big.NewInt(int64(exact.Sign())))
		}
		is := new(big.Int).Add(new(big.Int).Mul(big.NewInt(got.Unix()), big.NewInt(1e9)), big.NewInt(int64(got.Nanosecond())))
		if is.Cmp(exact) != 0 {
			t.Fatalf("%q is read as %v ns, want %v", text, is, exact)
		}
	})
}

// FuzzARN: names and ARNs of streams and consumers that go together are taken apart as they were put together.
func FuzzARN(f *testing.F) {
	f.Add("orders", "reader", int64(1795951613), "arn:aws:kinesis:eu-west-1:123456789012:stream/orders/consumer/reader:1")
	f.Add("a.b", "c-d", int64(0), "/consumer/")
	f.Add("", "", int64(-1), ":stream/")
	f.Fuzz(func(t *testing.T, stream, name string, created int64, text string) {
		of, who := splitConsumerARN(text)
		if !strings.HasPrefix(text, of) || strings.Contains(who, ":") || StreamOf(nil, &of) != StreamOfConsumer(&text, nil) {
			t.Fatalf("%q is the consumer %q of %q", text, who, of)
		}
		if !strings.Contains(text, StreamOfResource(&text)) {
			t.Fatalf("%q is of %q", text, StreamOfResource(&text))
		}
		if !nameRule.pattern.matches(stream) || !nameRule.pattern.matches(name) {
			return
		}
		s := &Service{cfg: Config{Account: "123456789012", Region: "eu-west-1"}}
		arn := s.consumerARN(stream, name, time.Unix(created, 0))
		if of, who := splitConsumerARN(arn); of != s.StreamARN(stream) || who != name || StreamOfConsumer(&arn, nil) != stream || StreamOfResource(&arn) != stream {
			t.Fatalf("%q is the consumer %q of %q", arn, who, of)
		}
	})
}

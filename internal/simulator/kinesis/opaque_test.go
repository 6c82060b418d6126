package kinesis

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
)

func FuzzIterator(f *testing.F) {
	f.Add(iterator{issued: 1, created: 2, pos: 3, shard: 4, stream: "s"}.String())
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if it, ok := parseIterator(s); ok && it.String() != strings.NewReplacer("\n", "", "\r", "").Replace(s) {
			t.Fatalf("%q was written back as %q", s, it)
		}
		_, _ = parseToken(s)
	})
}

func TestTokens(t *testing.T) {
	for _, tk := range []token{
		{stream: "s", created: 987654321, shard: "shardId-000000000001", issued: 123456789},
		{stream: strings.Repeat("n", 128), issued: 1},
		{stream: "s", issued: 5, filter: &ShardFilter{Type: new("AT_LATEST")}},
		{stream: "s", issued: 5, filter: &ShardFilter{Type: new("AT_TIMESTAMP"), Timestamp: &Timestamp{time.Unix(3, 4)}}},
	} {
		back, ok := parseToken(tk.String())
		if !ok || back.stream != tk.stream || back.shard != tk.shard || back.issued != tk.issued || back.created != tk.created || (back.filter == nil) != (tk.filter == nil) {
			t.Errorf("%+v came back as %+v, %v", tk, back, ok)
			continue
		}
		if tk.filter != nil && *tk.filter.Type != *back.filter.Type {
			t.Errorf("filter %s came back as %s", *tk.filter.Type, *back.filter.Type)
		}
		if tk.filter != nil && tk.filter.Timestamp != nil && !tk.filter.Timestamp.Equal(back.filter.Timestamp.Time) {
			t.Errorf("timestamp came back as %v", back.filter.Timestamp)
		}
	}
	if _, ok := parseToken(iterator{stream: "s"}.String()); ok {
		t.Error("a shard iterator was taken for a token")
	}
}

func TestTimestamp(t *testing.T) {
	tests := []struct {
		text string
		want int64 // unix nanoseconds
		ok   bool
	}{
		{"0", 0, true},
		{"1459799926.480", 1459799926_480000000, true},
		{"1459799926.1", 1459799926_100000000, true},
		{"1459799926.123456789123", 1459799926_123456789, true},
		{"1.45979992648E9", 1459799926_480000000, true},
		{"-1.5", -1_500000000, true},
		{"-0.25", -250000000, true},
		{`"2016-04-04T19:58:46.480-00:00"`, 0, false},
		{"1e300", math.MaxInt64, true},
		{"-1e300", math.MinInt64, true},
		{"-1e999", math.MinInt64, true},
		{"99999999999999999999", math.MaxInt64, true},
		{"-99999999999999999999.5", math.MinInt64, true},
		{"9223372035.999999999", 9223372035_999999999, true}, // the last second that nanoseconds reach whole
		{"9223372036", math.MaxInt64, true},
		{"-9223372036", math.MinInt64, true},
		{"1795967844555", math.MaxInt64, true}, // of milliseconds
		{"true", 0, false},
	}
	for _, tt := range tests {
		var got Timestamp
		err := got.UnmarshalJSON([]byte(tt.text))
		if (err == nil) != tt.ok || tt.ok && got.UnixNano() != tt.want {
			t.Errorf("%s was read as %v, %v", tt.text, got, err)
		}
	}
	var far Timestamp
	for text, ms := range map[string]int64{"1795967844555": 1795967844555000, "1e18": FarthestMillis, "-1000000000000000000.5": -FarthestMillis} {
		if err := far.UnmarshalJSON([]byte(text)); err != nil || far.UnixMilli() != ms {
			t.Errorf("%s was read as %d ms, %v, want %d", text, far.UnixMilli(), err, ms)
		}
	}
	b, err := json.Marshal(Timestamp{time.Unix(1459799926, 480_999_999)})
	if err != nil || string(b) != "1459799926.480" {
		t.Errorf("written as %s, %v", b, err)
	}
}

func TestLatencies(t *testing.T) {
	if ModelAWS().Put.P50 <= 0 || (Model{}) == ModelAWS() {
		t.Error("the profile aws has no times")
	}
	for limit, want := range map[Limit]string{LimitNone: "none", LimitRecords: "records", LimitBytes: "bytes", LimitReads: "reads", LimitInjected: "injected", LimitInternal: "internal"} {
		if limit.String() != want {
			t.Errorf("%d is %s", limit, limit)
		}
	}
}

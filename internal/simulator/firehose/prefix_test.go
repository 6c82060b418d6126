package firehose

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// arrival is the instant of the tests: a day of the year and an hour with two different digits.
var arrival = time.Date(2025, time.March, 4, 15, 8, 7, 65_000_000, time.UTC)

func TestPrefix(t *testing.T) {
	tests := []struct{ name, prefix, want string }{
		{"none", "", "2025/03/04/15/"},
		{"literal with a slash", "clicks/", "clicks/2025/03/04/15/"},
		{"literal without a slash is concatenated as it is", "legacy", "legacy2025/03/04/15/"},
		{"an expression suppresses the default", "clicks/!{timestamp:yyyy}/", "clicks/2025/"},
		{"the guide's example", "myPrefix/!{timestamp:yyyy/MM/dd}/", "myPrefix/2025/03/04/"},
		{"hive style", "year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/", "year=2025/month=03/day=04/hour=15/"},
		{"quoted text", "!{timestamp:'year='yyyy'/month='MM''d}", "year=2025/month=03'4"},
		{"a quote within quotes", "!{timestamp:'it''s' H}", "it's 15"},
		{"short forms", "!{timestamp:yy-M-d H:m:s}", "25-3-4 15:8:7"},
		{"day of the year", "!{timestamp:DDD}-!{timestamp:D}", "063-63"},
		{"half day and fraction", "!{timestamp:hh:mm:ss.SSS}", "03:08:07.065"},
		{"no letters", "!{timestamp:/}", "/"},
		{"an empty pattern", "a!{timestamp:}b", "ab"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := parsePrefix(tt.prefix)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(p.appendTo(nil, arrival)); got != tt.want {
				t.Errorf("%q becomes %q, want %q", tt.prefix, got, tt.want)
			}
		})
	}
}

func TestPrefixIsRefused(t *testing.T) {
	tests := []struct{ name, prefix, code, says string }{
		{"random string", "!{firehose:random-string}/", codeInvalidArgument, "wavetank does not emulate the expression !{firehose:random-string}"},
		{"partition key", "!{partitionKeyFromQuery:customer}/", codeInvalidArgument, "!{partitionKeyFromQuery:customer}"},
		{"unknown namespace", "!{time:yyyy}", codeInvalidArgument, `Namespace "time"`},
		{"no namespace", "!{yyyy}", codeInvalidArgument, "!{namespace:value}"},
		{"not closed", "a/!{timestamp:yyyy", codeInvalidArgument, "no closing brace"},
		{"month by name", "!{timestamp:MMM}", codeInvalidArgument, "pattern MMM"},
		{"unknown letter", "!{timestamp:yyyy-QQ}", codeInvalidArgument, "pattern QQ"},
		{"eleven letters", "!{timestamp:SSSSSSSSSSS}", codeInvalidArgument, "pattern SSSSSSSSSSS"},
		{"open quote", "!{timestamp:'yyyy}", codeInvalidArgument, "quote is not closed"},
		{"reserved", "!{timestamp:[yyyy]}", codeInvalidArgument, "reserved"},
		{"too long", strings.Repeat("x", 1025), codeValidation, "less than or equal to 1024"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parsePrefix(tt.prefix)
			var e *Error
			if !errors.As(err, &e) || e.Code != tt.code || !strings.Contains(e.Message, tt.says) {
				t.Errorf("error %v, want %s that says %q", err, tt.code, tt.says)
			}
		})
	}
}

func FuzzPrefix(f *testing.F) {
	for _, s := range []string{"", "a/!{timestamp:yyyy/MM/dd}/", "!{timestamp:'a''b'H}", "!{", "!{timestamp:''}", "!{firehose:x}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePrefix(text)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%T is not an error of AWS: %v", err, err)
			}
			return
		}
		got := string(p.appendTo(nil, arrival))
		if !strings.Contains(text, "!{") && got != text+"2025/03/04/15/" {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}

func TestObjectKey(t *testing.T) {
	tests := []struct {
		name   string
		stream DeliveryStream
		want   string
	}{
		{"default", DeliveryStream{Name: "clicks-to-s3"}, "2025/03/04/15/clicks-to-s3-1-2025-03-04-15-08-07-00000000-0000-4000-8000-000000000000"},
		{"prefix and gzip", DeliveryStream{Name: "d", Prefix: "p/", Compression: Gzip}, "p/2025/03/04/15/d-1-2025-03-04-15-08-07-00000000-0000-4000-8000-000000000000.gz"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := parsePrefix(tt.stream.Prefix)
			if err != nil {
				t.Fatal(err)
			}
			d := &deliveryStream{config: tt.stream, prefix: p}
			if got := d.objectKey(arrival.UnixNano(), "00000000-0000-4000-8000-000000000000"); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestUUIDs(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(10) {
		for n := range uint64(100) {
			u := uuid(mix(seed), n)
			if u != uuid(mix(seed), n) || seen[u] {
				t.Fatalf("uuid %d of seed %d is %s: not the same twice, or not new", n, seed, u)
			}
			if len(u) != 36 || u[14] != '4' || !strings.ContainsRune("89ab", rune(u[19])) {
				t.Fatalf("%s is not a version 4 UUID", u)
			}
			seen[u] = true
		}
	}
}

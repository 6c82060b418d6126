package account

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// FuzzJournal: of whatever a crash left, what was read and written again reads as the same run and the same resources.
func FuzzJournal(f *testing.F) {
	const (
		run  = `{"event":"run","run":{"id":"a1"}}` + "\n"
		will = `{"event":"will","resource":{"kind":"stream","name":"s","region":"us-east-1","account":"123456789012"}}` + "\n"
	)
	f.Add([]byte(run + will + strings.Replace(will, "will", "made", 1)))
	f.Add([]byte(run + will + strings.Replace(will, "will", "gone", 1) + will[:20]))
	f.Add([]byte(will + "null\n\n[]\n" + strings.Replace(will, "stream", "role", 1) + strings.NewReplacer("stream", "role", "us-east-1", "eu-west-1").Replace(will)))
	f.Fuzz(func(t *testing.T, file []byte) {
		first, torn, err := readEntries(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("memory cannot be read: %v", err)
		}
		if want := len(file) > 0 && file[len(file)-1] != '\n'; torn != want {
			t.Fatalf("torn is %v, want %v", torn, want)
		}
		var again bytes.Buffer
		out := json.NewEncoder(&again)
		write := func(e entry) {
			if err := out.Encode(e); err != nil {
				t.Fatal(err)
			}
		}
		if first.run != nil {
			write(entry{Event: eventRun, Run: first.run})
		}
		for i := range first.left.resources {
			write(entry{Event: eventWill, Resource: &first.left.resources[i]})
		}
		second, _, err := readEntries(&again)
		if err != nil || !slices.Equal(first.left.resources, second.left.resources) {
			t.Fatalf("%+v came back as %+v, %v", first.left.resources, second.left.resources, err)
		}
		if (first.run == nil) != (second.run == nil) {
			t.Fatalf("run %+v came back as %+v", first.run, second.run)
		}
	})
}

// FuzzDeny: a list is read, or refused with file and line; and a pattern of it denies a name where a matcher of another make
// matches.
func FuzzDeny(f *testing.F) {
	f.Add("# all\n123456789012 # an account\narn:aws:kinesis:*:*:stream/orders\nprod-*\n", "prod-a")
	f.Add("a?c", "abc")
	f.Add("a?c", "abbc")
	f.Add("*a*b", "xaxb")
	f.Add("arn:aws:s3", "b")
	f.Add("12345", "12345")
	f.Add("a b", "a b")
	f.Fuzz(func(t *testing.T, list, name string) {
		d, err := parseDeny(list, "deny")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "deny:") || strings.HasPrefix(err.Error(), "deny:0:") {
				t.Fatalf("an error that does not say where: %v", err)
			}
			return
		}
		if strings.HasPrefix(name, "arn:") || strings.Contains(name, "\n") || !utf8.ValidString(name) {
			return // the other rules of ARNs are not this matcher's
		}
		want := false
		for _, r := range d.rules {
			if r.arn == nil && !r.account && wild(r.text, []rune(name)) {
				want = true
			}
			if r.arn != nil {
				return
			}
		}
		if got := d.Check("000000000000", []string{name}) != nil; got != want && !slices.ContainsFunc(d.rules, func(r denyRule) bool { return r.account && r.text == "000000000000" }) {
			t.Fatalf("%q denies %q: %v, want %v", list, name, got, want)
		}
	})
}

// wild matches letter by letter.
func wild(pattern string, name []rune) bool {
	row := make([]bool, len(name)+1) // whether what was seen of the pattern matches so many letters
	row[0] = true
	for _, p := range pattern {
		next := make([]bool, len(name)+1)
		next[0] = p == '*' && row[0]
		for i, c := range name {
			if p == '*' {
				next[i+1] = next[i] || row[i+1]
			} else {
				next[i+1] = row[i] && (p == '?' || p == c)
			}
		}
		row = next
	}
	return row[len(name)]
}

// FuzzARN: a resource that an ARN names has its account and region, and a name that is part of it.
func FuzzARN(f *testing.F) {
	for _, text := range []string{
		"arn:aws:kinesis:us-east-1:123456789012:stream/orders", "arn:aws:kinesis:us-east-1:123456789012:stream/orders/consumer/c:1",
		"arn:aws:lambda:us-east-1:123456789012:function:f", "arn:aws:lambda:us-east-1:123456789012:function:f:1", "arn:aws:s3:::bucket",
		"arn:aws:iam::123456789012:role/a/b", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f:*", "arn:", "", "arn:aws:firehose:::deliverystream/",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := parseARN(text)
		if !ok {
			return
		}
		a, err := arn.Parse(text)
		if err != nil || r.ARN != text || r.Region != a.Region || r.Account != a.AccountID || r.Name == "" || !strings.Contains(a.Resource, r.Name) {
			t.Fatalf("%q is %+v", text, r)
		}
	})
}

// FuzzBudget: a budget is an amount above nothing, with a number that has digits.
func FuzzBudget(f *testing.F) {
	for _, text := range []string{"5USD", "5 USD", "$5", "0.50usd", "$", "USD", "-1USD", "$inf", "$nan", "1e400USD", "$0x10", "$1_0", "$ 5 USD", ".001usd"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ParseBudget(text)
		if err == nil && (!(b > 0 && b < 1e308) && !strings.Contains(text, "e") && !strings.Contains(text, "E") || !strings.ContainsAny(text, "0123456789") || !strings.HasPrefix(b.String(), "$")) {
			t.Fatalf("%q is %v", text, float64(b))
		}
	})
}

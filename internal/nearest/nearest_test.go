package nearest

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"stream", "deliveryStream", "rate", "retry", "size", "interval", "maximumBatchingWindow", "GZIP", "at"}
	rows := []struct{ word, want string }{
		{"rte", "rate"},
		{"raet", "rate"},
		{"Rate", "rate"},
		{"steam", "stream"},
		{"delivery-stream", "deliveryStream"},
		{"gzip", "GZIP"},
		{"sizeInMBs", "size"},
		{"intervalInSeconds", "interval"},
		{"maximumBatchingWindowInSeconds", "maximumBatchingWindow"},
		{"x", ""},
		{"", ""},
		{"kubernetes", ""},
		{"日本", ""},
	}
	for _, row := range rows {
		if got := To(row.word, words); got != row.want {
			t.Errorf("%q: found %q, want %q", row.word, got, row.want)
		}
	}
}

func TestDistance(t *testing.T) {
	rows := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"abc", "abc", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "acb", 1}, {"abc", "xbc", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 1},
	}
	for _, row := range rows {
		if got := Distance([]rune(row.a), []rune(row.b)); got != row.want {
			t.Errorf("%q and %q: found %d, want %d", row.a, row.b, got, row.want)
		}
	}
}

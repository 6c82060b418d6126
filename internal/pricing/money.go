package pricing

import (
	"strconv"
	"strings"
)

// FormatUSD writes an amount as a person would say it: cents below $100, full dollars above, thousands separated, and
// "less than $0.01" for what is smaller than a cent.
func FormatUSD(usd float64) string {
	switch {
	case usd == 0:
		return "$0"
	case usd < 0:
		return "-" + FormatUSD(-usd)
	case usd < 0.01:
		return "less than $0.01"
	case usd < 99.995:
		return "$" + strconv.FormatFloat(usd, 'f', 2, 64)
	}
	digits := strconv.FormatFloat(usd, 'f', 0, 64)
	var b strings.Builder
	b.WriteByte('$')
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// Summary is the line about cost: "about $0.03 for this run, $812 a month at this rate, most of it Firehose (records are
// billed in steps of 5 KB)". The reason is that of the month.
func Summary(run, month Estimate) string {
	if run.Total == 0 && month.Total == 0 {
		return "nothing that is billed"
	}
	s := about(run.Total) + " for this run, " + FormatUSD(month.Total) + " a month at this rate"
	if why := month.Because(); why != "" {
		s += ", " + why
	}
	return s
}

// about puts the word before an amount that can bear it.
func about(usd float64) string {
	s := FormatUSD(usd)
	if usd > 0 && usd < 0.01 {
		return s
	}
	return "about " + s
}

package pricing

import (
	"fmt"
	"strconv"
	"strings"
)

// YAML writes the whole list in the format that [ReadList] reads, with how each item is counted and where its price is
// from: something to begin from.
func (l *List) YAML() []byte {
	var b strings.Builder
	for i, p := range l.Prices() {
		if i > 0 {
			b.WriteByte('\n')
		}
		from := p.Source
		if p.Confidence == Own {
			from = "your own, " + from
		} else {
			from = fmt.Sprintf("%s (%s, confidence %s)", from, p.Date, p.Confidence)
		}
		fmt.Fprintf(&b, "# %s, for one %s: %s.\n# From: %s.\n%s:", p.Name, p.unit(), p.Why, from, p.Item)
		if len(p.Tiers) == 1 {
			fmt.Fprintf(&b, " %s\n", writePrice(p.Tiers[0].USD))
			continue
		}
		b.WriteByte('\n')
		for _, t := range p.Tiers {
			if t.UpTo > 0 {
				fmt.Fprintf(&b, "  - {upTo: %s, usd: %s}\n", writeQuantity(t.UpTo), writePrice(t.USD))
			} else {
				fmt.Fprintf(&b, "  - {usd: %s}\n", writePrice(t.USD))
			}
		}
	}
	return []byte(b.String())
}

// writePrice writes a price so that it reads the same. What is below a thousandth of a cent is written for a million units
// or more, as AWS does.
func writePrice(usd float64) string {
	words := []string{"", "thousand", "million", "billion"}
	if usd > 0 && usd < 1e-5 {
		words = []string{"million", "billion", "thousand", ""}
	}
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(usd, 'e', -1, 64), "e")
	power, _ := strconv.Atoi(exponent) // it was just written
	for _, word := range words {
		text := point(digits, power+per[word])
		if word != "" {
			text += "/" + word
		}
		if priceText.MatchString(text) {
			return text
		}
	}
	return point(digits, power) // no price that was read
}

// point writes digits times a power of ten without an exponent: point("1.5", -3) is 0.0015.
func point(digits string, power int) string {
	whole, fraction, _ := strings.Cut(digits, ".")
	if power < 0 {
		whole = strings.Repeat("0", -power) + whole
		whole, fraction = whole[:1], whole[1:]+fraction
	} else {
		fraction += strings.Repeat("0", max(power-len(fraction), 0))
		whole, fraction = whole+fraction[:power], fraction[power:]
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		return whole + "." + fraction
	}
	return whole
}

func writeQuantity(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

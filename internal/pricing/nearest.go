package pricing

import (
	"fmt"
	"strings"
)

// suggest is what follows an unknown item in an error text: the nearest one, or all of them.
func suggest(word string) string {
	best, least := "", max(2, len(word)/3)+1
	names := make([]string, len(table))
	for i := range table {
		names[i] = string(table[i].Item)
		_, last, _ := strings.Cut(names[i], ".")
		if d := min(distance(word, names[i]), distance(word, last)); d < least {
			best, least = names[i], d
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	return " (known: " + strings.Join(names, ", ") + ")"
}

// distance counts the insertions, deletions and replacements between two words, case aside.
func distance(x, y string) int {
	a, b := []rune(strings.ToLower(x)), []rune(strings.ToLower(y))
	if len(a) > 2*len(b)+8 { // no need to look: it is far
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		before := row[0]
		row[0] = i + 1
		for j := range b {
			replaced := before
			if a[i] != b[j] {
				replaced++
			}
			before = row[j+1]
			row[j+1] = min(replaced, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}

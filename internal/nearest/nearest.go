// Package nearest finds the word that was meant where an unknown one was written: the end of an error text.
package nearest

import (
	"fmt"
	"strings"
)

// Suggest is what follows an unknown word in an error text: the nearest known word, if any is near, and what is known. A
// long list is left out where a near word answers.
func Suggest(word string, known []string) string {
	near := Hint(word, known)
	switch {
	case len(known) == 0:
		return " (there is none)"
	case near != "" && len(known) > LongList:
		return near
	}
	return near + " (known: " + strings.Join(known, ", ") + ")"
}

// LongList is how many words a line of text bears beside a better answer.
const LongList = 14

// Hint is "; did you mean …?" with the known word nearest to the one found, or nothing where none is near.
func Hint(word string, known []string) string {
	if near := To(word, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// To is the known word with the least edit distance to word, case aside: at most two edits, or a third of a longer
// word. A known word that word begins with counts as near too, so that sizeInMBs finds size. None is "".
func To(word string, known []string) string {
	lower := []rune(strings.ToLower(word))
	best, least := "", max(2, len(lower)/3)+1
	for _, k := range known {
		distance := Distance(lower, []rune(strings.ToLower(k)))
		if strings.HasPrefix(string(lower), strings.ToLower(k)) && len(k) > 2 {
			distance = min(distance, 2)
		}
		if distance < least && distance < len(k) {
			best, least = k, distance
		}
	}
	return best
}

// Distance counts the insertions, deletions, replacements and swaps of neighbours between two words.
func Distance(a, b []rune) int {
	before := make([]int, len(b)+1) // two rows up
	above := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}

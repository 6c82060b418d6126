package scenarios

import (
	"fmt"
	"strings"
)

// suggest is what follows an unknown word in an error text: the nearest known word, if any is near, and what is known. A
// long list is left out where a near word answers.
func suggest(word string, known []string) string {
	near := hint(word, known)
	switch {
	case len(known) == 0:
		return " (there is none)"
	case near != "" && len(known) > longList:
		return near
	}
	return near + " (known: " + strings.Join(known, ", ") + ")"
}

// longList is how many words a line of text bears beside a better answer.
const longList = 14

// hint is "; did you mean …?" with the known word nearest to the one found, or nothing where none is near.
func hint(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// nearest is the known word with the least edit distance to word, case aside: at most two edits, or a third of a longer
// word. A known word that word begins with counts as near too, so that sizeInMBs finds size. None is "".
func nearest(word string, known []string) string {
	lower := []rune(strings.ToLower(word))
	best, least := "", max(2, len(lower)/3)+1
	for _, k := range known {
		distance := editDistance(lower, []rune(strings.ToLower(k)))
		if strings.HasPrefix(string(lower), strings.ToLower(k)) && len(k) > 2 {
			distance = min(distance, 2)
		}
		if distance < least && distance < len(k) {
			best, least = k, distance
		}
	}
	return best
}

// editDistance counts the insertions, deletions, replacements and swaps of neighbours between two words.
func editDistance(a, b []rune) int {
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

// list joins words as a sentence does: "a", "a or b", "a, b or c".
func list(words []string) string { return enumerate(words, " or ") }

// and joins words that belong together: "a and b".
func and(words []string) string { return enumerate(words, " and ") }

func enumerate(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + last + words[n]
}

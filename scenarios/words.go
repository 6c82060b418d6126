package scenarios

import "strings"

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

package generators

import (
	"fmt"
	"strings"
)

// unknown is the error for a word that is none of the known ones, with the nearest of them where one is near.
func unknown(word string, known []string) error {
	best, distance := "", len(word)/2+1
	for _, k := range known {
		if d := editDistance(word, k); d < distance {
			best, distance = k, d
		}
	}
	if best != "" {
		return fmt.Errorf("unknown %q (did you mean %q?), want %s", word, best, strings.Join(known, ", "))
	}
	return fmt.Errorf("unknown %q, want %s", word, strings.Join(known, ", "))
}

// editDistance counts the bytes to insert, delete or replace to make b of a (Levenshtein), whatever their case.
func editDistance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

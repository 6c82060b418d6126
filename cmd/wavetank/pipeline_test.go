package main

import (
	"strings"
	"testing"
)

func TestTree(t *testing.T) {
	branches := []string{"process-clicks  batch 100", "clicks-to-s3"}
	for _, c := range []struct {
		name     string
		branches []string
		width    int
		want     string
	}{
		{"beside", branches, 60, "clicks  4 shards ─┬─ process-clicks  batch 100\n                  └─ clicks-to-s3"},
		{"exactly as wide", branches, 46, "clicks  4 shards ─┬─ process-clicks  batch 100\n                  └─ clicks-to-s3"},
		{"below", branches, 45, "clicks  4 shards\n ├─ process-clicks  batch 100\n └─ clicks-to-s3"},
		{"alone", nil, 5, "clicks  4 shards"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(tree("clicks  4 shards", c.branches, c.width), "\n"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

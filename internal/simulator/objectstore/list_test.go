package objectstore_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// flat is a listing as one line: keys and common prefixes, and an ellipsis where there is more.
func flat(p objectstore.ListPage) string {
	var all []string
	for _, o := range p.Objects {
		all = append(all, o.Key)
	}
	all = append(all, p.Prefixes...)
	slices.Sort(all)
	if p.Truncated {
		all = append(all, "…")
	}
	return strings.Join(all, " ")
}

func TestList(t *testing.T) {
	s := newStore(t, objectstore.Config{})
	for _, k := range []string{"b/2", "a", "b/1", "c/x/2", "c/x/1", "c/y", "d", "b", "e//f"} {
		put(t, s, k, "")
	}
	type query = objectstore.ListQuery
	tests := []struct {
		name string
		q    query
		want string
	}{
		{"all", query{}, "a b b/1 b/2 c/x/1 c/x/2 c/y d e//f"},
		{"prefix", query{Prefix: "c/x"}, "c/x/1 c/x/2"},
		{"prefix without objects", query{Prefix: "z"}, ""},
		{"top level", query{Delimiter: "/"}, "a b b/ c/ d e/"},
		{"one level down", query{Prefix: "c/", Delimiter: "/"}, "c/x/ c/y"},
		{"a prefix within a name", query{Prefix: "c", Delimiter: "/"}, "c/"},
		{"empty level", query{Prefix: "e/", Delimiter: "/"}, "e//"},
		{"long delimiter", query{Delimiter: "/x/"}, "a b b/1 b/2 c/x/ c/y d e//f"},
		{"after a key", query{After: "c/x/1"}, "c/x/2 c/y d e//f"},
		{"after what is no key", query{After: "bb"}, "c/x/1 c/x/2 c/y d e//f"},
		{"after a common prefix", query{After: "b/", Delimiter: "/"}, "c/ d e/"},
		{"after something before the prefix", query{Prefix: "c/", After: "a"}, "c/x/1 c/x/2 c/y"},
		{"a page", query{Max: 2}, "a b …"},
		{"exactly all", query{Max: 9}, "a b b/1 b/2 c/x/1 c/x/2 c/y d e//f"},
		{"a page that ends with a common prefix", query{Max: 3, Delimiter: "/"}, "a b b/ …"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, err := s.List("bucket", tt.q)
			if err != nil {
				t.Fatal(err)
			}
			if got := flat(page); got != tt.want {
				t.Errorf("listed %q, want %q", got, tt.want)
			}
		})
	}
	if _, err := s.List("elsewhere", query{}); !errors.Is(err, objectstore.ErrNoSuchBucket) {
		t.Errorf("no bucket: %v", err)
	}
}

// An object that takes another's place is a new one.
func TestObjectsAreNumberedInTheOrderOfTheirPuts(t *testing.T) {
	s := newStore(t, objectstore.Config{})
	for _, k := range []string{"b", "a", "c", "b"} {
		put(t, s, k, "")
	}
	page, err := s.List("bucket", objectstore.ListQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []uint64{2, 4, 3} {
		if o := page.Objects[i]; o.Number != want {
			t.Errorf("%s is %d, want %d", o.Key, o.Number, want)
		}
	}
}

// Page by page, with objects put and deleted in between, everything that stays is listed once and in order.
func TestListPageByPage(t *testing.T) {
	for _, delimiter := range []string{"", "/"} {
		s := newStore(t, objectstore.Config{})
		want := map[string]bool{}
		for i := range 100 {
			put(t, s, fmt.Sprintf("%d/%02d", i%10, i), "")
			want[fmt.Sprintf("%d/%02d", i%10, i)] = true
			if delimiter != "" {
				want = map[string]bool{"0/": true, "1/": true, "2/": true, "3/": true, "4/": true, "5/": true, "6/": true, "7/": true, "8/": true, "9/": true}
			}
		}
		var got []string
		q := objectstore.ListQuery{Max: 3, Delimiter: delimiter}
		for n := 0; ; n++ {
			page, err := s.List("bucket", q)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range page.Objects {
				got = append(got, o.Key)
			}
			got = append(got, page.Prefixes...)
			if !page.Truncated {
				break
			}
			q.After = page.Next
			put(t, s, fmt.Sprintf("-%d", n), "") // sorts before all
			if err := s.Delete("bucket", fmt.Sprintf("-%d", n-1)); err != nil {
				t.Fatal(err)
			}
		}
		if len(got) != len(want) || !slices.IsSorted(got) {
			t.Errorf("delimiter %q: %d entries, want %d in order: %v", delimiter, len(got), len(want), got)
		}
	}
}

func TestListPageHoldsAtMostAThousand(t *testing.T) {
	s := newStore(t, objectstore.Config{})
	for i := range 1001 {
		put(t, s, fmt.Sprintf("%04d", i), "")
	}
	for _, ask := range []int{0, 1000, 5000} {
		page, err := s.List("bucket", objectstore.ListQuery{Max: ask})
		if err != nil || len(page.Objects) != 1000 || !page.Truncated || page.Next != "0999" {
			t.Errorf("max %d: %d objects, truncated %v, next %q, %v", ask, len(page.Objects), page.Truncated, page.Next, err)
		}
	}
}

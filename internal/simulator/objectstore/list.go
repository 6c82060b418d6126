package objectstore

import (
	"slices"
	"sort"
	"strings"
)

// MaxListKeys is the most a page of a listing holds (S3 API reference, ListObjectsV2).
const MaxListKeys = 1000

// ListQuery is what to list of a bucket. The zero value is the first page of everything.
type ListQuery struct {
	Prefix    string
	Delimiter string // keys that hold it after the prefix are rolled up into one common prefix
	After     string // only keys after this one; to go on, a page's Next
	Max       int    // entries of the page, keys and common prefixes together; 0, or more than MaxListKeys, is MaxListKeys
}

// ListPage is one page of a listing, in the order of the keys' bytes.
type ListPage struct {
	Objects   []Info
	Prefixes  []string // common prefixes, each once
	Truncated bool
	Next      string // what to give as After for the next page, where Truncated
}

// List lists a bucket. Objects that nobody has looked at yet have size -1; [Service.Head] renders them.
func (s *Service) List(bucket string, q ListQuery) (ListPage, error) {
	if q.Max <= 0 || q.Max > MaxListKeys {
		q.Max = MaxListKeys
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucket)
	if err != nil {
		return ListPage{}, err
	}
	b.tidy()

	var page ListPage
	i := b.first(q)
	for i < len(b.sorted) {
		o := b.sorted[i]
		if !strings.HasPrefix(o.info.Key, q.Prefix) {
			break
		}
		if len(page.Objects)+len(page.Prefixes) == q.Max {
			page.Truncated = true
			break
		}
		common, rolled := rollUp(o.info.Key, q)
		if !rolled {
			page.Objects = append(page.Objects, o.info)
			page.Next = o.info.Key
			i++
			continue
		}
		page.Prefixes = append(page.Prefixes, common)
		page.Next = common
		i += sort.Search(len(b.sorted)-i, func(n int) bool { return !strings.HasPrefix(b.sorted[i+n].info.Key, common) })
	}
	if !page.Truncated {
		page.Next = ""
	}
	return page, nil
}

// first is the index of the first object a query may list.
func (b *bucket) first(q ListQuery) int {
	// After a common prefix everything under it is passed over, as S3 does.
	under := q.After != "" && q.Delimiter != "" && len(q.After) > len(q.Prefix) && strings.HasSuffix(q.After, q.Delimiter)
	return sort.Search(len(b.sorted), func(i int) bool {
		key := b.sorted[i].info.Key
		if under && strings.HasPrefix(key, q.After) {
			return false
		}
		return key >= q.Prefix && (q.After == "" || key > q.After)
	})
}

// rollUp tells the common prefix a key falls under, if any.
func rollUp(key string, q ListQuery) (common string, rolled bool) {
	if q.Delimiter == "" {
		return "", false
	}
	at := strings.Index(key[len(q.Prefix):], q.Delimiter)
	if at < 0 {
		return "", false
	}
	return key[:len(q.Prefix)+at+len(q.Delimiter)], true
}

// tidy brings the objects put since the last listing into order and forgets those that are gone.
func (b *bucket) tidy() {
	if len(b.fresh) == 0 && b.gone == 0 {
		return
	}
	isGone := func(o *object) bool { return o.gone }
	byKey := func(a, c *object) int { return strings.Compare(a.info.Key, c.info.Key) }
	fresh := slices.DeleteFunc(b.fresh, isGone)
	sorted := b.sorted
	if b.gone > 0 {
		sorted = slices.DeleteFunc(sorted, isGone)
	}
	slices.SortFunc(fresh, byKey)
	b.sorted = merge(sorted, fresh)
	b.fresh, b.gone = nil, 0
}

func merge(a, b []*object) []*object {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 || a[len(a)-1].info.Key < b[0].info.Key {
		return append(a, b...)
	}
	out := make([]*object, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].info.Key < b[0].info.Key {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// applySet puts the value of one --set flag into the tree. The path is dotted, with indexes into lists: load.0.rate. A key
// that holds a dot is found as it stands, or written in quotes. The value is YAML; none at all removes the key. What is on
// the way and is not there is made; whether it may be there is for the key tables to say.
func applySet(d *decoder, root *node, assignment string) {
	flag := place{flag: "--set " + assignment}
	path, value, ok := strings.Cut(assignment, "=")
	if !ok || path == "" {
		d.add(flag, "want key=value, such as load.0.rate=4000/s")
		return
	}
	edit := decoder{}
	leaf := readYAML(&edit, []byte(value))
	for _, e := range edit.errs {
		d.add(flag, fmt.Sprintf("the value at column %d: %s", e.Column, e.Message))
	}
	if len(edit.errs) > 0 {
		return
	}
	s := setter{d: d, flag: flag, value: leaf}
	leaf.stamp(flag)
	s.descend(root, path)
}

// stamp gives every node of a tree one place.
func (n *node) stamp(at place) {
	n.place = at
	for i := range n.members {
		n.members[i].place = at
		n.members[i].value.stamp(at)
	}
	for _, item := range n.items {
		item.stamp(at)
	}
}

// setter walks down the path of one flag.
type setter struct {
	d     *decoder
	flag  place
	value *node
}

func (s *setter) descend(n *node, path string) {
	if n.kind == sequence {
		s.intoList(n, path)
		return
	}
	if n.kind != mapping { // later wins, over a value of any kind
		*n = node{kind: mapping, place: s.flag, path: n.path, flagged: true}
	}
	segment, rest, err := nextSegment(n, path)
	if err != nil {
		s.d.add(s.flag, err.Error())
		return
	}
	i := n.index(segment)
	switch {
	case rest != "":
		if i < 0 {
			made := &node{kind: mapping, place: s.flag, path: join(n.path, segment), flagged: true}
			n.members = append(n.members, member{key: segment, place: s.flag, value: made})
			i = len(n.members) - 1
		}
		s.descend(n.members[i].value, rest)
	case s.value.kind == null && i >= 0:
		n.members = slices.Delete(n.members, i, i+1)
	case i >= 0:
		n.members[i] = member{key: segment, place: s.flag, value: s.value.settle(join(n.path, segment))}
	default:
		n.members = append(n.members, member{key: segment, place: s.flag, value: s.value.settle(join(n.path, segment))})
	}
}

func (s *setter) intoList(n *node, path string) {
	segment, rest, _ := strings.Cut(path, ".")
	i, err := strconv.Atoi(segment)
	if err != nil || i < 0 || i > len(n.items) {
		s.d.add(s.flag, fmt.Sprintf("%s: found %q as an index, want a number from 0 to %d (one more item)",
			n.path, clip(segment), len(n.items)))
		return
	}
	if i == len(n.items) {
		n.items = append(n.items, &node{kind: null, place: s.flag, path: join(n.path, segment)})
	}
	switch {
	case rest != "":
		s.descend(n.items[i], rest)
	case s.value.kind == null:
		n.items = slices.Delete(n.items, i, i+1)
		n.settle(n.path)
	default:
		n.items[i] = s.value.settle(join(n.path, segment))
	}
}

// nextSegment cuts the first segment off a path: the longest key of n that it begins with, a quoted text, or what stands
// before the first dot.
func nextSegment(n *node, path string) (segment, rest string, err error) {
	if strings.HasPrefix(path, `"`) {
		quotation, err := strconv.QuotedPrefix(path)
		if err != nil {
			return "", "", fmt.Errorf("the path has an open quote at %s", clip(path))
		}
		segment, _ = strconv.Unquote(quotation)
		rest = path[len(quotation):]
		if rest != "" && !strings.HasPrefix(rest, ".") {
			return "", "", fmt.Errorf("the path goes on behind a quote without a dot at %s", clip(rest))
		}
		return segment, strings.TrimPrefix(rest, "."), nil
	}
	segment, rest, _ = strings.Cut(path, ".")
	for _, m := range n.members {
		tail, ok := strings.CutPrefix(path, m.key)
		if ok && len(m.key) > len(segment) && (tail == "" || tail[0] == '.') {
			segment, rest = m.key, strings.TrimPrefix(tail, ".")
		}
	}
	if segment == "" || strings.HasSuffix(path, ".") {
		return "", "", fmt.Errorf("the path has an empty part in %q", clip(path))
	}
	return segment, rest, nil
}

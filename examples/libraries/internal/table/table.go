// Package table is as much of a table of DynamoDB, in memory, as a library needs for its leases and checkpoints: items by one
// key, and writes that happen where a condition holds. It reads the expressions that they send, not all of the language.
package table

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ErrCondition is what a write returns whose condition does not hold.
var ErrCondition = errors.New("the conditional request failed")

// Value is an attribute's value as far as conditions look at it.
type Value struct {
	Text   string // a number's digits, too
	Number bool
	Null   bool
}

// Table is a table whose attributes have values of type V, which is that of one of the SDKs. It is empty when it is made, and may be
// used by many goroutines.
type Table[V any] struct {
	Read func(V) Value // how a value is read; must be set

	mu    sync.Mutex
	items map[string]map[string]V
}

// Get is a copy of an item, nil where there is none.
func (t *Table[V]) Get(key string) map[string]V {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.items[key])
}

// Put stores an item in the place of the one with its key, where the condition holds of that.
func (t *Table[V]) Put(key string, item map[string]V, condition string, args map[string]V) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.holds(t.items[key], condition, args) {
		return ErrCondition
	}
	t.store(key, maps.Clone(item))
	return nil
}

// Update changes an item by an expression, REMOVE a, b SET c = :d, e = :f or a part of it. The key's own attributes are those of
// an item that is not there yet.
func (t *Table[V]) Update(key string, own map[string]V, update, condition string, args map[string]V) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.holds(t.items[key], condition, args) {
		return ErrCondition
	}
	item := maps.Clone(t.items[key])
	if item == nil {
		item = maps.Clone(own)
	}
	remove, set, _ := strings.Cut(update, "SET ")
	if len(remove) > len("REMOVE ") {
		for name := range strings.SplitSeq(remove[len("REMOVE "):], ",") {
			delete(item, strings.TrimSpace(name))
		}
	}
	for assignment := range strings.SplitSeq(set, ",") {
		if name, arg, ok := strings.Cut(assignment, " = "); ok {
			item[strings.TrimSpace(name)] = args[strings.TrimSpace(arg)]
		}
	}
	t.store(key, item)
	return nil
}

// Delete takes an item away, where the condition holds of it.
func (t *Table[V]) Delete(key, condition string, args map[string]V) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.holds(t.items[key], condition, args) {
		return ErrCondition
	}
	delete(t.items, key)
	return nil
}

// Scan is a copy of all items of which a condition holds, by their keys.
func (t *Table[V]) Scan(filter string, args map[string]V) (found []map[string]V) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(t.items)) {
		if t.holds(t.items[key], filter, args) {
			found = append(found, maps.Clone(t.items[key]))
		}
	}
	return found
}

func (t *Table[V]) store(key string, item map[string]V) {
	if t.items == nil {
		t.items = map[string]map[string]V{}
	}
	t.items[key] = item
}

// holds tells whether a condition holds of an item: terms that are joined by AND, and these by OR. An empty one holds.
func (t *Table[V]) holds(item map[string]V, condition string, args map[string]V) bool {
	if condition == "" {
		return true
	}
	condition = strings.ReplaceAll(condition, ")AND ", ") AND ") // vmware-go-kcl's ClaimShard
	for terms := range strings.SplitSeq(condition, " OR ") {
		all := true
		for term := range strings.SplitSeq(terms, " AND ") {
			all = all && t.term(item, strings.TrimSpace(term), args)
		}
		if all {
			return true
		}
	}
	return false
}

func (t *Table[V]) term(item map[string]V, term string, args map[string]V) bool {
	if inner, ok := call(term, "attribute_not_exists"); ok {
		_, there := item[inner]
		return !there
	}
	if inner, ok := call(term, "attribute_type"); ok {
		name, kind, _ := strings.Cut(inner, ", ")
		v, there := item[name]
		return there && t.Read(args[kind]).Text == "NULL" && t.Read(v).Null
	}
	parts := strings.Fields(term)
	if len(parts) != 3 {
		panic("a condition that this table cannot read: " + term)
	}
	attribute, there := item[parts[0]]
	arg, given := args[parts[2]]
	if !given {
		panic("a condition with a value that is not given: " + term)
	}
	if !there {
		return parts[1] == "<>"
	}
	order, ok := compare(t.Read(attribute), t.Read(arg))
	switch parts[1] {
	case "=":
		return ok && order == 0
	case "<>":
		return !ok || order != 0
	case "<":
		return ok && order < 0
	case "<=":
		return ok && order <= 0
	case ">":
		return ok && order > 0
	}
	panic("a condition that this table cannot read: " + term)
}

// call is what is between the brackets of a function's call.
func call(term, function string) (inner string, ok bool) {
	inner, ok = strings.CutPrefix(term, function+"(")
	return strings.TrimSuffix(inner, ")"), ok
}

// compare orders two values of one type; others have no order.
func compare(a, b Value) (order int, ok bool) {
	if a.Null || b.Null || a.Number != b.Number {
		return 0, false
	}
	if !a.Number {
		return cmp.Compare(a.Text, b.Text), true
	}
	x, err := strconv.ParseInt(a.Text, 10, 64)
	y, err2 := strconv.ParseInt(b.Text, 10, 64)
	return cmp.Compare(x, y), err == nil && err2 == nil
}

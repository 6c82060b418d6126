package pricing

import (
	"slices"
	"strings"
)

// List is a price list: the table, with the items that a user has priced anew. Nil is the table. A list never changes and
// is safe for concurrent use.
type List struct {
	name string // of the file it was read from
	text []byte
	own  map[Item][]Tier
}

// Own is how many items the user has priced.
func (l *List) Own() int {
	if l == nil {
		return 0
	}
	return len(l.own)
}

// Name is the file that the user's prices are from; empty for the table.
func (l *List) Name() string {
	if l == nil {
		return ""
	}
	return l.name
}

// Text is the file as it was read, to be kept beside what was priced by it; nil for the table.
func (l *List) Text() []byte {
	if l == nil {
		return nil
	}
	return slices.Clone(l.text)
}

// Prices are all items in the order of the table. A price of the user's own has the file's name as its source, and no date.
func (l *List) Prices() []Price {
	prices := Table()
	for i := range prices {
		prices[i] = l.reprice(prices[i])
	}
	return prices
}

// reprice is an item's row as the user has priced it.
func (l *List) reprice(p Price) Price {
	if l == nil {
		return p
	}
	if tiers, ok := l.own[p.Item]; ok {
		p.Tiers = slices.Clone(tiers)
		p.Source, p.Date, p.Confidence = l.name, "", Own
	}
	return p
}

// price is an item's row. Every item has one, by test.
func (l *List) price(item Item) Price {
	i := slices.IndexFunc(table, func(p Price) bool { return p.Item == item })
	return l.reprice(table[i])
}

// Basis is what estimates by the list rest on: "list prices of us-east-1", "your own prices (mine.yaml)", or the latter
// for some items and the former for the rest.
func (l *List) Basis() string {
	const listed = "list prices of " + Region
	switch n := l.Own(); {
	case n == 0:
		return listed
	case n < len(table):
		return "your own prices (" + l.name + ") where it has one, else " + listed
	}
	return "your own prices (" + l.name + ")"
}

// Summary is the line about cost, see [Summary]. It says where prices are the user's own.
func (l *List) Summary(run, month Estimate) string {
	s := Summary(run, month)
	if l.Own() > 0 && month.own() {
		s += "; by your own prices (" + l.name + ")"
	}
	return s
}

// own tells whether any line is priced by the user.
func (e Estimate) own() bool {
	return slices.ContainsFunc(e.Lines, func(l Line) bool { return l.Price.Confidence == Own })
}

// unit is one of what a price is for: shard hour, GB.
func (p *Price) unit() string { return strings.TrimSuffix(p.Unit, "s") }

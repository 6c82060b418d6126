package pricing

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// mostTiers is how many tiers a price may have.
const mostTiers = 20

// highestPrice is what one unit of anything costs less than, in US dollars.
const highestPrice = 1e6

// per are the words behind a price for many units, with their powers of ten.
var per = map[string]int{"": 0, "thousand": 3, "million": 6, "billion": 9}

var (
	priceText    = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,18})?(/(thousand|million|billion))?$`)
	quantityText = regexp.MustCompile(`^[0-9]{1,18}(\.[0-9]{1,9})?$`)
)

// price reads what one unit of an item costs: a number, or tiers. Nil is a mistake that has been told.
func (r *listReader) price(p *Price, key, n ast.Node) []Tier {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		usd, ok := readPrice(n)
		if !ok {
			at := n
			if n == nil || n.Type() == ast.NullType { // it has no place of its own
				at = key
			}
			r.at(at, "%s: found %s, want the US dollars that one %s costs, such as %s, or a list of tiers",
				p.Item, found(n), p.unit(), writePrice(p.Tiers[0].USD))
			return nil
		}
		return flat(usd)
	}
	if len(list.Values) == 0 || len(list.Values) > mostTiers {
		r.at(n, "%s: found %d tiers, want 1 to %d", p.Item, len(list.Values), mostTiers)
		return nil
	}
	tiers := make([]Tier, 0, len(list.Values))
	for i, v := range list.Values {
		t, ok := r.tier(p, v)
		if !ok {
			return nil
		}
		last := i == len(list.Values)-1
		switch {
		case last && t.UpTo != 0:
			r.at(v, "%s: the last tier has an upTo, want none: it is for all that is beyond the others", p.Item)
			return nil
		case !last && t.UpTo == 0:
			r.at(v, "%s: a tier before the last has no upTo, want the %s of a month up to which it is for", p.Item, p.Unit)
			return nil
		case !last && i > 0 && t.UpTo <= tiers[i-1].UpTo:
			r.at(v, "%s: found upTo %s behind %s, want it to rise", p.Item, writeQuantity(t.UpTo), writeQuantity(tiers[i-1].UpTo))
			return nil
		}
		tiers = append(tiers, t)
	}
	return tiers
}

// tier reads one tier: {upTo: 512000, usd: 0.029}.
func (r *listReader) tier(p *Price, n ast.Node) (t Tier, ok bool) {
	m, isMapping := n.(*ast.MappingNode)
	if !isMapping {
		r.at(n, "%s: found %s as a tier, want one such as {upTo: 1000, usd: %s}", p.Item, found(n), writePrice(p.Tiers[0].USD))
		return t, false
	}
	seen := map[string]bool{}
	for _, v := range m.Values {
		key := v.Key.GetToken().Value
		if seen[key] {
			r.at(v.Key, "%s: %s is there twice", p.Item, key)
			return t, false
		}
		seen[key] = true
		switch key {
		case "usd":
			if t.USD, ok = readPrice(v.Value); !ok {
				r.at(v.Value, "%s: usd: found %s, want the US dollars that one %s costs, such as %s",
					p.Item, found(v.Value), p.unit(), writePrice(p.Tiers[0].USD))
				return t, false
			}
		case "upTo":
			if t.UpTo, ok = readQuantity(v.Value); !ok {
				r.at(v.Value, "%s: upTo: found %s, want a number of %s above 0, such as 512000", p.Item, found(v.Value), p.Unit)
				return t, false
			}
		default:
			r.at(v.Key, "%s: unknown key %q of a tier (known: upTo, usd)", p.Item, clip(key))
			return t, false
		}
	}
	if !seen["usd"] {
		r.at(n, "%s: a tier has no usd, want what one %s costs in it", p.Item, p.unit())
		return t, false
	}
	return t, true
}

// readPrice reads 0.015, or 0.014/million.
func readPrice(n ast.Node) (float64, bool) {
	text, ok := scalar(n)
	if !ok || !priceText.MatchString(text) {
		return 0, false
	}
	digits, word, _ := strings.Cut(text, "/")
	usd, err := strconv.ParseFloat(digits+"e-"+strconv.Itoa(per[word]), 64)
	return usd, err == nil && usd < highestPrice
}

func readQuantity(n ast.Node) (float64, bool) {
	text, ok := scalar(n)
	if !ok || !quantityText.MatchString(text) {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && v > 0
}

// scalar is the text of a node that is one value without quotes.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	case *ast.StringNode:
		return n.Value, n.Token.Type == token.StringType
	}
	return "", false
}

// found says what a node is, for an error text.
func found(n ast.Node) string {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.MappingNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	default:
		return strconv.Quote(clip(n.GetToken().Value))
	}
}

// clip shortens a text that is too long to repeat.
func clip(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

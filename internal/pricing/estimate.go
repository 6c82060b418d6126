package pricing

// Estimate is the price of a usage. The zero value costs nothing.
type Estimate struct {
	Lines []Line  // items that were used, in the order of the table
	Total float64 // USD
}

// Line is one item of an estimate.
type Line struct {
	Price    Price
	Quantity float64 // in Price.Unit
	USD      float64
}

// Estimate prices the usage by the table, see [List.Estimate].
func (u Usage) Estimate() Estimate { return (*List)(nil).Estimate(u) }

// Estimate prices a usage as that of one month: a quantity that a month's higher tiers make cheaper is priced tier by
// tier, and no free tier is taken off.
func (l *List) Estimate(u Usage) Estimate {
	var e Estimate
	for _, q := range u.quantities() {
		if *q.value == 0 {
			continue
		}
		p := l.price(q.item)
		line := Line{Price: p, Quantity: *q.value, USD: p.cost(*q.value)}
		e.Lines = append(e.Lines, line)
		e.Total += line.USD
	}
	return e
}

// Dominant is the line that costs most (of equal ones the first) and its share of the total. It is false where nothing
// costs anything.
func (e Estimate) Dominant() (l Line, share float64, ok bool) {
	for _, x := range e.Lines {
		if x.USD > l.USD {
			l = x
		}
	}
	if l.USD == 0 {
		return Line{}, 0, false
	}
	return l, l.USD / e.Total, true
}

// Because says what the estimate's largest part is and how AWS counts it: "most of it Firehose (records are billed in
// steps of 5 KB)", or "the largest part …" where it is no more than half. It is empty where nothing costs anything.
func (e Estimate) Because() string {
	l, share, ok := e.Dominant()
	if !ok {
		return ""
	}
	part := "most of it "
	if share <= 0.5 {
		part = "the largest part "
	}
	return part + l.Price.Name + " (" + l.Price.Why + ")"
}

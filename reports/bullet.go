package reports

import "html/template"

// bullet draws how far an objective's value is from its limit: the run as a bar, the worst second as a tick, the limit as
// a line. It is empty for objectives that no length can tell, such as == 0.
func (o *Objective) bullet(as standing) template.HTML {
	if o.Holds == nil || o.Limit <= 0 || o.Value == nil && !o.Beyond {
		return ""
	}
	const width, height = 150.0, 18.0
	full := o.Limit * 1.4
	x := scale{0, full, 0, width - 8, false}
	value := beyondOr(o.Value)
	s := newSVG(width, height, "", o.subject(), o.runText()+", limit "+o.limitText())
	s.rect(0, 5, x.at(o.Limit), 8, "track", "")
	class := string(as)
	s.rect(0, 5, x.within(value), 8, class, "")
	if value > full {
		s.path("M142 3l8 6-8 6z", class, "far over")
	}
	w := o.Second
	if w == nil {
		w = o.Worst
	}
	if w != nil {
		at := x.within(beyondOr(w.Value))
		s.line(at, 3, at, 15, "tick")
	}
	s.line(x.at(o.Limit), 1, x.at(o.Limit), 17, "mark")
	return s.done()
}

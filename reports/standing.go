package reports

// standing is how an objective came out, as it is shown.
type standing string

// The standings. They are classes of the page too.
const (
	held     standing = "held"
	broken   standing = "broken"
	untold   standing = "untold"   // it cannot be told
	unjudged standing = "unjudged" // it was told, and the run is invalid: its value says nothing about the target
)

// standing is how an objective is to be shown. In an invalid run none is held or broken.
func (r *Report) standing(o *Objective) standing {
	switch {
	case o.Holds == nil:
		return untold
	case !r.Validity.Valid:
		return unjudged
	case o.broken():
		return broken
	}
	return held
}

// mark is a standing as one character.
func (s standing) mark() string {
	return map[standing]string{held: "✓", broken: "✗", untold: "?", unjudged: "–"}[s]
}

// unjudgedText says why objectives are not judged; empty where all that could be told are. Of several reasons it has the
// first: the verdict has them all.
func (r *Report) unjudgedText() string {
	if r.count(func(o *Objective) bool { return r.standing(o) == unjudged }) == 0 {
		return ""
	}
	text := "not judged, for the run is invalid: " + r.Validity.Reasons[0]
	if more := len(r.Validity.Reasons) - 1; more > 0 {
		text += ", and " + plural(int64(more), "more reason")
	}
	return text
}

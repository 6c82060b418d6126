package main

import "github.com/wavetank/wavetank/scenarios"

// describeStorage says what room records have in the embedded target, and what is done when it is taken.
func (p *plan) describeStorage(out *page) {
	s := p.scenario.Storage
	if s == (scenarios.Storage{}) {
		return
	}
	out.section("storage of the embedded target")
	out.row("memory", "%v of records, then disk", s.Memory)
	out.row("disk", "%v, then %s", s.Disk, fullWords[s.Full])
	out.paragraph("  ", "Other targets, and simulate, keep records in their own way.")
}

// fullWords are what is done where neither memory nor disk has room.
var fullWords = map[string]string{
	scenarios.FullTrim:   "the oldest records are trimmed",
	scenarios.FullRefuse: "puts are refused",
	scenarios.FullFail:   "the run ends, and is invalid",
}

package generators

import "time"

// At is the same generator with another instant of offset 0: pools and tables are shared, only event times move.

func (g *clickstream) At(start time.Time) Generator {
	c := *g
	c.Start = start
	return &c
}

func (g *fleet) At(start time.Time) Generator {
	c := *g
	c.Start = start
	return &c
}

func (g *bank) At(start time.Time) Generator {
	c := *g
	c.Start = start
	return &c
}

func (g *lines) At(start time.Time) Generator {
	c := *g
	c.Start = start
	return &c
}

func (g *text) At(start time.Time) Generator {
	c := *g
	c.Start = start
	return &c
}

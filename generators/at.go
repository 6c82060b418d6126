package generators

import "time"

// The five kinds move their start alike: pools and tables are shared, only event times change.

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

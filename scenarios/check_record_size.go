package scenarios

// recordSize wants the records of a load, and its aggregates, to be no larger than what they are put to takes.
func (c *checker) recordSize(l *Load, at string) {
	kind, size := l.Generator.sized()
	if a := l.Batch.Aggregate; a != nil && a.Size > l.MaxRecord(c.s) && a.Size <= largestRecord {
		c.d.errorf(c.root.at("load", at, "batch", "aggregate", "size"),
			"found %v, want at most %v: the stream %q takes no larger records; or raise pipeline.streams.%s.maxRecordSize, up to %v",
			a.Size, l.MaxRecord(c.s), l.Stream, l.Stream, largestRecord)
	}
	largest, most := l.MaxRecord(c.s), max(size.P50, size.P99)
	if most <= largest-longestKey {
		return
	}
	n := c.root.at("load", at, "generator", kind, "size", "p99")
	if l.Stream == "" {
		c.d.errorf(n, "found %v, want at most %v: a delivery stream takes no larger records", most, largest-longestKey)
		return
	}
	c.d.errorf(n, "found %v, want at most %v: the stream %q takes records of %v with their keys; or raise pipeline.streams.%s.maxRecordSize, up to %v",
		most, largest-longestKey, l.Stream, largest, l.Stream, largestRecord)
}

// sized is the kind of a generator whose sizes a scenario says, and these.
func (g Generator) sized() (kind string, size Size) {
	switch {
	case g.Clickstream != nil:
		return "clickstream", g.Clickstream.Size
	case g.Sensor != nil:
		return "sensor", g.Sensor.Size
	case g.Transaction != nil:
		return "transaction", g.Transaction.Size
	}
	return "", Size{}
}

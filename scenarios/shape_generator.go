package scenarios

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/wavetank/wavetank/generators"
)

var generatorShape = shape[Generator]{
	name: "generator",
	doc:  "What the records are: one of the kinds.",
	keys: []key[Generator]{
		row("clickstream", pointer(clickstreamShape.codec()), func(g *Generator) **Clickstream { return &g.Clickstream },
			"Web sessions: landing, views, cart, checkout, with think times."),
		row("sensor", pointer(sensorShape.codec()), func(g *Generator) **Sensor { return &g.Sensor },
			"Measurements that drift, drop out and spike."),
		row("transaction", pointer(transactionShape.codec()), func(g *Generator) **Transaction { return &g.Transaction },
			"Payments between accounts whose balances stay consistent."),
		row("template", pointer(templateShape.codec()), func(g *Generator) **Template { return &g.Template },
			"Records of your own, from a file."),
		row("compression", oneOf(generators.Compressions), func(g *Generator) *string { return &g.Compression },
			"How each record's payload is compressed, by itself; a generator's sizes are those before it. Records have to be rendered and "+
				"compressed to know their sizes, also in virtual time, which costs many times as much."),
	},
	groups: []group{exactly("clickstream", "sensor", "transaction", "template")},
}

// Kind is the generator's name: clickstream, sensor, transaction or template.
func (g Generator) Kind() string {
	switch {
	case g.Clickstream != nil:
		return "clickstream"
	case g.Sensor != nil:
		return "sensor"
	case g.Transaction != nil:
		return "transaction"
	case g.Template != nil:
		return "template"
	}
	return ""
}

// RandomKey is the partition key of a template whose records have no key of their own: a new one for each record.
const RandomKey = "random"

// partitionKeys are the members that may be the partition key, the default first; none where any may.
func (g Generator) partitionKeys() []string {
	switch {
	case g.Clickstream != nil:
		return []string{"userId", "sessionId"}
	case g.Sensor != nil:
		return []string{"sensorId", "siteId"}
	case g.Transaction != nil:
		return []string{"accountId", "transactionId"}
	}
	return nil
}

// mostEntities bounds users, sensors and accounts: a generator keeps state for each.
const mostEntities = 10_000_000

var clickstreamShape = shape[Clickstream]{
	name: "clickstream",
	doc:  "Web sessions.",
	keys: []key[Clickstream]{
		row("users", integer(1, mostEntities), func(c *Clickstream) *int { return &c.Users },
			"How many there are.", byDefault("10000")),
		row("skew", skew, func(c *Clickstream) *string { return &c.Skew }, skewDoc, byDefault("uniform")),
		row("size", recordSize, func(c *Clickstream) *Size { return &c.Size }, sizeDoc),
		row("products", integer(1, mostEntities), func(c *Clickstream) *int { return &c.Products },
			"How many the shop has.", byDefault("1000")),
		row("thinkTime", duration(1, day), func(c *Clickstream) *Duration { return &c.ThinkTime },
			"Mean time between two events of a session.", byDefault("5s")),
	},
	finish: func(d *decoder, n *node, c *Clickstream) { checkSkew(d, n, c.Skew, "users", c.Users) },
}

var sensorShape = shape[Sensor]{
	name: "sensor",
	doc:  "Measurements that drift, drop out and spike.",
	keys: []key[Sensor]{
		row("sensors", integer(1, mostEntities), func(s *Sensor) *int { return &s.Sensors },
			"How many there are.", byDefault("1000")),
		row("skew", skew, func(s *Sensor) *string { return &s.Skew }, skewDoc, byDefault("uniform")),
		row("size", recordSize, func(s *Sensor) *Size { return &s.Size }, sizeDoc),
		row("dropout", share, func(s *Sensor) *Share { return &s.Dropout },
			"Part of the time that a sensor is silent.", byDefault("1%")),
		row("spikes", share, func(s *Sensor) *Share { return &s.Spikes },
			"Readings that are far off.", byDefault("0.1%")),
	},
	finish: func(d *decoder, n *node, s *Sensor) { checkSkew(d, n, s.Skew, "sensors", s.Sensors) },
}

var transactionShape = shape[Transaction]{
	name: "transaction",
	doc:  "Payments between accounts whose balances stay consistent.",
	keys: []key[Transaction]{
		row("accounts", integer(2, mostEntities), func(t *Transaction) *int { return &t.Accounts },
			"How many there are.", byDefault("10000")),
		row("skew", skew, func(t *Transaction) *string { return &t.Skew }, skewDoc, byDefault("uniform")),
		row("size", recordSize, func(t *Transaction) *Size { return &t.Size }, sizeDoc),
		row("fraud", share, func(t *Transaction) *Share { return &t.Fraud },
			"Transactions that follow a fraud pattern.", byDefault("0.1%")),
	},
	finish: func(d *decoder, n *node, t *Transaction) { checkSkew(d, n, t.Skew, "accounts", t.Accounts) },
}

var templateShape = shape[Template]{
	name: "template",
	doc:  "Records of your own: a file with a line of JSON each, or a template. The payload is left untouched.",
	keys: []key[Template]{
		row("file", text(4096), func(t *Template) *string { return &t.File },
			"The file, relative to the scenario's own folder.", required),
		row("sha256", matching("64 hexadecimal digits", "^[0-9a-f]{64}$"), func(t *Template) *string { return &t.SHA256 },
			"Digest of the file; other content is refused."),
	},
	finish: readTemplate,
}

const (
	skewDoc = "How load is spread over them: uniform, zipf(1.1), hot(0.6) (one gets 60%), hot(0.6, 3) (three share it)."
	sizeDoc = "Sizes of records: {p50, p99} of a log-normal distribution, or one for all. Without it they come as the records do."
)

// recordSize is bounded by the largest record that a stream can be made to take, 10 MiB with the longest partition key.
var recordSize = percentiles("size", "Percentiles of the records' size.", size(1, largestRecord-longestKey, 1),
	func(s *Size) (p50, p99 *Bytes) { return &s.P50, &s.P99 })

var skewText = regexp.MustCompile(`^(uniform|zipf\(` + decimalText + `\)|hot\(` + decimalText + `(, ?[1-9][0-9]{0,6})?\))$`)

var skew = scalar[string]{
	want: "uniform, zipf(exponent) with an exponent above 0 up to 10, hot(share) or hot(share, keys) with a share above 0 up to 1",
	parse: func(text string) (string, bool) {
		_, err := generators.ParseSkew(text)
		return text, err == nil && skewText.MatchString(text)
	},
	format: func(v string) string { return v },
	schema: map[string]any{"type": "string", "pattern": skewText.String()},
}.codec()

// checkSkew wants more entities than hot ones.
func checkSkew(d *decoder, n *node, skew, what string, entities int) {
	_, keys, _ := strings.Cut(strings.TrimSuffix(skew, ")"), ",")
	if hot, err := strconv.Atoi(strings.TrimSpace(keys)); err == nil && hot >= entities {
		d.errorf(n.at("skew"), "found %s with %d %s, want more of them than hot keys", skew, entities, what)
	}
}

package measure

import (
	"slices"
	"strings"
)

// Tags tell the series or counters of one name apart, such as {"stream": "clicks", "shard": "shardId-000000000001"}.
// The nil value has no tags: the whole run.
type Tags map[string]string

// String writes the tags sorted by name, as {a=1,b=2}; no tags give the empty string.
func (t Tags) String() string {
	if len(t) == 0 {
		return ""
	}
	var b strings.Builder
	for i, name := range t.names() {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(name)
		b.WriteByte('=')
		b.WriteString(t[name])
	}
	b.WriteByte('}')
	return b.String()
}

// Has tells whether t holds every tag of want with the same value.
func (t Tags) Has(want Tags) bool {
	for name, value := range want {
		if got, ok := t[name]; !ok || got != value {
			return false
		}
	}
	return true
}

// key is a text that is the same for equal tags only, whatever characters they hold.
func (t Tags) key() string {
	var b strings.Builder
	for _, name := range t.names() {
		b.WriteString(name)
		b.WriteByte(0)
		b.WriteString(t[name])
		b.WriteByte(0)
	}
	return b.String()
}

func (t Tags) names() []string {
	names := make([]string, 0, len(t))
	for name := range t {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// CounterRef names a counter. The zero value names none.
type CounterRef struct {
	Name string `json:"name"`
	Tags Tags   `json:"tags,omitzero"`
}

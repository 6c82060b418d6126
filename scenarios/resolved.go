package scenarios

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// Resolved is the scenario as canonical YAML: every key with its default filled in, in the order of the key tables, names
// sorted, values in their canonical units. Parsing it gives the same scenario again. Traces are written out; a template is
// named with its digest.
func (s *Scenario) Resolved() []byte {
	var b bytes.Buffer
	appendYAML(&b, scenarioShape.encode(*s, full), 0)
	return b.Bytes()
}

// Digest identifies the scenario: the SHA-256 of its resolved form, written sha256:… in hexadecimal. The name is not part
// of it.
func (s *Scenario) Digest() string {
	sum := sha256.Sum256(s.Resolved())
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Complete makes a scenario that was built in Go whole: zero fields get their defaults, and the rules of a scenario file
// are checked; mistakes answer with [Errors], which name keys and no places. Where zero is not the default (a linger or a
// drain of 0), set it afterwards. On an error the scenario is unchanged.
func (s *Scenario) Complete() error {
	whole, err := s.again(sparse)
	if err == nil {
		*s = *whole
	}
	return err
}

// Validate checks a scenario against the rules of a scenario file; mistakes answer with [Errors].
func (s *Scenario) Validate() error {
	_, err := s.again(full)
	return err
}

// again takes the scenario through the loader without going through text.
func (s *Scenario) again(m mode) (*Scenario, error) {
	from := *s
	if m == sparse {
		from.Version = 1
	}
	held := map[string][]byte{}
	for _, l := range s.Load {
		if t := l.Generator.Template; t != nil && t.Data != nil {
			held[t.File] = t.Data
		}
	}
	d := &decoder{open: func(name string) ([]byte, string, error) {
		if data, ok := held[name]; ok {
			return data, name, nil
		}
		return filesNear("")(name)
	}}
	root := scenarioShape.encode(from, m).settle("")
	whole, err := decode(d, root, s.Name)
	if err != nil {
		return nil, err
	}
	whole.Name = s.Name
	return whole, nil
}

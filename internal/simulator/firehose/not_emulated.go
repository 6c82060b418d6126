package firehose

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// refuseOthers refuses the first member, by name, that is not emulated and asks for something. A member that says that
// something is off is what wavetank does anyway.
func refuseOthers(of string, members map[string]jsontext.Value) error {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !off(members[name]) {
			return notEmulated(of + "." + name)
		}
	}
	return nil
}

// off tells whether a value asks for nothing: null, empty, Disabled, {"Enabled": false, …} or no encryption.
func off(value jsontext.Value) bool {
	switch strings.TrimSpace(string(value)) {
	case "null", "{}", "[]", `""`, "false", `"Disabled"`:
		return true
	}
	var says struct {
		Enabled            *bool
		NoEncryptionConfig string
	}
	if value.Kind() != '{' || json.Unmarshal(value, &says) != nil {
		return false
	}
	return says.Enabled != nil && !*says.Enabled || says.NoEncryptionConfig == "NoEncryption"
}

package kinesis

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	tagsOfPage    = 50  // that ListTagsForStream lists and RemoveTagsFromStream takes, at most (service model)
	tagsOfRequest = 200 // at most (service model, TagMap)
	tagKey        = 128 // characters, at most (service model, TagKey)
	tagValue      = 256 // the same of a value (service model, TagValue)
)

// Tag is a tag as operations list it.
type Tag struct{ Key, Value string }

// sortedTags lists tags by their keys, in the order of their bytes: AWS documents none.
func sortedTags(tags map[string]string) []Tag {
	out := make([]Tag, 0, len(tags))
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, Tag{key, tags[key]})
	}
	return out
}

// tags checks the shape of a map of tags that is there: how many, and how long (wording by kinesalite).
func (c *checks) tags(field string, tags map[string]string) {
	keys, values := true, true
	shown := make([]string, 0, len(tags))
	for _, t := range sortedTags(tags) {
		shown = append(shown, t.Key+"="+t.Value)
		n := utf8.RuneCountInString(t.Key)
		keys = keys && n >= 1 && n <= tagKey
		values = values && utf8.RuneCountInString(t.Value) <= tagValue
	}
	value := "'{" + strings.Join(shown, ", ") + "}'"
	switch {
	case len(tags) == 0:
		c.add(field, value, "have length greater than or equal to 1")
	case len(tags) > tagsOfRequest:
		c.add(field, value, fmt.Sprintf("have length less than or equal to %d", tagsOfRequest))
	}
	const bounds = "must satisfy constraint: [Member must have length less than or equal to %d, " +
		"Member must have length greater than or equal to %d]"
	if !keys {
		c.addText(field, value, fmt.Sprintf("Map keys "+bounds, tagKey, 1))
	}
	if !values {
		c.addText(field, value, fmt.Sprintf("Map value "+bounds, tagValue, 0))
	}
}

// checkTags refuses tags that a resource cannot have beside those it has. what was attempted is the start of the
// message; the texts are kinesalite's, and the one on aws: is ours.
func checkTags(what string, has, given map[string]string, most int) error {
	all := maps.Clone(given)
	for _, t := range sortedTags(given) {
		if err := checkTagKey(what, t.Key); err != nil {
			return err
		}
		if err := checkTagText(what, t.Value); err != nil {
			return err
		}
	}
	for key, value := range has {
		if _, replaced := given[key]; !replaced {
			all[key] = value
		}
	}
	if len(all) > most {
		return errorf(codeInvalidArgument, "%s because a given stream cannot have more than %d tags associated with it.",
			what, most)
	}
	return nil
}

// checkTagKey refuses a key that no tag can have. The prefix aws: is AWS's own, in upper or lower case.
func checkTagKey(what, key string) error {
	if len(key) >= 4 && strings.EqualFold(key[:4], "aws:") {
		return errorf(codeInvalidArgument, "%s because the prefix aws: of the tag key %s is reserved.", what, key)
	}
	return checkTagText(what, key)
}

// checkTagText refuses characters other than Unicode letters, digits, white space and _ . : / = + - @ (API reference,
// TagResource). A percent sign, which the reference allows elsewhere, has an error of its own.
func checkTagText(what, text string) error {
	for _, r := range text {
		if !unicode.In(r, unicode.L, unicode.N, unicode.Z) && !strings.ContainsRune("_.:/=+-@%", r) {
			return errorf(codeInvalidArgument, "Some tags contain invalid characters. Valid characters: Unicode letters, digits, "+
				"white space, _ . / = + - %% @ :.")
		}
	}
	if strings.Contains(text, "%") {
		return errorf(codeInvalidArgument, "%s because some tags contained illegal characters. The allowed characters are "+
			"Unicode letters, white-spaces, '_',',','/','=','+','-','@',':'.", what)
	}
	return nil
}

// addTags adds or replaces tags of a resource, all or none.
func (s *Service) addTags(arn string, given map[string]string) error {
	what := "Failed to add tags to stream " + StreamOfResource(&arn) + " under account " + s.cfg.Account
	return s.resources.change(arn, func(r *resource) error {
		if err := checkTags(what, r.tags, given, s.cfg.Limits.Tags); err != nil {
			return err
		}
		maps.Copy(r.tags, given)
		return nil
	})
}

// removeTags removes the tags with those keys; others are ignored.
func (s *Service) removeTags(arn string, keys []string) error {
	what := "Failed to remove tags from stream " + StreamOfResource(&arn) + " under account " + s.cfg.Account
	for _, key := range keys {
		if err := checkTagKey(what, key); err != nil {
			return err
		}
	}
	return s.resources.change(arn, func(r *resource) error {
		for _, key := range keys {
			delete(r.tags, key)
		}
		return nil
	})
}

// tagKeys checks the shape of a list of tag keys (wording by kinesalite).
func (c *checks) tagKeys(keys []string) {
	c.list("tagKeys", keys, tagsOfPage)
	for _, key := range keys {
		if n := utf8.RuneCountInString(key); n < 1 || n > tagKey {
			c.add("tagKeys", "'["+strings.Join(keys, ", ")+"]'", fmt.Sprintf("satisfy constraint: [Member must have length less than "+
				"or equal to %d, Member must have length greater than or equal to %d]", tagKey, 1))
			return
		}
	}
}

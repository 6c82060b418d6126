package kinesis

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

const arnOfS = "arn:aws:kinesis:us-east-1:123456789012:stream/s"

// tagsOf are the tags of a resource as text: a=1 b=2.
func tagsOf(t *testing.T, s *Service, arn string) string {
	t.Helper()
	out, err := s.ListTagsForResource(ResourceInput{&arn})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, tag := range out.Tags {
		all = append(all, tag.Key+"="+tag.Value)
	}
	return strings.Join(all, " ")
}

// numbered are n tags.
func numbered(n int) map[string]string {
	tags := map[string]string{}
	for i := range n {
		tags[fmt.Sprintf("key-%03d", i)] = "v"
	}
	return tags
}

// TestTags: those of CreateStream are kept, tags are replaced and removed by name or ARN, unknown keys are ignored.
func TestTags(t *testing.T) {
	s := New(Config{Clock: clock.NewVirtual()})
	if err := s.CreateStream(CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1)), Tags: map[string]string{"team": "orders"}}); err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name string
		do   func() error
		want string
	}{
		{"of CreateStream", func() error { return nil }, "team=orders"},
		{"added and replaced", func() error {
			return s.AddTagsToStream(AddTagsToStreamInput{StreamName: new("s"), Tags: map[string]string{"team": "clicks", "Team": "", "é /x": "_.:/=+-@"}})
		}, "Team= team=clicks é /x=_.:/=+-@"},
		{"added by ARN", func() error {
			return s.TagResource(TagResourceInput{ResourceARN: new(arnOfS), Tags: map[string]string{"a": "1"}})
		}, "Team= a=1 team=clicks é /x=_.:/=+-@"},
		{"removed", func() error {
			return s.RemoveTagsFromStream(RemoveTagsFromStreamInput{StreamARN: new(arnOfS), TagKeys: []string{"team", "nobody"}})
		}, "Team= a=1 é /x=_.:/=+-@"},
		{"removed by ARN", func() error {
			return s.UntagResource(UntagResourceInput{ResourceARN: new(arnOfS), TagKeys: []string{"Team", "é /x"}})
		}, "a=1"},
	}
	for _, tt := range steps {
		if err := tt.do(); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if got := tagsOf(t, s, arnOfS); got != tt.want {
			t.Errorf("%s: the tags are %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestTagRefusals: what no tag can be, by any operation that takes tags; a refused request adds none of its tags.
func TestTagRefusals(t *testing.T) {
	const adding = "Failed to add tags to stream s under account 123456789012 because "
	const characters = "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @ :."
	const lengths = "must satisfy constraint: [Member must have length less than or equal to "
	key, value := strings.Repeat("é", 129), strings.Repeat("v", 257)
	tests := []struct {
		name          string
		tags          map[string]string
		code, message string
	}{
		{"none", map[string]string{}, codeValidation, "1 validation error detected: Value '{}' at 'tags' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"a long key", map[string]string{key: "v"}, codeValidation, "1 validation error detected: Value '{" + key + "=v}' at 'tags' failed to satisfy constraint: " +
			"Map keys " + lengths + "128, Member must have length greater than or equal to 1]"},
		{"a long value", map[string]string{"k": value}, codeValidation, "1 validation error detected: Value '{k=" + value + "}' at 'tags' failed to satisfy constraint: " +
			"Map value " + lengths + "256, Member must have length greater than or equal to 0]"},
		{"an empty key", map[string]string{"": "v"}, codeValidation, "1 validation error detected: Value '{=v}' at 'tags' failed to satisfy constraint: " +
			"Map keys " + lengths + "128, Member must have length greater than or equal to 1]"},
		{"AWS's prefix", map[string]string{"a": "1", "AWS:k": "v"}, codeInvalidArgument, adding + "the prefix aws: of the tag key AWS:k is reserved."},
		{"a character in a key", map[string]string{"k#": "v"}, codeInvalidArgument, characters},
		{"a character in a value", map[string]string{"a": "1", "k": "a,b"}, codeInvalidArgument, characters},
		{"a percent sign", map[string]string{"k": "5%"}, codeInvalidArgument, adding + "some tags contained illegal characters. The allowed characters are " +
			"Unicode letters, white-spaces, '_',',','/','=','+','-','@',':'."},
		{"51", numbered(51), codeInvalidArgument, adding + "a given stream cannot have more than 50 tags associated with it."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStream(t, Config{}, "s", 1)
			want(t, s.AddTagsToStream(AddTagsToStreamInput{StreamName: new("s"), Tags: tt.tags}), tt.code, tt.message)
			want(t, s.TagResource(TagResourceInput{ResourceARN: new(arnOfS), Tags: tt.tags}), tt.code, tt.message)
			if got := tagsOf(t, s, arnOfS); got != "" {
				t.Errorf("the stream has the tags %q", got)
			}
			if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
				t.Fatal(err)
			}
			want(t, s.CreateStream(CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1)), Tags: tt.tags}), tt.code, tt.message)
		})
	}
}

// TestFiftyTags: 50 with those that are there, of which replaced ones count once.
func TestFiftyTags(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	tags := numbered(50)
	for _, add := range []map[string]string{tags, tags, {"key-007": "w"}} {
		if err := s.AddTagsToStream(AddTagsToStreamInput{StreamName: new("s"), Tags: maps.Clone(add)}); err != nil {
			t.Fatal(err)
		}
	}
	want(t, s.AddTagsToStream(AddTagsToStreamInput{StreamName: new("s"), Tags: map[string]string{"one": "more"}}), codeInvalidArgument,
		"Failed to add tags to stream s under account 123456789012 because a given stream cannot have more than 50 tags associated with it.")
	want(t, s.RemoveTagsFromStream(RemoveTagsFromStreamInput{StreamName: new("s"), TagKeys: make([]string, 51)}), codeValidation,
		"2 validation errors detected: Value '["+strings.Repeat(", ", 50)+"]' at 'tagKeys' failed to satisfy constraint: Member must have length less than or equal to 50; "+
			"Value '["+strings.Repeat(", ", 50)+"]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: "+
			"[Member must have length less than or equal to 128, Member must have length greater than or equal to 1]")
	want(t, s.UntagResource(UntagResourceInput{ResourceARN: new(arnOfS), TagKeys: []string{"aws:k"}}), codeInvalidArgument,
		"Failed to remove tags from stream s under account 123456789012 because the prefix aws: of the tag key aws:k is reserved.")
}

func TestTagPages(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	if err := s.AddTagsToStream(AddTagsToStreamInput{StreamName: new("s"), Tags: numbered(50)}); err != nil {
		t.Fatal(err)
	}
	var seen []string
	in := ListTagsForStreamInput{StreamName: new("s"), Limit: new(int32(20))}
	for pages := 1; ; pages++ {
		out, err := s.ListTagsForStream(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range out.Tags {
			seen = append(seen, tag.Key)
		}
		if !out.HasMoreTags {
			if pages != 3 || len(out.Tags) != 10 {
				t.Errorf("page %d with %d tags is the last", pages, len(out.Tags))
			}
			break
		}
		in.ExclusiveStartTagKey = &seen[len(seen)-1]
	}
	if len(seen) != 50 || seen[0] != "key-000" || seen[49] != "key-049" {
		t.Errorf("the tags are %v", seen)
	}
	if out, err := s.ListTagsForStream(ListTagsForStreamInput{StreamName: new("s")}); err != nil || len(out.Tags) != 50 || out.HasMoreTags {
		t.Errorf("without a limit: %+v, %v", out, err)
	}
	_, err := s.ListTagsForStream(ListTagsForStreamInput{StreamName: new("s"), Limit: new(int32(51))})
	want(t, err, codeValidation, "1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 50")
}

// TestTagsGoWithTheStream: a stream that is being made can be listed but not changed, and a new one of the same name has
// neither the tags nor the policy of the old one.
func TestTagsGoWithTheStream(t *testing.T) {
	c := clock.NewVirtual()
	s := New(Config{Clock: c, Model: Model{Creating: 10 * time.Second, Deleting: 10 * time.Second}})
	create := func(tags map[string]string) {
		t.Helper()
		if err := s.CreateStream(CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1)), Tags: tags}); err != nil {
			t.Fatal(err)
		}
	}
	create(map[string]string{"a": "1"})
	if got := tagsOf(t, s, arnOfS); got != "a=1" {
		t.Errorf("while CREATING the tags are %q", got)
	}
	const creating = "Stream s under account 123456789012 not ACTIVE, instead in state CREATING"
	want(t, s.AddTagsToStream(AddTagsToStreamInput{StreamName: new("s"), Tags: numbered(1)}), codeInUse, creating)
	want(t, s.PutResourcePolicy(PutResourcePolicyInput{new(arnOfS), new("{}")}), codeInUse, creating)
	c.RunUntil(clock.Epoch.Add(10 * time.Second))
	if err := s.PutResourcePolicy(PutResourcePolicyInput{new(arnOfS), new(`{"Version":"2012-10-17"}`)}); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(20 * time.Second))
	_, err := s.ListTagsForResource(ResourceInput{new(arnOfS)})
	want(t, err, codeNotFound, "Stream s under account 123456789012 not found.")
	if _, err := s.DescribeLimits(DescribeLimitsInput{}); err != nil || len(s.resources.of) != 0 {
		t.Errorf("of %d resources something is kept, %v", len(s.resources.of), err)
	}
	create(nil)
	if got := tagsOf(t, s, arnOfS); got != "" {
		t.Errorf("the new stream has the tags %q", got)
	}
	if out, err := s.GetResourcePolicy(ResourceInput{new(arnOfS)}); err != nil || out.Policy != "{}" {
		t.Errorf("the new stream has the policy %+v, %v", out, err)
	}
}

// TestResourceARNs: tags and policies need an ARN of something that is there.
func TestResourceARNs(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	tests := []struct {
		name, arn, code, message string
	}{
		{"no ARN", "s", codeValidation, "1 validation error detected: Value 's' at 'resourceARN' failed to satisfy constraint: " +
			`Member must satisfy regular expression pattern: arn:aws.*:kinesis:.*:\d{12}:.*(stream|channel|queue)/\S+`},
		{"another stream", arnOfS + "x", codeNotFound, "Stream sx under account 123456789012 not found."},
		{"another region", "arn:aws:kinesis:eu-west-1:123456789012:stream/s", codeNotFound, "Stream s under account 123456789012 not found."},
		{"a consumer", arnOfS + "/consumer/c:1767225600", codeNotFound, "Consumer arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1767225600, account 123456789012 not found."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, list := s.ListTagsForResource(ResourceInput{&tt.arn})
			_, get := s.GetResourcePolicy(ResourceInput{&tt.arn})
			for _, err := range []error{
				list, get,
				s.TagResource(TagResourceInput{&tt.arn, numbered(1)}), s.UntagResource(UntagResourceInput{&tt.arn, []string{"k"}}),
				s.PutResourcePolicy(PutResourcePolicyInput{&tt.arn, new("{}")}), s.DeleteResourcePolicy(ResourceInput{&tt.arn}),
			} {
				want(t, err, tt.code, tt.message)
			}
		})
	}
}

// TestResourcePolicies: a policy comes back to the byte, and only a JSON object is one.
func TestResourcePolicies(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	const policy = " {\n  \"Version\": \"2012-10-17\", \"Statement\": [ ]}\n"
	get := func() string {
		t.Helper()
		out, err := s.GetResourcePolicy(ResourceInput{new(arnOfS)})
		if err != nil {
			t.Fatal(err)
		}
		return out.Policy
	}
	none := "No resource policy found for resource ARN " + arnOfS + "."
	want(t, s.DeleteResourcePolicy(ResourceInput{new(arnOfS)}), codeNotFound, none)
	for _, p := range []string{`{"Version":"2008-10-17"}`, policy} {
		if err := s.PutResourcePolicy(PutResourcePolicyInput{new(arnOfS), &p}); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range []string{"", "{", "[]", `"{}"`, "{} {}", "null"} {
		want(t, s.PutResourcePolicy(PutResourcePolicyInput{new(arnOfS), &bad}), codeInvalidArgument, "The policy is not a JSON object.")
	}
	var e *Error
	if err := s.PutResourcePolicy(PutResourcePolicyInput{ResourceARN: new(arnOfS)}); !errors.As(err, &e) || e.Code != codeValidation {
		t.Errorf("no policy: %v", err)
	}
	if got := get(); got != policy {
		t.Errorf("the policy is %q", got)
	}
	if err := s.DeleteResourcePolicy(ResourceInput{new(arnOfS)}); err != nil {
		t.Fatal(err)
	}
	if got := get(); got != "{}" {
		t.Errorf("after its deletion the policy is %q", got)
	}
	want(t, s.DeleteResourcePolicy(ResourceInput{new(arnOfS)}), codeNotFound, none)
}

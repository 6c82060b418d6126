package kinesis

import (
	"fmt"
	"strings"
	"time"
)

// defaultKeyTemplate is what a channel without an OutputKeyTemplate has (developer guide, "S3 output key template for Amazon S3
// delivery").
const defaultKeyTemplate = "kinesis-channel/!{channel-name}/!{channel-id}/!{yyyy}/!{MM}/!{dd}/!{HH}/" +
	"!{channel-name}-!{channel-id}-!{yyyy}-!{MM}-!{dd}-!{HH}-!{mm}!{extension}"

// defaultErrorPrefix is what a channel without an ErrorOutputPrefix has. AWS speaks of "an error prefix" and does not name it.
const defaultErrorPrefix = "kinesis-channel-errors/"

// mostKeyBytes is the longest key of an object (S3 user guide, "Naming Amazon S3 objects").
const mostKeyBytes = 1024

// keyTemplate is an OutputKeyTemplate in parts: literal text, or the variable of that name.
type keyTemplate []keyPart

type keyPart struct {
	text     string
	variable bool
}

// keyVariables are the variables of a template. The instant is, in UTC, the arrival of the object's oldest record: AWS does not
// say which one it is.
var keyVariables = map[string]func(ch *channel, at time.Time) string{
	"channel-name": func(ch *channel, _ time.Time) string { return ch.name },
	"channel-id":   func(ch *channel, _ time.Time) string { return ch.id },
	"yyyy":         func(_ *channel, at time.Time) string { return at.Format("2006") },
	"MM":           func(_ *channel, at time.Time) string { return at.Format("01") },
	"dd":           func(_ *channel, at time.Time) string { return at.Format("02") },
	"HH":           func(_ *channel, at time.Time) string { return at.Format("15") },
	"mm":           func(_ *channel, at time.Time) string { return at.Format("04") },
	"extension":    func(ch *channel, _ time.Time) string { return ch.extension() },
}

// parseKeyTemplate reads a template. A variable that is not known here is refused by name.
func parseKeyTemplate(text string) (keyTemplate, error) {
	var t keyTemplate
	for rest := text; rest != ""; {
		literal, after, found := strings.Cut(rest, "!{")
		if literal != "" {
			t = append(t, keyPart{text: literal})
		}
		if !found {
			break
		}
		name, after, closed := strings.Cut(after, "}")
		if !closed {
			return nil, errorf(codeInvalidArgument, "OutputKeyTemplate %s: a variable has no closing brace.", text)
		}
		if keyVariables[name] == nil {
			return nil, errorf(codeInvalidArgument, "OutputKeyTemplate %s: the variable !{%s} is not one of channel-name, channel-id, "+
				"yyyy, MM, dd, HH, mm, extension.", text, name)
		}
		t = append(t, keyPart{name, true})
		rest = after
	}
	return t, nil
}

// key is the key of a channel's nth object, from 1, with records from that instant on.
func (t keyTemplate) key(ch *channel, at time.Time, n uint64) string {
	var b strings.Builder
	for _, p := range t {
		if p.variable {
			b.WriteString(keyVariables[p.text](ch, at.UTC()))
		} else {
			b.WriteString(p.text)
		}
	}
	b.WriteString(keySuffix(n))
	return b.String()
}

// keySuffix makes keys unique: "Amazon Kinesis Data Streams automatically appends a unique suffix to every object key". Its form
// is not documented; here it has the one that the same feature of Amazon MSK shows, with the object's number in its first part.
func keySuffix(n uint64) string {
	return fmt.Sprintf("-%06d-%011x", n-1, n*0x9e3779b97f4a7c15>>20)
}

// errorKey is the key of an object that tells of records that cannot be delivered. AWS documents no form of it.
func (ch *channel) errorKey(at time.Time, n uint64) string {
	at = at.UTC()
	return *ch.destination.DeadLetterQueueS3Configuration.ErrorOutputPrefix + ch.name + "/" + ch.id + at.Format("/2006/01/02/15/") +
		ch.name + "-" + ch.id + at.Format("-2006-01-02-15-04") + ".json" + keySuffix(n)
}

// extension is what the variable extension stands for. AWS names the variable and no value; these are ours.
func (ch *channel) extension() string {
	of := map[string]string{formatJSON: ".json", formatString: ".txt", formatBytes: ".bin"}
	in := map[string]string{compressionNone: "", compressionGzip: ".gz", compressionZstd: ".zst"}
	return of[ch.format] + in[*ch.destination.StorageConfiguration.CompressionType]
}

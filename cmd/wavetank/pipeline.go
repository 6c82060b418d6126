package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wavetank/wavetank/scenarios"
)

// pipelineLines draw a scenario's pipeline in at most width characters where that can be: each stream with what reads it,
// then the delivery streams without a source.
func pipelineLines(s *scenarios.Scenario, width int) []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Streams)) {
		stream := s.Pipeline.Streams[name]
		head := fmt.Sprintf("%s  %d shards", name, stream.Shards())
		if stream.Shards() == 1 {
			head = name + "  1 shard"
		}
		if stream.StreamMode == scenarios.OnDemand {
			head += " (on demand)"
		}
		lines = append(lines, tree(head, readersOf(s, name), width)...)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams)) {
		if d := s.Pipeline.DeliveryStreams[name]; d.Source == "" {
			lines = append(lines, "Direct PUT ── "+delivery(name, d))
		}
	}
	return lines
}

// readersOf are the sinks of a stream, in words.
func readersOf(s *scenarios.Scenario, stream string) []string {
	var readers []string
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Functions)) {
		for _, e := range s.Pipeline.Functions[name].EventSources {
			if e.Stream == stream {
				readers = append(readers, fmt.Sprintf("%s  batch %d × %d, window %s%s",
					name, e.BatchSize, e.ParallelizationFactor, e.MaximumBatchingWindow, fanOut(e.EnhancedFanOut)))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams)) {
		if d := s.Pipeline.DeliveryStreams[name]; d.Source == stream {
			readers = append(readers, delivery(name, d))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Consumers)) {
		switch c := s.Pipeline.Consumers[name]; {
		case c.Stream != stream:
		case c.EnhancedFanOut:
			readers = append(readers, name+"  reads by enhanced fan-out")
		default:
			readers = append(readers, fmt.Sprintf("%s  reads every %s", name, c.Every))
		}
	}
	return readers
}

// fanOut tells of a mapping that it is of a stream consumer.
func fanOut(is bool) string {
	if !is {
		return ""
	}
	return ", enhanced fan-out"
}

func delivery(name string, d scenarios.DeliveryStream) string {
	h := d.Hints()
	line := fmt.Sprintf("%s  %s / %s", name, h.Size, h.Interval)
	if d.HTTP != nil {
		if d.HTTP.RequestConfiguration.ContentEncoding != scenarios.Uncoded {
			line += ", " + d.HTTP.RequestConfiguration.ContentEncoding
		}
		return line + " by HTTP"
	}
	if d.S3.CompressionFormat != scenarios.Uncompressed {
		line += ", " + d.S3.CompressionFormat
	}
	return line
}

// stems stand between a head and a branch.
const stems = " ─┬─ "

// tree draws branches behind a head, or below it where the width is not enough.
func tree(head string, branches []string, width int) []string {
	if len(branches) == 0 {
		return []string{head}
	}
	for _, b := range branches {
		if utf8.RuneCountInString(head+stems+b) > width {
			return below(head, branches)
		}
	}
	lines := make([]string, len(branches))
	indent := strings.Repeat(" ", len([]rune(head)))
	for i, b := range branches {
		before, joint := indent, "├"
		switch {
		case i == 0 && len(branches) == 1:
			before, joint = head, "─"
		case i == 0:
			before, joint = head, "┬"
		case i == len(branches)-1:
			joint = "└"
		}
		stem := "  "
		if i == 0 {
			stem = " ─"
		}
		lines[i] = before + stem + joint + "─ " + b
	}
	return lines
}

// below draws branches below a head.
func below(head string, branches []string) []string {
	lines := []string{head}
	for i, b := range branches {
		joint := "├"
		if i == len(branches)-1 {
			joint = "└"
		}
		lines = append(lines, " "+joint+"─ "+b)
	}
	return lines
}

package main

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// announce says where the tank is, what is in it and how to reach it.
func (w *waters) announce(p *page, out io.Writer, addr string) error {
	url := "http://" + addr
	p.section("AWS at %s: Kinesis, Lambda, Firehose and S3, with any credentials.", url)
	kept := "nothing is kept"
	if w.data != "" {
		kept = "Kinesis is kept in " + shellWord(w.data) + ", and nothing else is"
	}
	p.paragraph("", fmt.Sprintf("Account %s, region %s where a request is signed for no other. ^C ends it; %s.", w.account, w.region, kept))
	w.tls.announce(p, addr)
	if w.limits.Changed() {
		p.warn("Limits are not AWS's: %s.", strings.Join(w.limits.Words(), ", "))
	}
	if w.scenario != nil {
		p.section("%s, made in %s", w.scenario.Name, w.region)
		for _, line := range pipelineLines(w.scenario, p.columns()-2) {
			p.line("  " + line)
		}
		if n := len(w.scenario.Pipeline.Consumers); n > 0 {
			p.line("  (consumers are part of a run: they do not read here)")
		}
		for _, name := range w.scenario.Pipeline.DeliversToHTTP() {
			p.row(name, "delivers to %s", w.deliversTo(name))
		}
		if len(w.scenario.Faults) > 0 {
			p.warn("Its load and its faults are not served.")
		}
		if len(w.scenario.Reshards) > 0 {
			p.warn("Its reshards are part of a run: nobody calls them here.")
		}
	}
	if len(w.functions) > 0 {
		p.section("functions, in every account and region")
		for _, name := range slices.Sorted(maps.Keys(w.functions)) {
			p.row(name, "%s", modelWords(w.functions[name]))
		}
	}
	p.section("Try it")
	p.line("  export AWS_ENDPOINT_URL=" + url + " AWS_DEFAULT_REGION=" + w.region)
	p.line("  export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any")
	if w.tls.authority != "" {
		p.line("  export AWS_CA_BUNDLE=" + shellWord(w.tls.authority))
	}
	for _, command := range w.examples() {
		p.line("  " + command)
	}
	_, err := io.WriteString(out, p.String())
	return err
}

// announce says that https is served, too, or why it is not.
func (s *secured) announce(p *page, addr string) {
	switch {
	case s.certificate == nil:
		p.warn("https is off: %s.", s.off)
	case s.authority != "":
		p.paragraph("", fmt.Sprintf("https://%s is the same; its clients must trust %s.", addr, s.authority))
	default:
		p.paragraph("", fmt.Sprintf("https://%s is the same, with the certificate of --tls-cert.", addr))
	}
}

// shellWord is a word as a shell reads it.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

var plainWord = regexp.MustCompile(`^[\w./:@%+-]+$`)

// examples are three commands that work with what is there.
func (w *waters) examples() []string {
	stream, create := "click-stream", "aws kinesis create-stream --stream-name click-stream --stream-mode-details StreamMode=ON_DEMAND"
	if w.scenario != nil {
		if streams := slices.Sorted(maps.Keys(w.scenario.Pipeline.Streams)); len(streams) > 0 {
			stream, create = streams[0], "aws kinesis list-shards --stream-name "+streams[0]
		}
	}
	last := "aws kinesis describe-stream-summary --stream-name " + stream
	if w.scenario != nil {
		for _, name := range slices.Sorted(maps.Keys(w.scenario.Pipeline.DeliveryStreams)) {
			last = "aws s3 ls --recursive s3://" + w.scenario.Pipeline.DeliveryStreams[name].S3.Bucket
		}
	}
	return []string{create, "aws kinesis put-record --stream-name " + stream + " --partition-key user-1 --data aGVsbG8=", last}
}

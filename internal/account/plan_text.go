package account

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/pricing"
)

// WriteText writes the plan for a person who is going to be asked.
func (p *Plan) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "account %s, region %s, as %s\n", p.Caller.Account, p.Region, p.Caller.ARN)
	p.writeCreates(&b)
	p.writeExisting(&b)
	p.writeLoads(&b)
	p.writeReshards(&b)
	p.writeQuotas(&b)
	p.writeCost(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (p *Plan) writeCreates(b *strings.Builder) {
	if len(p.Creates) == 0 {
		b.WriteString("\nnothing will be made\n")
		return
	}
	b.WriteString("\nwill be made, and deleted at the end:\n")
	for _, r := range p.Creates {
		fmt.Fprintf(b, "  %-21s %s\n", r.Kind, r.Name)
	}
	tags := p.Run.Tags()
	fmt.Fprintf(b, "tagged %s=%s, %s=%s", TagRun, tags[TagRun], TagOwner, tags[TagOwner])
	if at, ok := tags[TagExpires]; ok {
		fmt.Fprintf(b, ", %s=%s", TagExpires, at)
	}
	b.WriteString("\n")
}

// writeExisting says of each thing that is there already what the run does with it.
func (p *Plan) writeExisting(b *strings.Builder) {
	if len(p.Existing) == 0 {
		return
	}
	b.WriteString("\nis there already, and is neither made nor deleted:\n")
	for _, x := range p.Existing {
		fmt.Fprintf(b, "  %-21s %s: %s\n", x.Kind, x.Name, x.Does)
	}
}

func (p *Plan) writeLoads(b *strings.Builder) {
	if len(p.Loads) == 0 {
		return
	}
	fmt.Fprintf(b, "\nload, for %s:\n", p.Duration.Round(time.Millisecond))
	for _, l := range p.Loads {
		fmt.Fprintf(b, "  %-21s %s records/s, %s MiB/s", l.Into, number(l.Records), mebibytes(l.Bytes))
		if l.BusiestRecords > l.Records*1.001 {
			fmt.Fprintf(b, "; %s records/s, %s MiB/s in the busiest second", number(l.BusiestRecords), mebibytes(l.BusiestBytes))
		}
		b.WriteString("\n")
	}
}

func (p *Plan) writeReshards(b *strings.Builder) {
	if len(p.Reshards) == 0 {
		return
	}
	b.WriteString("\nreshards, from the start of the load:\n")
	for _, r := range p.Reshards {
		fmt.Fprintf(b, "  %-21s UpdateShardCount of %s to %d\n", r.At, r.Stream, r.ShardCount)
	}
}

func (p *Plan) writeQuotas(b *strings.Builder) {
	if len(p.Quotas) == 0 {
		return
	}
	b.WriteString("\nquotas:\n")
	for _, q := range p.Quotas {
		fmt.Fprintf(b, "  %-21s needs %s, ", q.Name, number(float64(q.Need)))
		b.WriteString(q.account() + "\n")
	}
}

// account is what the account has, in words.
func (q Quota) account() string {
	if q.Unknown != "" {
		return "the account's is not known (" + q.Unknown + ")"
	}
	words := number(float64(q.Used)) + " of " + number(float64(q.Limit)) + " used"
	if q.Used == untold {
		words = "the account has " + number(float64(q.Limit))
	}
	if q.Short() {
		words += ": NOT ENOUGH"
	}
	return words
}

func (p *Plan) writeCost(b *strings.Builder) {
	fmt.Fprintf(b, "\ncost: %s", pricing.FormatUSD(p.Cost.Total))
	if p.AtMost.Total > p.Cost.Total {
		fmt.Fprintf(b, ", or %s where AWS bills each begun hour in full", pricing.FormatUSD(p.AtMost.Total))
	}
	if why := p.AtMost.Because(); why != "" {
		fmt.Fprintf(b, "; %s", why)
	}
	basis := cmp.Or(p.Basis, "list prices of "+pricing.Region+p.dates())
	fmt.Fprintf(b, "\nan estimate by %s; free tiers, transfer, storage and taxes are left out", basis)
	if p.Basis == "" && p.Region != pricing.Region {
		fmt.Fprintf(b, "; prices in %s may differ", p.Region)
	}
	b.WriteString("\n")
}

// dates are from when the prices are that the estimate rests on.
func (p *Plan) dates() string {
	var first, last string
	for _, l := range p.AtMost.Lines {
		if d := l.Price.Date; first == "" || d < first {
			first = d
		}
		last = max(last, l.Price.Date)
	}
	switch first {
	case "":
		return ""
	case last:
		return ", dated " + first
	}
	return ", dated " + first + " to " + last
}

func mebibytes(bytes float64) string {
	return strconv.FormatFloat(bytes/(1<<20), 'f', 2, 64)
}

// number rounds to a whole number and separates thousands.
func number(v float64) string {
	digits := strconv.FormatInt(int64(math.Round(v)), 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

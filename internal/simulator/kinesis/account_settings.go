package kinesis

import (
	"sync"
	"time"
)

// The states of the commitment to a minimum throughput, which is what On-demand Advantage is.
const (
	commitmentEnabled  = "ENABLED"
	commitmentDisabled = "DISABLED"
	commitmentEnding   = "ENABLED_UNTIL_EARLIEST_ALLOWED_END"
)

// account is what is set of the account in this region. It is safe for concurrent use; the zero value has no commitment.
type account struct {
	mu sync.Mutex
	commitment
}

// commitment is a commitment to pay for a minimum of throughput.
type commitment struct {
	started time.Time // zero: there never was one
	ended   time.Time // zero: it goes on; an instant to come: until then
}

func (c *commitment) status(now time.Time) string {
	switch {
	case c.started.IsZero(), !c.ended.IsZero() && !now.Before(c.ended):
		return commitmentDisabled
	case !c.ended.IsZero():
		return commitmentEnding
	}
	return commitmentEnabled
}

// enable starts a commitment, or lets one go on that was to end.
func (c *commitment) enable(now time.Time) {
	if c.status(now) == commitmentDisabled {
		c.started = now
	}
	c.ended = time.Time{}
}

// disable ends a commitment, but not before it has lasted its least time.
func (c *commitment) disable(now time.Time, least time.Duration) {
	if c.status(now) != commitmentEnabled {
		return
	}
	c.ended = c.started.Add(least)
	if c.ended.Before(now) {
		c.ended = now
	}
}

// MinimumThroughputBillingCommitment is a commitment as operations show it. Timestamps that do not apply are left out.
type MinimumThroughputBillingCommitment struct {
	Status               string
	StartedAt            Timestamp `json:",omitzero"`
	EarliestAllowedEndAt Timestamp `json:",omitzero"`
	EndedAt              Timestamp `json:",omitzero"`
}

// AccountSettingsOutput is the answer of DescribeAccountSettings and UpdateAccountSettings.
type AccountSettingsOutput struct {
	MinimumThroughputBillingCommitment MinimumThroughputBillingCommitment
}

func (c *commitment) describe(now time.Time, least time.Duration) *AccountSettingsOutput {
	d := MinimumThroughputBillingCommitment{Status: c.status(now)}
	if !c.started.IsZero() {
		d.StartedAt, d.EarliestAllowedEndAt = Timestamp{c.started}, Timestamp{c.started.Add(least)}
		if d.Status == commitmentDisabled {
			d.EndedAt = Timestamp{c.ended}
		}
	}
	return &AccountSettingsOutput{d}
}

// committed refuses what only an account with a commitment may do. That one which is about to end is not enough is ours.
func (s *Service) committed(now time.Time) error {
	s.account.mu.Lock()
	defer s.account.mu.Unlock()
	if s.account.status(now) != commitmentEnabled {
		return errorf(codeInvalidArgument, "Warm throughput needs MinimumThroughputBillingCommitment to be ENABLED for the "+
			"account %s in %s.", s.cfg.Account, s.cfg.Region)
	}
	return nil
}

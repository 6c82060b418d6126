package kinesis

import "time"

// UpdateAccountSettings
//
// Emulated: ENABLED at once, DISABLED at once or, within 24 hours, at their end; ENABLED again before that keeps the
// commitment going. It cannot be disabled while a stream has warm throughput. It changes no price and no quota here. What
// the status already is changes nothing (AWS documents nothing).
// Source: API reference UpdateAccountSettings; developer guide "Choose the right mode to stream in". The error text is ours.

// UpdateAccountSettingsInput is UpdateAccountSettings's request.
type UpdateAccountSettingsInput struct {
	MinimumThroughputBillingCommitment *MinimumThroughputBillingCommitmentInput
}

// MinimumThroughputBillingCommitmentInput is the commitment that is asked for.
type MinimumThroughputBillingCommitmentInput struct{ Status *string }

var commitmentRule = rule{required: true, enum: []string{commitmentEnabled, commitmentDisabled}}

// UpdateAccountSettings changes what is set of the account.
func (s *Service) UpdateAccountSettings(in UpdateAccountSettingsInput) (*AccountSettingsOutput, error) {
	var c checks
	if in.MinimumThroughputBillingCommitment == nil {
		c.notNull("minimumThroughputBillingCommitment")
	} else {
		c.text("minimumThroughputBillingCommitment.status", in.MinimumThroughputBillingCommitment.Status, commitmentRule)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	enable := *in.MinimumThroughputBillingCommitment.Status == commitmentEnabled
	if !enable {
		if err := s.nothingWarm(now); err != nil {
			return nil, err
		}
	}
	s.account.mu.Lock()
	defer s.account.mu.Unlock()
	s.resources.touched.Store(true)
	if enable {
		s.account.enable(now)
	} else {
		s.account.disable(now, s.cfg.Limits.Commitment)
	}
	return s.account.describe(now, s.cfg.Limits.Commitment), nil
}

// nothingWarm refuses the end of a commitment while streams need it.
func (s *Service) nothingWarm(now time.Time) error {
	for _, st := range s.streamsByName() {
		st.mu.Lock()
		_, there := st.status(now)
		warm := st.settings.Load().warm
		st.mu.Unlock()
		if there && warm > 0 {
			return errorf(codeInvalidArgument, "The stream %s under account %s has a warm throughput of %d MiB/s, which must be "+
				"removed first.", st.name, s.cfg.Account, warm)
		}
	}
	return nil
}

package kinesis

// DescribeAccountSettings
//
// Emulated: all members. An account begins without a commitment.
// Source: API reference DescribeAccountSettings.

// DescribeAccountSettingsInput is DescribeAccountSettings's request: it has no members.
type DescribeAccountSettingsInput struct{}

// DescribeAccountSettings describes what is set of the account.
func (s *Service) DescribeAccountSettings(DescribeAccountSettingsInput) (*AccountSettingsOutput, error) {
	s.account.mu.Lock()
	defer s.account.mu.Unlock()
	return s.account.describe(s.cfg.Clock.Now(), s.cfg.Limits.Commitment), nil
}

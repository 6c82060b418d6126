package kinesis

// GetResourcePolicy
//
// Emulated: the policy as it was put. AWS does not document the answer for a resource without one; here it is {}, as moto
// and LocalStack have it.
// Source: API reference GetResourcePolicy.

// GetResourcePolicyOutput is GetResourcePolicy's answer.
type GetResourcePolicyOutput struct{ Policy string }

// GetResourcePolicy returns the policy of a resource.
func (s *Service) GetResourcePolicy(in ResourceInput) (*GetResourcePolicyOutput, error) {
	if err := s.checkResource(&in, false); err != nil {
		return nil, err
	}
	policy := s.resources.policy(*in.ResourceARN)
	if policy == "" {
		policy = "{}"
	}
	return &GetResourcePolicyOutput{policy}, nil
}

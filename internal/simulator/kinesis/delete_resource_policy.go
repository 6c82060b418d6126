package kinesis

// DeleteResourcePolicy
//
// Emulated: the policy is gone. AWS does not document the answer for a resource without one; here it is not found, as in
// moto and LocalStack, whose text it is.
// Source: API reference DeleteResourcePolicy.

// DeleteResourcePolicy takes the policy from a resource. Its answer is empty.
func (s *Service) DeleteResourcePolicy(in ResourceInput) error {
	if err := s.checkResource(&in, true); err != nil {
		return err
	}
	return s.resources.change(*in.ResourceARN, func(r *resource) error {
		if r.policy == "" {
			return errorf(codeNotFound, "No resource policy found for resource ARN %s.", *in.ResourceARN)
		}
		r.policy = ""
		return nil
	})
}

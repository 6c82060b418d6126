package kinesis

import (
	"encoding/json"
	"strings"
)

// PutResourcePolicy
//
// Emulated: the policy is kept as it is given. It must be a JSON object (the error is ours) and grants or denies nothing:
// who may do what is not checked. The resource must be ACTIVE (its ResourceInUseException).
// Source: API reference PutResourcePolicy.

// PutResourcePolicyInput is PutResourcePolicy's request.
type PutResourcePolicyInput struct{ ResourceARN, Policy *string }

// PutResourcePolicy attaches a policy to a resource, in place of the one it has. Its answer is empty.
func (s *Service) PutResourcePolicy(in PutResourcePolicyInput) error {
	var c checks
	if in.Policy == nil {
		c.notNull("policy")
	}
	c.text("resourceARN", in.ResourceARN, resourceRule)
	if err := c.err(); err != nil {
		return err
	}
	if !json.Valid([]byte(*in.Policy)) || !strings.HasPrefix(strings.TrimLeft(*in.Policy, " \t\r\n"), "{") {
		return errorf(codeInvalidArgument, "The policy is not a JSON object.")
	}
	if err := s.resourceThere(*in.ResourceARN, s.cfg.Clock.Now(), true); err != nil {
		return err
	}
	return s.resources.change(*in.ResourceARN, func(r *resource) error {
		r.policy = *in.Policy
		return nil
	})
}

package account

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// roleService is IAM's roles.
type roleService struct{ *scope }

func (s roleService) named(ctx context.Context, prefix string) (list []Resource, err error) {
	in := &iam.ListRolesInput{}
	err = pages("roles", func() (bool, error) {
		out, err := ask(ctx, s.patience, s.iam.ListRoles, in)
		if err != nil {
			return false, err
		}
		for i := range out.Roles {
			if name := aws.ToString(out.Roles[i].RoleName); strings.HasPrefix(name, prefix) {
				list = append(list, s.resource(Role, name))
			}
		}
		in.Marker = out.Marker
		return out.IsTruncated, nil
	})
	return list, err
}

func (s roleService) tags(ctx context.Context, r Resource) (map[string]string, error) {
	tags := map[string]string{}
	in := &iam.ListRoleTagsInput{RoleName: aws.String(r.Name)}
	err := pages("tags of "+r.String(), func() (bool, error) {
		out, err := ask(ctx, s.patience, s.iam.ListRoleTags, in)
		if err != nil {
			return false, err
		}
		for _, t := range out.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
		in.Marker = out.Marker
		return out.IsTruncated, nil
	})
	return tags, goneOr(err)
}

// remove deletes the role's policies first: IAM refuses a role that has any.
func (s roleService) remove(ctx context.Context, r Resource, _ bool) error {
	name := aws.String(r.Name)
	attached, err := ask(ctx, s.patience, s.iam.ListAttachedRolePolicies, &iam.ListAttachedRolePoliciesInput{RoleName: name})
	if err != nil {
		return goneOr(err)
	}
	for _, p := range attached.AttachedPolicies {
		in := &iam.DetachRolePolicyInput{RoleName: name, PolicyArn: p.PolicyArn}
		if _, err := ask(ctx, s.patience, s.iam.DetachRolePolicy, in); err != nil && !missing(err) {
			return err
		}
	}
	inline, err := ask(ctx, s.patience, s.iam.ListRolePolicies, &iam.ListRolePoliciesInput{RoleName: name})
	if err != nil {
		return goneOr(err)
	}
	for _, policy := range inline.PolicyNames {
		in := &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String(policy)}
		if _, err := ask(ctx, s.patience, s.iam.DeleteRolePolicy, in); err != nil && !missing(err) {
			return err
		}
	}
	_, err = ask(ctx, s.patience, s.iam.DeleteRole, &iam.DeleteRoleInput{RoleName: name})
	return goneOr(err)
}

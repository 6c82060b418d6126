package account

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/wavetank/wavetank/scenarios"
)

// Commands are those that Policy knows.
func Commands() []string { return []string{"run", "cleanup", "doctor"} }

// PolicyScope is how far a policy reaches. The zero value is every account and region of the aws partition, and
// DefaultPrefix.
type PolicyScope struct {
	Account string // 12 digits; "" is any
	Region  string // "" is any
	Prefix  string // of names

	// Scenario is one that a run may carry out: it may use its existing streams, delivery streams and functions, by their
	// names, and do to what it makes what not every scenario asks for, such as reshards; nil is none.
	Scenario *scenarios.Scenario
}

// Document is an IAM policy, in the shape that IAM takes.
type Document struct {
	Version   string      `json:"Version"`
	Statement []Statement `json:"Statement"`
}

// Statement allows actions on resources.
type Statement struct {
	Sid       string                         `json:"Sid"`
	Effect    string                         `json:"Effect"`
	Action    []string                       `json:"Action"`
	Resource  []string                       `json:"Resource"`
	Condition map[string]map[string][]string `json:"Condition,omitempty"`
}

// Policy is the least that IAM has to allow for a command. What can be told by name is allowed by name only; lists cannot.
func Policy(command string, s PolicyScope) (Document, error) {
	names, ok := commands[command]
	if !ok {
		return Document{}, fmt.Errorf("there is no policy for %q (known: %s)", command, strings.Join(Commands(), ", "))
	}
	d := Document{Version: "2012-10-17"}
	arns := arnsOf(s)
	for _, g := range grants {
		if !slices.Contains(names, g.set) {
			continue
		}
		st := Statement{Sid: g.sid, Effect: "Allow", Action: slices.Sorted(slices.Values(g.actions)), Resource: []string{"*"}}
		if len(g.on) > 0 {
			st.Resource = nil
			for _, kind := range g.on {
				st.Resource = append(st.Resource, arns[kind])
			}
		}
		if g.sid == sidDeleteMapping || g.sid == sidMakeMapping {
			st.Condition = map[string]map[string][]string{"ArnLike": {"lambda:FunctionArn": {arns[string(Function)]}}}
		}
		if g.sid == sidPassRole {
			st.Condition = map[string]map[string][]string{
				"StringEquals": {"iam:PassedToService": {"firehose.amazonaws.com", "lambda.amazonaws.com"}},
			}
		}
		d.Statement = append(d.Statement, st)
	}
	if carriesOut(command, s.Scenario) {
		d.Statement = slices.Concat(d.Statement, askedStatements(s), existingStatements(s))
	}
	return d, nil
}

// JSON is the policy as IAM takes it, indented.
func (d Document) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write policy: %w", err)
	}
	return append(text, '\n'), nil
}

// Actions are all that the policy allows, sorted, each once.
func (d Document) Actions() []string {
	var list []string
	for _, s := range d.Statement {
		list = append(list, s.Action...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// arnsOf are the ARNs of what bears the prefix, by kind. Patterns of log groups and of objects end as their own do.
func arnsOf(s PolicyScope) map[string]string {
	return arnsNamed(s, cmp.Or(s.Prefix, DefaultPrefix)+"*")
}

// arnsNamed are the ARNs of what has a name, by kind.
func arnsNamed(s PolicyScope, name string) map[string]string {
	region, account := cmp.Or(s.Region, "*"), cmp.Or(s.Account, "*")
	begin := "arn:" + partition(s.Region) + ":"
	in := ":" + region + ":" + account + ":"
	return map[string]string{
		string(Stream):         begin + "kinesis" + in + "stream/" + name,
		string(Function):       begin + "lambda" + in + "function:" + name,
		string(Mapping):        begin + "lambda" + in + "event-source-mapping:*",
		string(DeliveryStream): begin + "firehose" + in + "deliverystream/" + name,
		string(Bucket):         begin + "s3:::" + name,
		object:                 begin + "s3:::" + name + "/*",
		string(Role):           begin + "iam::" + account + ":role/" + name,
		string(LogGroup):       begin + "logs" + in + "log-group:" + logPrefix + name,
	}
}

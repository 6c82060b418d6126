package account_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/account"
)

func readDeny(t *testing.T, text string) (*account.Deny, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "deny")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return account.ReadDeny(path)
}

func TestDeny(t *testing.T) {
	const list = `
# production
111111111111   # all of it
prod-*
orders-v?
arn:aws:kinesis:*:222222222222:stream/payments
arn:aws:s3:::ledger/*
`
	deny, err := readDeny(t, list)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		account string
		names   []string
		where   string // of the line; "" is allowed
	}{
		{"nothing", "123456789012", nil, ""},
		{"another name", "123456789012", []string{"clicks"}, ""},
		{"the account", "111111111111", []string{"clicks"}, "deny:3"},
		{"a name", "123456789012", []string{"clicks", "prod-clicks"}, "deny:4: prod-*"},
		{"one character", "123456789012", []string{"orders-v2"}, "deny:5"},
		{"two characters", "123456789012", []string{"orders-v22"}, ""},
		{"case counts", "123456789012", []string{"PROD-clicks"}, ""},
		{"a name within an ARN", "123456789012", []string{"arn:aws:lambda:eu-west-1:123456789012:function:prod-x"}, "deny:4"},
		{"an ARN", "222222222222", []string{"arn:aws:kinesis:eu-west-1:222222222222:stream/payments"}, "deny:6"},
		{"the same of another account", "123456789012", []string{"arn:aws:kinesis:eu-west-1:123456789012:stream/payments"}, ""},
		{"the name of an ARN", "222222222222", []string{"payments"}, "deny:6"},
		{"the name of an ARN of another account", "123456789012", []string{"payments"}, ""},
		{"a bucket by what is in it", "123456789012", []string{"ledger"}, "deny:7"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := deny.Check(test.account, test.names)
			if test.where == "" && err != nil || test.where != "" && (!errors.Is(err, account.ErrDenied) || !strings.Contains(err.Error(), test.where)) {
				t.Errorf("%v, want %q", err, test.where)
			}
		})
	}
}

func TestDenyMistakes(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"an account with a digit too few", "# x\n11111111111\n", "deny:2: found \"11111111111\", want an account of 12 digits"},
		{"two on a line", "prod dev", "deny:1: found \"prod dev\", want an account, an ARN or a name"},
		{"an expression", "^prod.*$", "want an account, an ARN or a name"},
		{"half an ARN", "arn:aws:kinesis:stream/x", "want an ARN of six parts"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := readDeny(t, test.text); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
	deny, err := account.ReadDeny(filepath.Join(t.TempDir(), "none"))
	if err != nil || deny.Check("123456789012", []string{"x"}) != nil {
		t.Errorf("a list that is not there: %v", err)
	}
	if _, err := account.ReadDeny(t.TempDir()); err == nil {
		t.Error("a list that cannot be read denies nothing")
	}
	if err := (*account.Deny)(nil).Check("123456789012", []string{"x"}); err != nil {
		t.Errorf("no list: %v", err)
	}
}

func TestDenyPath(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("HOME", "/home/anna")
	if path, err := account.DenyPath(); err != nil || path != filepath.FromSlash("/home/anna/.config/wavetank/deny") {
		t.Errorf("%q, %v", path, err)
	}
	t.Setenv("XDG_CONFIG_HOME", "/config")
	if path, err := account.DenyPath(); err != nil || path != filepath.FromSlash("/config/wavetank/deny") {
		t.Errorf("%q, %v", path, err)
	}
}

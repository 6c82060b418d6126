package account

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/smithy-go"
)

func TestExplain(t *testing.T) {
	call := func(code string) error {
		return fmt.Errorf("make stream clicks: %w", &smithy.OperationError{
			ServiceID: "Kinesis", OperationName: "CreateStream", Err: &smithy.GenericAPIError{Code: code, Message: "no"},
		})
	}
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"another's call", call("ExpiredTokenException"), "make stream clicks: kinesis CreateStream: ExpiredTokenException: no; sign in again, then run wavetank cleanup"},
		{"not allowed", call("AccessDeniedException"), "make stream clicks: kinesis CreateStream: AccessDeniedException: no; wavetank iam-policy prints what has to be allowed"},
		{"a call of this package", fmt.Errorf("make it: %w", plain(call("X"))), "make it: kinesis CreateStream: X: no"},
		{"no call", errors.New("no space left"), "no space left"},
		{"interrupted", fmt.Errorf("wait: %w", context.Canceled), "wait: context canceled"},
	} {
		got := Explain(test.err)
		if got.Error() != test.want || !errors.Is(got, test.err) && !errors.Is(got, errors.Unwrap(test.err)) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if Explain(nil) != nil {
		t.Error("nothing is explained")
	}
}

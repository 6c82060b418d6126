package fanout

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// How a subscription ends, and whether to subscribe again.
func TestPasses(t *testing.T) {
	for _, row := range []struct {
		err  error
		want bool
	}{
		{broken(io.ErrUnexpectedEOF), true},
		{broken(&types.InternalFailureException{}), true},
		{broken(&types.KMSAccessDeniedException{}), false},
		{errSilent, true},
		{&types.ResourceInUseException{}, true},
		{&types.ResourceNotFoundException{}, false},
		{fmt.Errorf("%w: %w", errHandle, io.ErrUnexpectedEOF), false},
		{errors.New("something else"), false},
	} {
		if got := passes(row.err); got != row.want {
			t.Errorf("%v passes: %v", row.err, got)
		}
	}
	if err := broken(nil); err != nil {
		t.Errorf("a subscription whose time is over has ended with %v", err)
	}
}

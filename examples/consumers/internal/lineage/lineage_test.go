package lineage

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func shard(id string, parents ...string) types.ChildShard {
	return types.ChildShard{ShardId: aws.String(id), ParentShards: parents}
}

// A shard begins when all of its parents have ended, whether it was listed at first or is the child that a read returned.
func TestWalk(t *testing.T) {
	children := map[string][]types.ChildShard{
		"a": {shard("b", "a"), shard("c", "a")},                  // split
		"b": {shard("d", "b", "c")}, "c": {shard("d", "b", "c")}, // merged, and told by both
	}
	for name, first := range map[string][]types.ChildShard{
		"from the beginning":       {shard("a")},
		"all are listed":           {shard("d", "b", "c"), shard("c", "a"), shard("b", "a"), shard("a")},
		"the oldest has expired":   {shard("b", "a"), shard("c", "a")},
		"a parent has, one of two": {shard("c", "a"), shard("d", "b", "c")},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var mu sync.Mutex
			var ended []string
			err := Walk(ctx, first, func(_ context.Context, id string) ([]types.ChildShard, error) {
				mu.Lock()
				defer mu.Unlock()
				at := slices.Index([]string{"a", "b", "c", "d"}, id)
				for _, p := range [][]string{nil, {"a"}, {"a"}, {"b", "c"}}[at] {
					known := slices.ContainsFunc(first, func(s types.ChildShard) bool { return *s.ShardId == p })
					if (known || name == "from the beginning") && !slices.Contains(ended, p) {
						t.Errorf("%s began before %s had ended", id, p)
					}
				}
				ended = append(ended, id)
				return children[id], nil
			})
			if err != nil || ended[len(ended)-1] != "d" {
				t.Errorf("%v were read, and Walk has returned %v", ended, err)
			}
		})
	}
}

// The first error ends all reads, and is the one that is returned.
func TestWalkFails(t *testing.T) {
	broken := errors.New("broken")
	err := Walk(t.Context(), []types.ChildShard{shard("a"), shard("b"), shard("c")}, func(ctx context.Context, id string) ([]types.ChildShard, error) {
		if id == "b" {
			return nil, broken
		}
		<-ctx.Done()
		return nil, ctx.Err()
	})
	if !errors.Is(err, broken) || err.Error() != "read b: broken" {
		t.Errorf("Walk has returned %v", err)
	}
}

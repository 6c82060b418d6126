package harlow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/harlow/kinesis-consumer/group/consumergroup"
)

var errFar = errors.New("the table cannot be reached")

// leases is the table of a consumer group, in memory: each method changes what the library's own table in DynamoDB changes, under
// the same condition. The zero value is empty.
type leases struct {
	mu      sync.Mutex
	shards  map[string]*consumergroup.Lease
	workers map[string]time.Time // until when they live
	cut     string               // the worker that cannot reach it
}

// cutOff takes the table away from a worker.
func (l *leases) cutOff(worker string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = worker
}

// owners is how many shards that are not at their end each worker has.
func (l *leases) owners() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := map[string]int{}
	for _, s := range l.shards {
		if !s.Completed {
			n[s.Owner]++
		}
	}
	return n
}

func (l *leases) SyncShardLeases(_ context.Context, _ string, shards []types.Shard) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shards == nil {
		l.shards, l.workers = map[string]*consumergroup.Lease{}, map[string]time.Time{}
	}
	for _, s := range shards {
		id := aws.ToString(s.ShardId)
		if l.shards[id] == nil {
			l.shards[id] = &consumergroup.Lease{
				ShardID: id, ParentShardID: aws.ToString(s.ParentShardId), AdjacentParentID: aws.ToString(s.AdjacentParentShardId),
			}
		}
	}
	return nil
}

func (l *leases) HeartbeatWorker(_ context.Context, _, worker string, until time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if worker == l.cut {
		return errFar
	}
	l.workers[worker] = until
	return nil
}

func (l *leases) ListActiveWorkers(_ context.Context, _ string, now time.Time) (live []string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for worker, until := range l.workers {
		if until.After(now) {
			live = append(live, worker)
		}
	}
	return live, nil
}

func (l *leases) ListLeases(context.Context, string) (all []consumergroup.Lease, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.shards {
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b consumergroup.Lease) int { return strings.Compare(a.ShardID, b.ShardID) })
	return all, nil
}

func (l *leases) RenewLeases(_ context.Context, _, worker string, shards []string, until time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if worker == l.cut {
		return errFar
	}
	for _, id := range shards {
		if s := l.shards[id]; s.Owner == worker {
			s.ExpiresAt = until
		}
	}
	return nil
}

func (l *leases) RequestHandoff(_ context.Context, _, shard, from, to string, now, deadline time.Time) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.shards[shard]
	if s.Owner != from || s.PendingOwner != "" && s.PendingOwner != to && s.HandoffDeadline.After(now) {
		return false, nil
	}
	s.PendingOwner, s.HandoffDeadline = to, deadline
	return true, nil
}

func (l *leases) ClaimLease(_ context.Context, _, shard, worker string, now, until time.Time) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.shards[shard]
	owned := s.Owner != "" && s.Owner != worker && s.ExpiresAt.After(now)
	promised := s.PendingOwner != "" && s.PendingOwner != worker && s.HandoffDeadline.After(now)
	if owned || promised {
		return false, nil
	}
	s.Owner, s.ExpiresAt, s.PendingOwner, s.HandoffDeadline = worker, until, "", time.Time{}
	return true, nil
}

func (l *leases) CompleteLease(_ context.Context, _, shard, worker string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.shards[shard]; s.Owner == worker || s.Completed {
		s.Completed, s.Owner, s.ExpiresAt = true, "", time.Time{}
	}
	return nil
}

func (l *leases) ReleaseLease(_ context.Context, _, shard, worker string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if worker == l.cut {
		return errFar
	}
	if s := l.shards[shard]; s.Owner == worker {
		s.Owner, s.ExpiresAt = "", time.Time{}
	}
	return nil
}

package kinesis

import "time"

// use is what the streams of the account take of its quotas.
type use struct {
	creating int // streams
	onDemand int // streams
	shards   int // of provisioned streams
}

// use counts. A stream on its way to another mode counts as what it will be, and one that is being resharded with the most
// shards that it will have open meanwhile: short-lived shards count, too (API reference, UpdateShardCount). The caller holds
// the service's lock.
func (s *Service) use(now time.Time) use {
	var u use
	for _, st := range s.streams {
		st.mu.Lock()
		s.settle(st, now)
		u.add(st, now)
		st.mu.Unlock()
	}
	return u
}

// add counts one stream. One whose deletion is over counts no more, though nobody may have forgotten it yet.
func (u *use) add(st *stream, now time.Time) {
	status, there := st.status(now)
	switch {
	case !there:
		return
	case st.mode() == ModeOnDemand:
		u.onDemand++
	default:
		u.shards += max(len(st.open), st.reserved)
	}
	if status == statusCreating {
		u.creating++
	}
}

// used is use for who does not hold the service's lock. The caller holds s.quota until what it asked for counts.
func (s *Service) used(now time.Time) use {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.use(now)
}

// provisionedMost is the quota of open shards of an account in a region. Elsewhere than in the large ones it is "1,000 or 6,000"
// (developer guide "Quotas and limits"), and which of both is not documented: the smaller one surprises nobody on AWS.
func provisionedMost(region string) int {
	if largeRegion(region) {
		return 20_000
	}
	return 1000
}

// moreShards refuses so many open shards more where they would exceed the account's quota.
func (s *Service) moreShards(u use, more int) error {
	l := &s.cfg.Limits
	if more <= 0 || u.shards+more <= l.Shards {
		return nil
	}
	return errorf(codeLimitExceeded, "This request would exceed the shard limit for the account %s in %s. "+
		"Current shard count for the account: %d. Limit: %d. Number of additional shards that would have resulted from "+
		"this request: %d. Refer to the AWS Service Limits page "+
		"(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request "+
		"higher limits.", s.cfg.Account, s.cfg.Region, u.shards, l.Shards, more)
}

// oneOnDemand refuses one on-demand stream more where it would exceed the account's quota.
func (s *Service) oneOnDemand(u use) error {
	l := &s.cfg.Limits
	if u.onDemand < l.OnDemandStreams {
		return nil
	}
	return errorf(codeLimitExceeded, "This request would exceed the on-demand stream limit for the account %s in %s. "+
		"Limit: %d.", s.cfg.Account, s.cfg.Region, l.OnDemandStreams)
}

// daily counts what a stream may do so many times in a rolling 24 hours. The zero value has counted nothing.
type daily []int64 // unix nanoseconds, oldest first

const day = 24 * time.Hour

// full tells whether there were that many within the last 24 hours.
func (d *daily) full(now time.Time, most int) bool {
	for len(*d) > 0 && (*d)[0] <= now.Add(-day).UnixNano() {
		*d = (*d)[1:]
	}
	return len(*d) >= most
}

func (d *daily) add(now time.Time) { *d = append(*d, now.UnixNano()) }

// admit counts once more, unless that would be more than most.
func (d *daily) admit(now time.Time, most int) bool {
	if d.full(now, most) {
		return false
	}
	d.add(now)
	return true
}

package kinesis

import (
	"encoding/hex"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// channel is the model of one channel: what it is, and its states. What stands above freshness never changes; the rest is
// guarded by the channels' lock.
type channel struct {
	name, id, arn string
	stream        string
	streamARN     string
	streamCreated time.Time
	created       time.Time
	active        time.Time // from when on it is ACTIVE
	role          string
	format        string // of the records
	destination   S3DestinationConfiguration
	template      keyTemplate
	encryption    *ChannelEncryptionConfiguration
	wake          *clock.Signal // of its process: it is another than it was

	freshness time.Duration // that was asked for last
	before    time.Duration // what is in force until updated
	updated   time.Time     // UPDATING until then
	logs      CloudWatchLogs
	deleted   bool      // it is DELETING, or no more
	gone      time.Time // from when on it is no more; meaningful where deleted is set

	passed  map[int32]uint64 // by shard: the position behind what is delivered; the channel goes on from there (keep.go)
	objects uint64           // delivered so far
}

// channels are the channels of the account. Their lock is taken after a stream's.
type channels struct {
	mu   sync.Mutex
	all  []*channel // in the order of their names
	made uint64     // so far
}

const (
	bucketARNs      = "arn:aws:s3:::"
	defaultLogs     = "DestinationDelivery" // API reference, CloudWatchLogs
	channelsOfOne   = 2                     // of a stream: one to S3, one to S3 Tables, not adjustable (developer guide, "Delivery quotas and limits")
	channelResource = ":channel/"

	defaultFreshness = 300 * time.Second // API reference, S3DestinationConfiguration
)

var channelARNRule = rule{required: true, min: 1, max: 2048, pattern: whole(`arn:aws.*:kinesis:.*:\d{12}:channel/\S+`)}

// status is the channel's state at an instant; ok is false where it is no more. A channel never is FAILED: AWS does not say
// what makes it so.
func (ch *channel) status(now time.Time) (status string, ok bool) {
	switch {
	case ch.deleted && !now.Before(ch.gone):
		return "", false
	case ch.deleted:
		return statusDeleting, true
	case now.Before(ch.active):
		return statusCreating, true
	case now.Before(ch.updated):
		return statusUpdating, true
	}
	return statusActive, true
}

// freshnessAt is the data freshness in force at an instant.
func (ch *channel) freshnessAt(now time.Time) time.Duration {
	if now.Before(ch.updated) {
		return ch.before
	}
	return ch.freshness
}

// channelsAt are the channels that are there at an instant, in the order of their names. Those that are gone are forgotten.
// The caller holds their lock.
func (s *Service) channelsAt(now time.Time) []*channel {
	s.channels.all = slices.DeleteFunc(s.channels.all, func(ch *channel) bool {
		_, there := ch.status(now)
		if !there {
			s.resources.forget(ch.arn)
		}
		return !there
	})
	return s.channels.all
}

// reads tells whether the channel is one of a stream. One that is DELETING may outlive its stream, whose name another may have
// by then.
func (ch *channel) reads(st *stream) bool {
	return ch.stream == st.name && ch.streamCreated.Equal(st.created)
}

// channelsOf counts the channels of a stream, of every state, or, where alive, of those that are not DELETING; nil is all
// streams.
func (s *Service) channelsOf(st *stream, alive bool, now time.Time) (n int) {
	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	for _, ch := range s.channelsAt(now) {
		if (st == nil || ch.reads(st)) && (!alive || !ch.deleted) {
			n++
		}
	}
	return n
}

// mostChannels is the quota of the account and region: twice that of on-demand streams, by which the guide says that channels are
// bounded. It stays what a client reads as an integer.
func (s *Service) mostChannels() int {
	return min(channelsOfOne*s.cfg.Limits.OnDemandStreams, math.MaxInt32)
}

// channelOf finds the channel of an ARN. The caller holds the channels' lock.
func (s *Service) channelOf(arn string, now time.Time) (*channel, error) {
	for _, ch := range s.channelsAt(now) {
		if ch.arn == arn {
			return ch, nil
		}
	}
	// AWS's text was not seen.
	return nil, errorf(codeNotFound, "Channel %s under account %s not found.", arn, s.cfg.Account)
}

// checkChannelARN checks the one member by which operations select a channel.
func checkChannelARN(arn *string) error {
	var c checks
	c.text("channelARN", arn, channelARNRule)
	return c.err()
}

// channelThere tells whether there is a channel with an ARN to which tags can be attached.
func (s *Service) channelThere(arn string, now time.Time) error {
	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	_, err := s.channelOf(arn, now)
	return err
}

// notReady refuses a channel that is in the wrong state (the code is the API reference's, the text is ours).
func (s *Service) notReady(ch *channel, status string) *Error {
	return errorf(codeInUse, "Channel %s under account %s not ACTIVE, instead in state %s", ch.name, s.cfg.Account, status)
}

// channelID is the id of the nth channel of the account. It has the form of a UUID (developer guide, "Describe an Amazon S3
// delivery"), and is the same in every run.
func (s *Service) channelID(name string, n uint64) string {
	h := fnv.New128a()
	_, _ = h.Write([]byte(strings.Join([]string{s.cfg.Account, s.cfg.Region, name}, "\x00"))) // it takes all
	var b [16]byte
	h.Sum(b[:0])
	for i := range 8 {
		b[i] ^= byte(n >> (8 * i))
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	t := hex.EncodeToString(b[:])
	return t[:8] + "-" + t[8:12] + "-" + t[12:16] + "-" + t[16:20] + "-" + t[20:]
}

func (s *Service) channelARN(id string) string {
	return "arn:aws:kinesis:" + s.cfg.Region + ":" + s.cfg.Account + channelResource + id
}

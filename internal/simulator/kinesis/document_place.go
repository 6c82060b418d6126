package kinesis

import (
	"maps"
	"slices"
	"time"
)

// placeDocument is what the account and region has beside its streams.
type placeDocument struct {
	documentHead
	CommitmentStarted, CommitmentEnded int64                       `json:",omitempty"`
	Resources                          map[string]resourceDocument `json:",omitempty"` // by ARN
	Channels                           []channelDocument           `json:",omitempty"`
	ChannelsMade                       uint64                      `json:",omitempty"`
}

type resourceDocument struct {
	Tags   map[string]string `json:",omitempty"`
	Policy string            `json:",omitempty"`
}

type channelDocument struct {
	Name, ID, Stream, Role, Format string
	StreamCreated, Created, Active int64
	Destination                    S3DestinationConfiguration
	Encryption                     *ChannelEncryptionConfiguration `json:",omitempty"`
	Freshness, Before              time.Duration
	Updated                        int64 `json:",omitempty"`
	Logs                           CloudWatchLogs
	Deleted                        bool             `json:",omitempty"`
	Gone                           int64            `json:",omitempty"`
	Passed                         map[int32]uint64 `json:",omitempty"` // by shard: the position behind what is delivered
	Objects                        uint64           `json:",omitempty"` // so far
}

// placeDocument is the document of the account and region.
func (s *Service) placeDocument() []byte {
	d := placeDocument{documentHead: documentHead{Version: documentVersion, Account: s.cfg.Account, Region: s.cfg.Region}}
	s.account.mu.Lock()
	d.CommitmentStarted, d.CommitmentEnded = instant(s.account.started), instant(s.account.ended)
	s.account.mu.Unlock()

	s.resources.mu.Lock()
	d.Resources = make(map[string]resourceDocument, len(s.resources.of))
	for arn, r := range s.resources.of {
		d.Resources[arn] = resourceDocument{maps.Clone(r.tags), r.policy}
	}
	s.resources.mu.Unlock()

	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	d.ChannelsMade = s.channels.made
	for _, ch := range s.channels.all {
		d.Channels = append(d.Channels, channelDocument{
			ch.name, ch.id, ch.stream, ch.role, ch.format, instant(ch.streamCreated), instant(ch.created), instant(ch.active),
			ch.destination, ch.encryption, ch.freshness, ch.before, instant(ch.updated), ch.logs, ch.deleted, instant(ch.gone),
			maps.Clone(ch.passed), ch.objects,
		})
	}
	return mustJSON(d)
}

// restore brings back what a document has, but for the channels.
func (s *Service) restore(d *placeDocument) {
	s.account.commitment = commitment{instantOf(d.CommitmentStarted), instantOf(d.CommitmentEnded)}
	s.resources.of = make(map[string]*resource, len(d.Resources))
	for arn, r := range d.Resources {
		tags := r.Tags
		if tags == nil {
			tags = make(map[string]string)
		}
		s.resources.of[arn] = &resource{tags, r.Policy}
	}
}

// restoreChannels brings back the channels of a document, whose streams are there. One goes on delivering behind what it
// delivered last, as far as that was kept.
func (s *Service) restoreChannels(d *placeDocument) {
	s.channels.made = d.ChannelsMade
	for _, c := range d.Channels {
		ch := &channel{
			name: c.Name, id: c.ID, arn: s.channelARN(c.ID), stream: c.Stream, streamARN: s.StreamARN(c.Stream), streamCreated: instantOf(c.StreamCreated),
			created: instantOf(c.Created), active: instantOf(c.Active), role: c.Role, format: c.Format, destination: c.Destination,
			encryption: c.Encryption, wake: s.cfg.Clock.NewSignal(), freshness: c.Freshness, before: c.Before, updated: instantOf(c.Updated),
			logs: c.Logs, deleted: c.Deleted, gone: instantOf(c.Gone),
		}
		ch.template, _ = parseKeyTemplate(*c.Destination.StorageConfiguration.OutputKeyTemplate) // it was checked when it was made
		s.channels.all = append(s.channels.all, ch)
		st := s.streams[c.Stream]
		if st == nil || ch.deleted || !st.created.Equal(ch.streamCreated) {
			continue
		}
		delivery := newDelivery(s, ch, st)
		delivery.resume(c.Passed, c.Objects)
		delivery.begin()
	}
}

// whole tells whether nothing is missing in a document that is always there.
func (d *placeDocument) whole() bool {
	return !slices.ContainsFunc(d.Channels, func(c channelDocument) bool {
		to := c.Destination.StorageConfiguration
		return to == nil || to.OutputKeyTemplate == nil || to.CompressionType == nil || to.StorageClass == nil
	})
}

package kinesis

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// delivery is the process of a channel: it reads the shards of its stream into one buffer and delivers that no later than the
// data freshness after its oldest record, or as soon as it is large enough. Records stay in the stream until they are delivered.
//
// Its reads are no GetRecords: they take nothing from the shards' limits ("channel reads consume no additional shard capacity",
// AWS's agent toolkit) and are not told to the observer. A shard is read when its parents are, so a partition key keeps its order
// over a reshard; AWS says nothing of it. An object holds the data of its records one after another, as they are ("records are
// delivered as is", developer guide, "Delivery quotas and limits"; a separator is not documented).
type delivery struct {
	service *Service
	channel *channel
	stream  *stream
	reader  *reader
	tips    map[int32]uint64 // by shard: where it ended when the channel was made

	lineage *record.Lineage
	cursors []*channelCursor // of the shards whose turn it is, in the order of their start
	read    []record.Record  // scratch space
	buffer  channelBuffer
	upTo    map[int32]uint64 // by shard: the position behind what is buffered
	objects uint64           // so far, of both kinds
}

// channelCursor is how far a channel has come in a shard.
type channelCursor struct {
	shard *shard
	next  uint64
}

const channelPage = 10_000 // records of a shard that are read at once, at most: a put waits for no more

// newDelivery makes the process of a channel. From here on the stream keeps what comes. The caller holds the stream's lock.
func newDelivery(s *Service, ch *channel, st *stream) *delivery {
	d := &delivery{
		service: s, channel: ch, stream: st, reader: &reader{name: "channel/" + ch.name, passed: map[int32]uint64{}},
		tips: map[int32]uint64{}, upTo: map[int32]uint64{},
		lineage: record.NewLineage(record.Position{Type: record.AtTimestamp, At: ch.active}),
	}
	for _, sh := range st.shards {
		d.tips[sh.number], d.reader.passed[sh.number] = sh.tip(), sh.tip()
	}
	ch.passed = maps.Clone(d.tips)
	st.readers = append(st.readers, d.reader)
	return d
}

// resume goes on where a channel that is brought back has come to: by shard, and in objects. A shard that is not named is
// younger than that. The caller holds no lock, and has made the delivery just now.
func (d *delivery) resume(passed map[int32]uint64, objects uint64) {
	d.tips, d.reader.passed = make(map[int32]uint64), make(map[int32]uint64)
	maps.Copy(d.tips, passed)
	maps.Copy(d.reader.passed, passed)
	d.objects = objects
	d.channel.passed, d.channel.objects = maps.Clone(d.tips), objects
}

func (d *delivery) begin() {
	d.service.cfg.Clock.Go("kinesis channel "+d.channel.name, d.run)
}

// run delivers until the channel is deleted or the clock is stopped.
func (d *delivery) run(p *clock.Proc) {
	defer d.leave()
	if !d.pause(p, d.channel.active) || !d.start(p.Now()) {
		return
	}
	for {
		now := p.Now()
		freshness, over := d.state(now)
		if over {
			return
		}
		more, there := d.fill(now)
		if !there {
			return
		}
		due, buffered := d.buffer.due(freshness)
		switch {
		case d.full() || buffered && !now.Before(due):
			if !d.deliver(p) {
				return
			}
		case !more:
			until := now.Add(d.service.cfg.Model.ChannelRead)
			if buffered && due.Before(until) {
				until = due
			}
			if p.Wait(d.channel.wake, until) == clock.Stopped {
				return
			}
		}
	}
}

// state is what the channel is at an instant.
func (d *delivery) state(now time.Time) (freshness time.Duration, over bool) {
	d.service.channels.mu.Lock()
	defer d.service.channels.mu.Unlock()
	return d.channel.freshnessAt(now), d.channel.deleted
}

// pause waits until an instant. It returns false when the process must return.
func (d *delivery) pause(p *clock.Proc, until time.Time) bool {
	for {
		if _, over := d.state(p.Now()); over {
			return false
		}
		switch p.Wait(d.channel.wake, until) {
		case clock.Stopped:
			return false
		case clock.Expired:
			return true
		}
	}
}

func (d *delivery) full() bool {
	m := &d.service.cfg.Model
	return d.buffer.bytes >= m.ChannelObject || d.buffer.len() >= m.ChannelRecords
}

// start takes the shards that there are. It returns false where the stream is no more.
func (d *delivery) start(now time.Time) bool {
	if !d.lock(now) {
		return false
	}
	defer d.stream.mu.Unlock()
	d.follow(now)
	return true
}

// lock locks the stream, with the changes that are due, unless it is no more.
func (d *delivery) lock(now time.Time) bool {
	d.stream.mu.Lock()
	if _, there := d.stream.status(now); !there {
		d.stream.mu.Unlock()
		return false
	}
	d.service.settle(d.stream, now)
	return true
}

// follow begins with the shards whose turn has come: with what was written since the channel is ACTIVE. The caller holds the
// stream's lock.
func (d *delivery) follow(now time.Time) {
	var shards []record.Shard
	for _, sh := range d.stream.listed(now.UnixNano()) {
		shards = append(shards, sh.lineage())
	}
	d.lineage.Add(shards)
	for _, turn := range d.lineage.Ready() {
		sh := d.stream.shard(turn.Number)
		c := &channelCursor{sh, max(d.tips[sh.number], sh.since(d.channel.active.UnixNano()))}
		d.cursors = append(d.cursors, c)
		d.upTo[sh.number] = c.next
	}
}

// fill reads from all shards into the buffer. more tells that there is something left to read; there is false where the stream
// is no more.
func (d *delivery) fill(now time.Time) (more, there bool) {
	for i := 0; i < len(d.cursors); {
		c := d.cursors[i]
		if d.full() {
			return true, true
		}
		over, left, there := d.take(c, now)
		if !there {
			return false, false
		}
		if over {
			d.cursors = slices.DeleteFunc(d.cursors, func(o *channelCursor) bool { return o == c })
			continue // the shards that follow it are now the last
		}
		more = more || left
		i++
	}
	return more, true
}

// take reads a page of a shard. over tells that the shard is closed and read to its end, left that it is not at its tip.
func (d *delivery) take(c *channelCursor, now time.Time) (over, left, there bool) {
	if !d.lock(now) {
		return false, false, false
	}
	sh, room := c.shard, d.service.cfg.Model.ChannelObject-d.buffer.bytes
	most := min(channelPage, d.service.cfg.Model.ChannelRecords-d.buffer.len())
	d.service.freed(d.stream, d.stream.expire(sh, now.UnixNano()))
	var err error
	d.read, c.next, _, err = d.service.fetch(d.stream, sh, c.next, most, room, d.read[:0])
	if err != nil {
		d.stream.mu.Unlock()
		return false, false, true // it is read again with the next turn
	}
	c.next += uint64(len(d.read))
	d.upTo[sh.number] = c.next
	left = c.next < sh.tip()
	if over = sh.ended() && !left; over {
		d.lineage.Finish(sh.number, sh.children)
		d.follow(now)
	}
	d.stream.mu.Unlock()
	ch := d.channel
	d.buffer.add(d.read,
		func(r *record.Record) string { return invalidAs(ch.format, r) },
		func(r *record.Record, wrong string) []byte { return ch.line(sh, r, wrong) })
	clear(d.read) // lets go of their data
	return over, left, true
}

// deliver brings the buffer into the store. It returns false when the process must return.
func (d *delivery) deliver(p *clock.Proc) bool {
	b, ch := &d.buffer, d.channel
	at, to := time.Unix(0, b.oldest), ch.destination
	if len(b.records) > 0 {
		d.objects++
		if !d.store(p, *to.StorageConfiguration.BucketARN, ch.template.key(ch, at, d.objects), b.records, to.StorageConfiguration) {
			return false
		}
	}
	if len(b.dead) > 0 {
		d.objects++
		if !d.store(p, *to.DeadLetterQueueS3Configuration.BucketARN, ch.errorKey(at, d.objects), b.dead, nil) {
			return false
		}
	}
	d.buffer = channelBuffer{}
	d.passed()
	return true
}

// store puts an object into a bucket, again and again where that fails, until it succeeds or the channel is deleted. AWS does not
// say how long it tries. as is how it is stored; nil, of dead letters, is uncompressed and STANDARD.
func (d *delivery) store(p *clock.Proc, bucketARN, key string, recs []record.Record, as *S3StorageConfiguration) bool {
	compression, class := "", ""
	if as != nil && *as.CompressionType != compressionNone {
		compression = *as.CompressionType
	}
	if as != nil && *as.StorageClass != classStandard {
		class = *as.StorageClass
	}
	for {
		_, err := d.service.cfg.Store.PutRecordsAs(p.Now(), strings.TrimPrefix(bucketARN, bucketARNs), key, recs, compression, class)
		if err == nil {
			return true
		}
		if !d.pause(p, p.Now().Add(d.service.cfg.Model.ChannelRetry)) {
			return false
		}
	}
}

// passed tells the stream what is delivered: it may drop that.
func (d *delivery) passed() {
	d.stream.mu.Lock()
	for number, next := range d.upTo {
		d.reader.passed[number] = max(d.reader.passed[number], next)
		d.service.dropPassed(d.stream, number)
	}
	passed := maps.Clone(d.reader.passed)
	d.stream.mu.Unlock()
	clear(d.upTo)

	d.service.channels.mu.Lock()
	defer d.service.channels.mu.Unlock()
	d.channel.passed, d.channel.objects = passed, d.objects
	d.service.resources.touched.Store(true)
}

// leave ends the channel as a reader of its stream.
func (d *delivery) leave() {
	d.stream.mu.Lock()
	defer d.stream.mu.Unlock()
	d.stream.readers = slices.DeleteFunc(d.stream.readers, func(o *reader) bool { return o == d.reader })
	for _, sh := range d.stream.shards {
		d.service.dropPassed(d.stream, sh.number)
	}
}

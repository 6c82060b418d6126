package kinesis

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/journal"
)

// foundWorld is what a disk brings back of one account and region.
type foundWorld struct {
	owner   uint64
	place   placeDocument
	streams map[uint64]*streamDocument         // by their owners
	blocks  map[uint64]map[int32][]journal.Ref // of them, by shard, in their order
}

var errIncomplete = errors.New("it is incomplete")

// find reads the documents and sorts the blocks that the journal has found.
func (d *Disk) find() error {
	if !d.journal.Durable() {
		return nil
	}
	worlds := map[uint64]*foundWorld{}
	documents := d.journal.Documents()
	for _, owner := range slices.Sorted(maps.Keys(documents)) {
		w, err := d.readDocument(owner, documents[owner])
		if err != nil {
			return err
		}
		worlds[owner] = w
	}
	var orphans []journal.Ref // of streams that are no more
	for _, b := range d.journal.Blocks() {
		w := worlds[b.Owner]
		if w == nil || w.streams[b.Owner] == nil || int(b.Shard) >= len(w.streams[b.Owner].Shards) {
			orphans = append(orphans, b.Ref)
			continue
		}
		shards := w.blocks[b.Owner]
		if shards == nil {
			shards = map[int32][]journal.Ref{}
			w.blocks[b.Owner] = shards
		}
		shards[b.Shard] = append(shards[b.Shard], b.Ref)
	}
	d.journal.Release(orphans)
	return nil
}

// readDocument reads the document of an owner and returns the world that it belongs to.
func (d *Disk) readDocument(owner uint64, body []byte) (*foundWorld, error) {
	var head documentHead
	if err := json.Unmarshal(body, &head); err != nil {
		return nil, fmt.Errorf("the document of owner %d: %w", owner, err)
	}
	if head.Version != documentVersion {
		return nil, fmt.Errorf("the documents have the version %d; this program reads version %d", head.Version, documentVersion)
	}
	at := place{head.Account, head.Region}
	w := d.found[at]
	if w == nil {
		w = &foundWorld{streams: map[uint64]*streamDocument{}, blocks: map[uint64]map[int32][]journal.Ref{}}
		d.found[at] = w
	}
	if head.Stream == "" {
		w.owner = owner
		err := json.Unmarshal(body, &w.place)
		if err == nil && !w.place.whole() {
			err = errIncomplete
		}
		if err != nil {
			return nil, fmt.Errorf("the document of account %s in %s: %w", head.Account, head.Region, err)
		}
		return w, nil
	}
	st := new(streamDocument)
	err := json.Unmarshal(body, st)
	if err == nil && len(st.Shards) == 0 {
		err = errIncomplete
	}
	if err != nil {
		return nil, fmt.Errorf("the document of stream %s of account %s in %s: %w", head.Stream, head.Account, head.Region, err)
	}
	w.streams[owner] = st
	return w, nil
}

// Places visits the accounts and regions of which the disk has something that no service has taken yet, in their order.
func (d *Disk) Places(visit func(account, region string)) {
	d.mu.Lock()
	places := slices.SortedFunc(maps.Keys(d.found), func(a, b place) int {
		return slices.Compare([]string{a.account, a.region}, []string{b.account, b.region})
	})
	d.mu.Unlock()
	for _, p := range places {
		visit(p.account, p.region)
	}
}

// join makes a service one of the disk's, with what the disk brings back of its account and region.
func (d *Disk) join(s *Service) {
	d.mu.Lock()
	d.services = append(slices.Clip(d.services), s)
	at := place{s.cfg.Account, s.cfg.Region}
	w := d.found[at]
	delete(d.found, at)
	d.mu.Unlock()
	if w == nil || w.owner == 0 {
		s.owner = d.journal.NewOwner()
	}
	if w == nil {
		return
	}
	if w.owner != 0 {
		s.owner = w.owner
	}
	s.restore(&w.place)
	now := s.cfg.Clock.Now()
	for _, owner := range slices.Sorted(maps.Keys(w.streams)) {
		s.restoreStream(owner, w.streams[owner], w.blocks[owner], now)
	}
	s.restoreChannels(&w.place)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetGone(now)
}

// restoreStream brings back a stream.
func (s *Service) restoreStream(owner uint64, d *streamDocument, blocks map[int32][]journal.Ref, now time.Time) {
	st := &stream{
		name: d.Stream, disk: s.disk, owner: owner, awaits: true,
		created: instantOf(d.Created), active: instantOf(d.Active), deleted: instantOf(d.Deleted), gone: instantOf(d.Gone),
		turn: d.Turn, becomes: d.Becomes, reserved: d.Reserved, scalings: d.Scalings, switches: d.Switches, applied: d.Applied, removed: d.Removed,
		lastRemoved: d.LastRemoved,
	}
	set := &d.Settings
	st.settings.Store(&settings{
		set.Mode, set.Retention, set.Asked, set.Floor, set.RecordSize, set.Strategy, set.Encryption, set.KeyID, set.Monitored, set.Warm, set.Warmed,
	})
	for i := range d.Shards {
		s.restoreShard(st, &d.Shards[i], blocks[int32(i)], now.UnixNano())
	}
	slices.SortStableFunc(st.open, func(a, b *shard) int { return compare(a.start, b.start) })
	slices.SortStableFunc(st.closed, func(a, b *shard) int { return int(a.closed - b.closed) })
	for _, c := range d.Changes {
		if made := c.change(st); made != nil {
			st.changes = append(st.changes, pending{instantOf(c.At), c.Updating, made})
			st.growing += len(c.Growth)
			st.watched = st.watched || c.Review
		}
	}
	if len(st.changes) > 0 {
		st.due = st.changes[0].at.UnixNano()
	}
	for _, e := range d.Eras {
		st.eras = append(st.eras, era{e.Began, e.Encrypted, e.From})
	}
	for _, p := range d.Peaks {
		st.peaks = append(st.peaks, peak{p.At, p.Shards})
	}
	for _, c := range d.Consumers {
		st.consumers = append(st.consumers, &consumer{
			name: c.Name, arn: c.ARN, created: instantOf(c.Created), active: instantOf(c.Active), deleted: c.Deleted, gone: instantOf(c.Gone),
			pipes: make(map[int32]*pipe),
		})
	}
	s.streams[st.name] = st
}

// restoreShard brings back a shard with its records. Of those that were given up before the process ended some may be there,
// in a file with others that were not: what is before a gap, or before the first that the document names, or does not reach to
// the next.
func (s *Service) restoreShard(st *stream, d *shardDocument, blocks []journal.Ref, now int64) {
	sh := st.newShard(int32(len(st.shards)), d.Start, d.End, s.limitsOf(st.settings.Load().recordSize), now)
	sh.parents, sh.children, sh.started, sh.created, sh.closed = d.Parents, d.Children, d.Started, d.Created, d.Closed
	sh.first, sh.next, sh.arrived, sh.splitting = d.First, d.Next, d.Arrived, d.Splitting
	st.shards = append(st.shards, sh)
	begin := 0
	for i := range blocks {
		if i > 0 && blocks[i].First != blocks[i-1].End() || blocks[i].First < d.First && blocks[i].End() <= d.First {
			begin = i
		}
	}
	if n := len(blocks); n > 0 && (blocks[n-1].End() <= d.First || blocks[n-1].End() < d.Next) {
		begin = n
	}
	st.free.blocks = append(st.free.blocks, blocks[:begin]...)
	if sh.blocks = slices.Clip(blocks[begin:]); len(sh.blocks) > 0 {
		last := &sh.blocks[len(sh.blocks)-1]
		sh.first, sh.next = max(sh.first, sh.blocks[0].First), max(sh.next, last.End())
		sh.arrived = max(sh.arrived, last.Arrival)
	} else {
		sh.first = sh.next
	}
	sh.shown, sh.readTo = sh.next, min(d.ReadTo, sh.next)
	switch {
	case sh.closed == 0:
		st.open = append(st.open, sh)
	case !d.Forgotten:
		st.closed = append(st.closed, sh)
	}
}

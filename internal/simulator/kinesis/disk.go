package kinesis

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/wavetank/wavetank/internal/simulator/journal"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// WhenFull is what becomes of records where neither memory nor disk has room for them.
type WhenFull string

// The choices.
const (
	Trim   WhenFull = "trim"   // the oldest records go, counted and told to the observer
	Refuse WhenFull = "refuse" // what is put is refused with InternalFailure
	Fail   WhenFull = "fail"   // as Refuse, and DiskConfig.Failed is told
)

// ErrDiskFull is what DiskConfig.Failed is told where the disk's cap is reached.
var ErrDiskFull = errors.New("the cap on disk space is reached")

// DiskConfig is what a disk is made of. Journal must be set.
type DiskConfig struct {
	// Journal is where the records go: one that was opened keeps everything that is acknowledged, a temporary one what does
	// not fit into memory.
	Journal *journal.Journal

	WhenFull WhenFull     // Trim
	Failed   func(error)  // told once, of ErrDiskFull where WhenFull is Fail; it must be quick; nil: nobody
	Logger   *slog.Logger // of what cannot be written or read; nil: nothing is logged
}

// Disk is where records are that are not in memory, and what outlives the process. Several services share one; it is safe for
// concurrent use.
type Disk struct {
	cfg       DiskConfig
	journal   *journal.Journal
	documents atomic.Uint64 // up to where Commit must wait
	cache     blockCache
	failing   sync.Once // the cap is reached and that is a failure
	breaking  sync.Once // nothing can be kept any more
	writing   sync.Once // what memory has no room for cannot be written
	trimming  sync.Mutex
	short     atomic.Bool // there was no room when it was asked for last
	refused   atomic.Int64

	mu       sync.Mutex
	services []*Service
	found    map[place]*foundWorld
}

// place is where a service is.
type place struct{ account, region string }

// NewDisk makes a disk. It is an error where its journal holds what this package has not written.
func NewDisk(cfg DiskConfig) (*Disk, error) {
	if cfg.WhenFull == "" {
		cfg.WhenFull = Trim
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	d := &Disk{cfg: cfg, journal: cfg.Journal, found: map[place]*foundWorld{}}
	if err := d.find(); err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.Journal.Dir(), err)
	}
	return d, nil
}

// durable tells whether what is acknowledged must be on disk.
func (d *Disk) durable() bool { return d != nil && d.journal.Durable() }

// Refused is how many records were refused because there was no room for them, or because nothing can be written.
func (d *Disk) Refused() int64 { return d.refused.Load() }

// failed logs an error that nobody else is told.
func (d *Disk) failed(what string, err error) {
	d.cfg.Logger.Error(what, "error", err)
}

// hasRoom is makeRoom, and what it said is remembered.
func (d *Disk) hasRoom(more int64) bool {
	ok := d.makeRoom(more)
	d.short.Store(!ok)
	return ok
}

// makeRoom does what is to be done where so many bytes more would exceed the cap, and tells whether they fit. The caller holds
// no stream's lock.
func (d *Disk) makeRoom(more int64) bool {
	if !d.journal.Full(more) {
		return true
	}
	switch d.cfg.WhenFull {
	case Fail:
		d.failing.Do(func() {
			d.failed("the cap on disk space is reached", ErrDiskFull)
			if d.cfg.Failed != nil {
				d.cfg.Failed(fmt.Errorf("%w: %d bytes", ErrDiskFull, d.journal.MaxBytes()))
			}
		})
		return false
	case Refuse:
		return false
	}
	d.trimming.Lock()
	defer d.trimming.Unlock()
	for last := uint32(0); d.journal.Full(more); {
		file, ok := d.journal.Oldest()
		if !ok || file == last {
			return false // what is there cannot be trimmed
		}
		last = file
		d.mu.Lock()
		services := d.services
		d.mu.Unlock()
		trimmed := 0
		for _, s := range services {
			trimmed += s.giveUp(file)
		}
		d.cfg.Logger.Warn("the oldest records are trimmed: the cap on disk space is reached", "bytes", d.journal.MaxBytes(), "unread", trimmed)
	}
	return true
}

// giveUp drops the records that a file holds and those before them, and returns how many of them nobody had read.
func (s *Service) giveUp(file uint32) (unread int) {
	for _, st := range s.streamsByName() {
		st.mu.Lock()
		for _, sh := range st.shards {
			to := sh.first
			for i := range sh.blocks {
				if sh.blocks[i].File() > file {
					break
				}
				to = sh.blocks[i].End()
			}
			if to > sh.first {
				unread += s.trimTo(st, sh, to)
			}
		}
		st.mu.Unlock()
	}
	return unread
}

// load is the records of a block. They must not be changed.
func (d *Disk) load(ref journal.Ref) ([]record.Record, error) {
	if recs := d.cache.get(ref); recs != nil {
		return recs, nil
	}
	recs, err := d.journal.Read(ref, nil)
	if err != nil {
		if !errors.Is(err, journal.ErrGone) {
			d.failed("records cannot be read from disk", err)
		}
		return nil, err
	}
	d.cache.put(ref, recs)
	return recs, nil
}

// read appends the records of blocks from a position on, at most most of them and at most room bytes of data and keys, but
// one at least.
func (d *Disk) read(refs []journal.Ref, pos uint64, most int, room int64, dst []record.Record) (out []record.Record, bytes int64, err error) {
	for _, ref := range refs {
		recs, err := d.load(ref)
		if err != nil {
			return dst, bytes, err
		}
		recs = recs[pos-ref.First:]
		recs = recs[:min(len(recs), most)]
		n, sum := fit(recs, room, bytes)
		dst, bytes = append(dst, recs[:n]...), sum
		pos += uint64(n)
		if most -= n; n < len(recs) || most == 0 {
			break
		}
	}
	return dst, bytes, nil
}

// blockCache holds the blocks that were read last, so that a reader of small pages reads each once.
type blockCache struct {
	mu   sync.Mutex
	next int
	held [cachedBlocks]cachedBlock
}

const cachedBlocks = 32

type cachedBlock struct {
	ref  journal.Ref
	recs []record.Record
}

func (c *blockCache) get(ref journal.Ref) []record.Record {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.held {
		if c.held[i].ref == ref {
			return c.held[i].recs
		}
	}
	return nil
}

func (c *blockCache) put(ref journal.Ref, recs []record.Record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held[c.next] = cachedBlock{ref, recs}
	c.next = (c.next + 1) % cachedBlocks
}

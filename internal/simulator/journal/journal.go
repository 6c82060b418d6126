package journal

import (
	"errors"
	"os"
	"slices"
	"sync"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Config is how large a journal may be. The zero value is its defaults.
type Config struct {
	MaxBytes  int64 // of all files; 10 GiB
	FileBytes int64 // at which the next file begins; 64 MiB, or an eighth of MaxBytes where that is less
}

// DefaultMaxBytes is how large a journal may be where its Config says nothing: 10 GiB.
const DefaultMaxBytes = 10 << 30

func (c Config) withDefaults() Config {
	if c.MaxBytes <= 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	if c.FileBytes <= 0 {
		c.FileBytes = min(64<<20, c.MaxBytes/8)
	}
	return c
}

// The errors that callers act on.
var (
	ErrGone   = errors.New("the file of the block is gone") // its records have been given up meanwhile
	ErrClosed = errors.New("the journal is closed")
)

// Ref is where a block of records is, and what it holds. It has 32 bytes.
type Ref struct {
	First   uint64 // position of the first record in its shard
	Arrival int64  // of the first record, unix nanoseconds

	file, off, length uint32
	count             uint32
}

// End is the position behind the last record.
func (r *Ref) End() uint64 { return r.First + uint64(r.count) }

// Bytes is how many bytes the block takes on disk.
func (r *Ref) Bytes() int64 { return int64(r.length) }

// File is the number of the file that the block is in.
func (r *Ref) File() uint32 { return r.file }

// Journal is a sequence of files of blocks.
type Journal struct {
	cfg     Config
	dir     string
	durable bool
	lock    *os.File // of the directory

	mu       sync.Mutex
	written  *sync.Cond // a write is over
	files    map[uint32]*file
	order    []*file // oldest first; the last takes what is appended, unless it is sealed
	dead     []*file // to be removed when what is appended by then is on disk
	pending  []piece // to be written, in their order
	spare    [][]byte
	appended uint64 // bytes so far
	synced   uint64 // of them on disk
	writing  bool
	carrying bool // documents of a dead file are being written again
	failure  error
	docs     map[uint64]document // the last of each owner
	owners   uint64              // so far
	bytes    int64               // of all files
	next     uint32              // the next file's id
	blocks   []Block             // found by Open
}

// piece is bytes to be written into one file.
type piece struct {
	file *file
	off  int64
	data []byte
}

// document is the last document of an owner, and where it is.
type document struct {
	file *file
	body []byte
}

// Temporary makes a journal of unlinked files in a directory that is there, or in the system's for temporary files where
// dir is empty.
func Temporary(dir string, cfg Config) *Journal {
	if dir == "" {
		dir = os.TempDir()
	}
	return newJournal(dir, cfg)
}

func newJournal(dir string, cfg Config) *Journal {
	j := &Journal{cfg: cfg.withDefaults(), dir: dir, files: map[uint32]*file{}, docs: map[uint64]document{}, next: 1}
	j.written = sync.NewCond(&j.mu)
	return j
}

// Durable tells whether what is committed outlives the process.
func (j *Journal) Durable() bool { return j.durable }

// Dir is the directory of the files.
func (j *Journal) Dir() string { return j.dir }

// NewOwner is an owner of blocks and documents that there has not been before.
func (j *Journal) NewOwner() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.owners++
	return j.owners
}

// Bytes is how many bytes the files take, with what is not written yet.
func (j *Journal) Bytes() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.bytes
}

// Written is how many bytes have been appended since the journal was opened.
func (j *Journal) Written() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.appended
}

// Full tells whether so many bytes more would exceed the cap.
func (j *Journal) Full(more int64) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.bytes+more > j.cfg.MaxBytes
}

// MaxBytes is the cap.
func (j *Journal) MaxBytes() int64 { return j.cfg.MaxBytes }

// FileBytes is at how many bytes the next file begins.
func (j *Journal) FileBytes() int64 { return j.cfg.FileBytes }

// Failure is why nothing more can be written; nil: it can.
func (j *Journal) Failure() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.failure
}

// AppendRecords appends a block: consecutive records of a shard of an owner, in one run or several. There must be one at
// least. upTo is what Commit wants to know. What is appended to a temporary journal can be read at once, to another when it is
// committed.
func (j *Journal) AppendRecords(owner uint64, shard int32, runs ...[]record.Record) (ref Ref, upTo uint64, err error) {
	first := &runs[0][0]
	h := Head{Kind: Records, Owner: owner, Shard: shard, First: first.Seq, Arrival: first.Arrival}
	for _, recs := range runs {
		h.Count += len(recs)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	e, f, err := j.append(h, func(dst []byte) []byte {
		before := h.Arrival
		for _, recs := range runs {
			for i := range recs {
				dst = appendRecord(dst, &recs[i], h.Count, before)
				before = recs[i].Arrival
			}
		}
		return dst
	})
	if err != nil {
		return Ref{}, 0, err
	}
	f.live++
	return refOf(f, &e), j.appended, nil
}

func refOf(f *file, e *entry) Ref {
	return Ref{
		First: e.head.First, Arrival: e.head.Arrival, file: f.id, off: uint32(e.off), length: uint32(e.length), count: uint32(e.head.Count),
	}
}

// AppendDocument appends the state of an owner, in place of the one before. An empty one says that the owner is no more.
func (j *Journal) AppendDocument(owner uint64, body []byte) (upTo uint64, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.document(owner, body); err != nil {
		return 0, err
	}
	return j.appended, nil
}

func (j *Journal) document(owner uint64, body []byte) error {
	_, f, err := j.append(Head{Kind: Document, Owner: owner}, func(dst []byte) []byte { return append(dst, body...) })
	if err == nil {
		j.docs[owner] = document{f, slices.Clone(body)}
	}
	return err
}

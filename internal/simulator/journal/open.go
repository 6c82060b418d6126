package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Block is a block of records that was found.
type Block struct {
	Owner uint64
	Shard int32
	Ref   Ref
}

// Open opens the journal of a directory, which is made where it is not there, with everything that was committed. It is an
// error, and nothing is changed, where another process has it open, where it is of another format version, or where a file is
// damaged elsewhere than at the end of the last, which is what an end in the middle of a write leaves.
func Open(dir string, cfg Config) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockFile(lock); err != nil {
		return nil, errors.Join(fmt.Errorf("%s is in use by another process: %w", dir, err), lock.Close())
	}
	j := newJournal(dir, cfg)
	j.durable, j.lock = true, lock
	if err := j.open(); err != nil {
		for _, f := range j.order {
			err = errors.Join(err, f.os.Close())
		}
		return nil, errors.Join(err, lock.Close())
	}
	return j, nil
}

func (j *Journal) open() error {
	ids, err := j.list()
	if err != nil {
		return err
	}
	for i, id := range ids {
		f, size, err := openFile(j.dir, id)
		if err != nil {
			return err
		}
		j.files[id], j.next = f, id+1
		j.order = append(j.order, f)
		if err := j.load(f, size, i == len(ids)-1); err != nil {
			return err
		}
	}
	return nil
}

// list is the numbers of the files, oldest first.
func (j *Journal) list() ([]uint32, error) {
	all, err := os.ReadDir(j.dir)
	if err != nil {
		return nil, err
	}
	var ids []uint32
	for _, e := range all {
		name, ok := strings.CutSuffix(e.Name(), extension)
		if !ok {
			continue
		}
		id, err := strconv.ParseUint(name, 10, 32)
		if err != nil || fileName(uint32(id)) != e.Name() {
			return nil, fmt.Errorf("%s is no file of a journal: move it elsewhere", filepath.Join(j.dir, e.Name()))
		}
		ids = append(ids, uint32(id))
	}
	slices.Sort(ids)
	return ids, nil
}

// load finds the blocks of a file, by its index or, of the last one, by reading it.
func (j *Journal) load(f *file, size int64, last bool) error {
	if size < headerBytes {
		if !last {
			return f.damaged(0)
		}
		return j.drop(f) // it was being made
	}
	entries, sealed, err := f.readIndex(size)
	if err != nil {
		return err
	}
	f.sealed, f.size = sealed, size
	if !sealed {
		if !last {
			return fmt.Errorf("%s has no index at its end, and is not the last file: bring it back from a copy, or move it elsewhere to "+
				"go on without its records and those before them", f.path)
		}
		end := int64(0)
		if entries, end, err = f.scan(size); err != nil {
			return err
		}
		if end < size {
			if err := errors.Join(f.os.Truncate(end), f.os.Sync()); err != nil {
				return fmt.Errorf("cut the torn end of %s: %w", f.path, err)
			}
		}
		f.entries, f.size = entries, end
	}
	j.bytes += f.size
	for i := range entries {
		if err := j.take(f, &entries[i]); err != nil {
			return err
		}
	}
	return nil
}

func (j *Journal) drop(f *file) error {
	delete(j.files, f.id)
	j.order = j.order[:len(j.order)-1]
	return errors.Join(f.os.Close(), os.Remove(f.path))
}

// take notes a block that was found.
func (j *Journal) take(f *file, e *entry) error {
	j.owners = max(j.owners, e.head.Owner)
	if e.head.Kind == Records {
		f.live++
		j.blocks = append(j.blocks, Block{e.head.Owner, e.head.Shard, refOf(f, e)})
		return nil
	}
	b := make([]byte, e.length)
	if _, err := f.os.ReadAt(b, e.off); err != nil {
		return fmt.Errorf("read %s: %w", f.path, err)
	}
	body, _, err := frame(b)
	if err != nil {
		return f.damaged(e.off)
	}
	_, doc, err := parseHead(body)
	if err != nil {
		return f.damaged(e.off)
	}
	j.docs[e.head.Owner] = document{f, bytes.Clone(doc)}
	return nil
}

// Blocks gives the blocks of records that Open found, in the order in which they were appended, once. Whoever asks keeps what
// it needs and releases the rest.
func (j *Journal) Blocks() []Block {
	j.mu.Lock()
	defer j.mu.Unlock()
	found := j.blocks
	j.blocks = nil
	return found
}

// Documents are the last documents of all owners that are not empty. They must not be changed.
func (j *Journal) Documents() map[uint64][]byte {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make(map[uint64][]byte, len(j.docs))
	for owner, d := range j.docs {
		if len(d.body) > 0 {
			out[owner] = d.body
		}
	}
	return out
}

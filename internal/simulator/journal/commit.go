package journal

import (
	"errors"
	"fmt"
	"os"
)

const spareBuffers = 2 // one is written while the other is filled

// Commit returns when everything up to a point is on disk. Those who wait at the same time share one write and one sync.
// After an error nothing is written any more: what was not committed by then is lost with the process.
func (j *Journal) Commit(upTo uint64) error {
	if !j.durable {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.synced < upTo {
		switch {
		case j.failure != nil:
			return j.failure
		case j.writing:
			j.written.Wait()
		default:
			j.write()
		}
	}
	return nil
}

// Committed is up to which point everything is on disk.
func (j *Journal) Committed() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.synced
}

// write writes what has gathered and removes the files that are dead by then. The caller holds the lock, which is let go
// meanwhile.
func (j *Journal) write() {
	pieces, dead, upTo := j.pending, j.dead, j.appended
	j.pending, j.dead, j.writing = nil, nil, true
	j.mu.Unlock()
	made, err := j.writePieces(pieces)
	j.mu.Lock()
	for f, o := range made {
		f.os = o
	}
	for _, f := range dead {
		if err == nil {
			err = errors.Join(f.os.Close(), os.Remove(f.path))
		}
	}
	for _, p := range pieces {
		if len(j.spare) < spareBuffers && cap(p.data) <= 16<<20 {
			j.spare = append(j.spare, p.data)
		}
	}
	j.writing = false
	if err == nil {
		j.synced = upTo
	} else if j.failure == nil {
		j.failure = fmt.Errorf("nothing is kept any more: %w", err)
	}
	j.written.Broadcast()
}

// writePieces writes and syncs. Each file is whole before the next one is made.
func (j *Journal) writePieces(pieces []piece) (made map[*file]*os.File, err error) {
	for _, p := range pieces {
		o := p.file.os
		if o == nil {
			if o, err = os.OpenFile(p.file.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
				return made, err
			}
			if made == nil {
				made = map[*file]*os.File{}
			}
			made[p.file] = o
		}
		if _, err := o.WriteAt(p.data, p.off); err != nil {
			return made, err
		}
		if p.off > 0 {
			err = syncData(o)
		} else {
			err = errors.Join(o.Sync(), syncDir(j.dir))
		}
		if err != nil {
			return made, fmt.Errorf("sync %s: %w", p.file.path, err)
		}
	}
	return made, nil
}

// writeNow writes a piece of a temporary file. The caller holds the lock.
func (j *Journal) writeNow(p *piece) error {
	f, err := p.file, error(nil)
	if f.os == nil {
		if f.os, err = os.CreateTemp(j.dir, "wavetank-*"+extension); err == nil {
			err = os.Remove(f.os.Name()) // what has no name is gone with the process
		}
	}
	if err == nil {
		_, err = f.os.WriteAt(p.data, p.off)
	}
	j.spare, j.pending = append(j.spare[:0], p.data), j.pending[:0]
	if err != nil {
		f.sealed = true // what came after could not be found
		if f.live == 0 {
			j.die(f)
		}
	}
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Close writes what was appended and closes the files. Nothing can be read or appended afterwards.
func (j *Journal) Close() error {
	j.mu.Lock()
	upTo := j.appended
	j.mu.Unlock()
	err := j.Commit(upTo)
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.writing {
		j.written.Wait()
	}
	if err == nil && len(j.dead) > 0 {
		j.write()
		err = j.failure
	}
	for _, f := range j.order {
		if f.os != nil {
			err = errors.Join(err, f.os.Close())
		}
	}
	if j.lock != nil {
		err = errors.Join(err, j.lock.Close())
	}
	j.failure, j.files, j.order = ErrClosed, map[uint32]*file{}, nil
	return err
}

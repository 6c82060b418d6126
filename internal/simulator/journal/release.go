package journal

import "slices"

// Release says that blocks are no longer needed. A file of which nothing is needed is removed.
func (j *Journal) Release(refs []Ref) {
	if len(refs) == 0 {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range refs {
		f := j.files[refs[i].file]
		if f == nil {
			continue
		}
		if f.live--; f.live == 0 && f.sealed {
			j.die(f)
		}
	}
}

// Oldest is the number of the oldest file, which is sealed so that it can go when its blocks are released. ok is false where
// no file has blocks of records.
func (j *Journal) Oldest() (id uint32, ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, f := range j.order {
		if f.live == 0 {
			continue
		}
		if !f.sealed {
			j.seal(f)
		}
		return f.id, true
	}
	return 0, false
}

// die gives a file up. Documents that count are written again, into the newest file, before it is removed.
func (j *Journal) die(f *file) {
	oldest := j.order[0] == f
	delete(j.files, f.id)
	j.order = slices.DeleteFunc(j.order, func(o *file) bool { return o == f })
	j.bytes -= f.size
	if !j.durable {
		if f.os != nil {
			_ = f.os.Close() // it is unlinked: there is nothing to lose
		}
		return
	}
	j.carrying = true
	defer func() { j.carrying = false }()
	for owner, d := range j.docs {
		switch {
		case d.file != f:
		case oldest && len(d.body) == 0: // nothing of the owner is left
			delete(j.docs, owner)
		default:
			if err := j.document(owner, d.body); err != nil {
				return // nothing is removed any more
			}
		}
	}
	j.dead = append(j.dead, f)
}

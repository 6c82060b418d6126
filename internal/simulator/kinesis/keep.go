package kinesis

// What outlives the process beside records is a document of each stream, and one of the account and region with its tags,
// policies, settings and channels. A document is the whole state. It is appended to the journal when something that an
// operation asked for, or that came true by itself, has changed it: before the next record of its stream, which may depend on
// it, and before the operation is answered ([Service.Commit]).

// Commit returns when everything that operations have changed so far will survive the end of the process; at once without a
// disk that does. Whoever carries requests to a service calls it before an answer leaves; puts do the like by themselves.
func (s *Service) Commit() error {
	if !s.disk.durable() {
		return nil
	}
	err := s.keepAll()
	if err == nil {
		err = s.disk.journal.Commit(s.disk.documents.Load())
	}
	if err != nil {
		s.disk.broken(err)
		return errInternal()
	}
	return nil
}

func (s *Service) keepAll() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, st := range s.streams {
		if !st.touched.Load() {
			continue
		}
		st.mu.Lock()
		err := s.keep(st)
		st.mu.Unlock()
		if err != nil {
			return err
		}
	}
	return s.keepPlace()
}

// keep appends the stream's document to the journal, if it is another than before. The caller holds the stream's lock.
func (s *Service) keep(st *stream) error {
	if !st.awaits || !st.touched.Load() {
		return nil
	}
	if err := s.disk.keep(st.owner, s.document(st)); err != nil {
		return err
	}
	st.touched.Store(false)
	return nil
}

// keepPlace appends the document of the account and region, if it is another than before.
func (s *Service) keepPlace() error {
	s.keeping.Lock() // who comes second finds that it is done
	defer s.keeping.Unlock()
	if !s.resources.touched.Swap(false) {
		return nil
	}
	err := s.disk.keep(s.owner, s.placeDocument())
	if err != nil {
		s.resources.touched.Store(true)
	}
	return err
}

// keep appends a document that is to be committed.
func (d *Disk) keep(owner uint64, body []byte) error {
	upTo, err := d.journal.AppendDocument(owner, body)
	if err != nil {
		return err
	}
	for {
		was := d.documents.Load()
		if was >= upTo || d.documents.CompareAndSwap(was, upTo) {
			return nil
		}
	}
}

// bury says that a stream is no more. The caller holds its lock and has dropped its records.
func (s *Service) bury(st *stream) {
	if !st.awaits {
		return
	}
	if err := s.disk.keep(st.owner, nil); err != nil {
		s.disk.broken(err)
	}
}

// letGo releases the blocks on disk that nobody needs any more. A shard that has none left is only known from its stream's
// document, which must have been written since. The caller holds the stream's lock.
func (s *Service) letGo(st *stream) {
	if st.awaits && st.free.emptied { // of what was put just now the blocks are appended
		st.touched.Store(true)
		if err := s.keep(st); err != nil {
			s.disk.broken(err)
			return
		}
	}
	s.disk.journal.Release(st.free.blocks)
	st.free.blocks, st.free.emptied = st.free.blocks[:0], false
}

// broken logs, once, that nothing can be kept any more.
func (d *Disk) broken(err error) {
	d.breaking.Do(func() {
		d.failed("puts and changes are refused from now on: what is acknowledged could not be kept; start again when the disk has room", err)
	})
}

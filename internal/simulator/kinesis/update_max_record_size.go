package kinesis

import "time"

// UpdateMaxRecordSize
//
// Emulated: 1,024 to 10,240 KiB; the stream is UPDATING for Model.Updating, and then puts are held to the new size and the
// tanks of its shards hold as much. A full tank, of a rested shard, is full of that; what is in another stays (AWS documents
// nothing). The size that is in force already changes nothing.
// Source: API reference UpdateMaxRecordSize; developer guide "Handle large records".

// UpdateMaxRecordSizeInput is UpdateMaxRecordSize's request.
type UpdateMaxRecordSizeInput struct {
	StreamARN          *string
	MaxRecordSizeInKiB *int32
}

const (
	leastRecordSizeInKiB = 1024
	mostRecordSizeInKiB  = 10240
)

// UpdateMaxRecordSize changes how large a stream's records may be. Its answer is empty.
func (s *Service) UpdateMaxRecordSize(in UpdateMaxRecordSizeInput) error {
	var c checks
	if in.MaxRecordSizeInKiB == nil {
		c.notNull("maxRecordSizeInKiB")
	}
	c.number("maxRecordSizeInKiB", in.MaxRecordSizeInKiB, leastRecordSizeInKiB, mostRecordSizeInKiB)
	c.text("streamARN", in.StreamARN, arnRule.needed()) // nothing else names the stream
	if err := c.err(); err != nil {
		return err
	}
	name, err := s.streamOf(nil, in.StreamARN)
	if err != nil {
		return err
	}
	now := s.cfg.Clock.Now()
	st, err := s.lockActive(name, now)
	if err != nil {
		return err
	}
	defer st.mu.Unlock()
	if size := int64(*in.MaxRecordSizeInKiB) * kib; size != st.settings.Load().recordSize {
		s.after(st, now, s.cfg.Model.Updating, true, resize{size})
	}
	return nil
}

// resize is a size of records that comes into force.
type resize struct{ recordSize int64 }

func (r resize) apply(s *Service, st *stream, at time.Time) {
	st.set(func(set *settings) { set.recordSize = r.recordSize })
	full := s.limitsOf(r.recordSize).WriteBytesBurst
	for _, sh := range st.open {
		sh.bytes.resize(full, at.UnixNano())
	}
}

// limitsOf are the limits of a shard whose stream has that record size. The tank holds the largest record, so that it can
// be written at all ("Handle large records": bursts of 10 MiB), unless Limits.WriteBytesBurst says how much it holds.
func (s *Service) limitsOf(recordSize int64) *Limits {
	l := s.cfg.Limits
	if l.WriteBytesBurst == 0 {
		l.WriteBytesBurst = max(l.WriteBytes, recordSize)
	}
	return &l
}

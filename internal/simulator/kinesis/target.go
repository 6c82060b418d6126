package kinesis

import "time"

// target looks up the stream of a put that has not been done yet, once, and only where something about the request
// depends on the stream: most requests do not and pay nothing. A stream that is not there is told by whoever asks first, so
// it comes after what is wrong with the request by itself, and before what is wrong for this stream.
type target struct {
	service *Service
	name    string
	now     time.Time

	asked bool
	set   *settings
	err   error
}

// settings are the stream's, with the changes that are due.
func (t *target) settings() (*settings, error) {
	if !t.asked {
		t.asked = true
		st, err := t.service.lockTaking(t.name, t.now)
		if err != nil {
			t.err = err
			return nil, err
		}
		t.set = st.settings.Load()
		st.mu.Unlock()
	}
	return t.set, t.err
}

// auto tells whether the stream is there and chooses the shards itself.
func (t *target) auto() bool {
	set, err := t.settings()
	return err == nil && set.auto()
}

// fits refuses a record of so many bytes of data and key where that is more than the stream takes. No stream takes less
// than AWS's least size, unless Limits.RecordBytes says so.
func (t *target) fits(bytes int64) error {
	if bytes <= min(leastRecordSizeInKiB*kib, t.service.cfg.Limits.RecordBytes) {
		return nil
	}
	set, err := t.settings()
	if err != nil {
		return err
	}
	if bytes > set.recordSize {
		// AWS's text for a record between the stream's limit and 10 MiB was not seen, nor whether it is refused by itself.
		return errorf(codeInvalidArgument, "Record of %d bytes (data and partition key) exceeds the stream's maximum record "+
			"size of %d KiB.", bytes, set.recordSize/kib)
	}
	return nil
}

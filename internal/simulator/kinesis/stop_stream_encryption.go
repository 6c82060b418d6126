package kinesis

// StopStreamEncryption
//
// Emulated: the stream is UPDATING for Model.Updating, and what is put afterwards is not encrypted. AWS documents neither
// what a KeyId is for that is not the stream's, which is accepted here, nor what becomes of a stream that is not encrypted,
// which stays as it is. 25 times in a rolling 24 hours.
// Source: API reference StopStreamEncryption. The error texts are ours.

// StopStreamEncryptionInput is StopStreamEncryption's request.
type StopStreamEncryptionInput struct {
	StreamName, StreamARN *string
	EncryptionType        *string
	KeyId                 *string
}

// StopStreamEncryption no longer encrypts what is put into a stream. Its answer is empty.
func (s *Service) StopStreamEncryption(in StopStreamEncryptionInput) error {
	name, err := s.checkEncryption(in.EncryptionType, in.KeyId, in.StreamName, in.StreamARN)
	if err != nil {
		return err
	}
	now := s.cfg.Clock.Now()
	st, err := s.lockActive(name, now)
	if err != nil {
		return err
	}
	defer st.mu.Unlock()
	if st.settings.Load().encryption == encryptionNone {
		return nil
	}
	if !st.removed.admit(now, s.cfg.Limits.Encryptions) {
		return s.tooManyEncryptions(name)
	}
	s.after(st, now, s.cfg.Model.Updating, true, encrypt{encryption: encryptionNone})
	return nil
}

package kinesis

import "regexp"

// StartStreamEncryption
//
// Emulated: all forms of KeyId; the stream is UPDATING for Model.Updating, and what is put afterwards is KMS in the answers
// of puts and in GetRecords. AWS says that it can take 5 s more; here it takes none. There is no KMS: a key of the right
// form is there and may be used. The key that is in force already is accepted and changes nothing, and does not count as a
// new one (AWS documents nothing). 25 new keys in a rolling 24 hours.
// Source: API reference StartStreamEncryption. The error texts are ours.

// StartStreamEncryptionInput is StartStreamEncryption's request.
type StartStreamEncryptionInput struct {
	StreamName, StreamARN *string
	EncryptionType        *string
	KeyId                 *string
}

// keyForms are the forms of a KeyId: the id of a key, an alias, or the ARN of either (API reference, KeyId). The id of a
// multi-Region key begins with mrk- (KMS's developer guide).
var keyForms = regexp.MustCompile(`^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key/)?)?` +
	`([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|mrk-[0-9a-fA-F]{32}|alias/[a-zA-Z0-9/_-]+)$`)

// StartStreamEncryption encrypts what is put into a stream from now on, or changes the key. Its answer is empty.
func (s *Service) StartStreamEncryption(in StartStreamEncryptionInput) error {
	name, err := s.checkEncryption(in.EncryptionType, in.KeyId, in.StreamName, in.StreamARN)
	if err != nil {
		return err
	}
	if !keyForms.MatchString(*in.KeyId) {
		// KMS itself says NotFoundException of an id that has no such form.
		return errorf("KMSNotFoundException", "Invalid keyId %s.", *in.KeyId)
	}
	now := s.cfg.Clock.Now()
	st, err := s.lockActive(name, now)
	if err != nil {
		return err
	}
	defer st.mu.Unlock()
	if st.settings.Load().keyID == *in.KeyId {
		return nil
	}
	if !st.applied.admit(now, s.cfg.Limits.Encryptions) {
		return s.tooManyEncryptions(name)
	}
	s.after(st, now, s.cfg.Model.Updating, true, encrypt{encryptionKMS, *in.KeyId})
	return nil
}

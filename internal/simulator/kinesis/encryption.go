package kinesis

import (
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// era is a time during which a stream stored its records encrypted, or not. Records do not say how they were stored: the
// positions at which eras begin do, which costs streams that are never encrypted nothing.
type era struct {
	began     int64 // unix nanoseconds
	encrypted bool
	from      []uint64 // by shard: the position of its first record of this era; a shard beyond is younger than the era
}

// beginEra notes that what is stored from now on is encrypted, or no longer is. The caller holds the stream's lock.
func (st *stream) beginEra(encrypted bool, now int64) {
	// What an era before another has stored is gone once the other began before the horizon.
	for len(st.eras) > 1 && st.eras[1].began < st.horizon(now) {
		st.eras = slices.Delete(st.eras, 0, 1)
	}
	from := make([]uint64, len(st.shards))
	for i, sh := range st.shards {
		from[i] = sh.next
	}
	st.eras = append(st.eras, era{now, encrypted, from})
}

// encrypted tells of each record whether it was stored encrypted; nil is none. The caller holds the stream's lock.
func (st *stream) encrypted(recs []record.Record) []bool {
	if len(st.eras) == 0 {
		return nil
	}
	out := make([]bool, len(recs))
	for i := range recs {
		out[i] = st.storedEncrypted(recs[i].Shard, recs[i].Seq)
	}
	return out
}

func (st *stream) storedEncrypted(shard int32, pos uint64) bool {
	for _, e := range slices.Backward(st.eras) {
		if int(shard) >= len(e.from) || pos >= e.from[shard] {
			return e.encrypted
		}
	}
	return false
}

// encrypt is an encryption that comes into force.
type encrypt struct{ encryption, keyID string }

func (e encrypt) apply(_ *Service, st *stream, at time.Time) {
	if e.encryption != st.settings.Load().encryption {
		st.beginEra(e.encryption == encryptionKMS, at.UnixNano())
	}
	st.set(func(set *settings) { set.encryption, set.keyID = e.encryption, e.keyID })
}

// answered is the EncryptionType in the answer of a put: left out where nothing is encrypted.
func (set *settings) answered() string {
	if set.encryption == encryptionNone {
		return ""
	}
	return set.encryption
}

var encryptionRule = rule{required: true, enum: []string{encryptionNone, encryptionKMS}}

// checkEncryption checks what both operations on a stream's encryption demand, and gives the stream's name.
func (s *Service) checkEncryption(encryption, keyID, name, arn *string) (string, error) {
	var c checks
	c.text("encryptionType", encryption, encryptionRule)
	c.text("keyId", keyID, rule{required: true, min: 1, max: 2048})
	c.text("streamARN", arn, arnRule)
	c.text("streamName", name, nameRule)
	if err := c.err(); err != nil {
		return "", err
	}
	if *encryption != encryptionKMS {
		return "", errorf(codeInvalidArgument, "The only valid EncryptionType is KMS; %s was given.", *encryption)
	}
	return s.streamOf(name, arn)
}

func (s *Service) tooManyEncryptions(stream string) *Error {
	return errorf(codeLimitExceeded, "The encryption of stream %s under account %s was changed %d times in the last 24 hours.",
		stream, s.cfg.Account, s.cfg.Limits.Encryptions)
}

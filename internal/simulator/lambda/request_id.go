package lambda

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
)

// RequestID is an invocation's UUID. The zero value is none.
type RequestID [16]byte

// newRequestID draws a random (version 4) UUID; one seed gives one sequence of them.
func newRequestID(r *rand.Rand) (id RequestID) {
	binary.BigEndian.PutUint64(id[:8], r.Uint64())
	binary.BigEndian.PutUint64(id[8:], r.Uint64())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// String is the UUID as text.
func (id RequestID) String() string {
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// newUUID draws the text of a UUID.
func newUUID(r *rand.Rand) string { return newRequestID(r).String() }

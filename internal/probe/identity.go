package probe

import "github.com/wavetank/wavetank/generators"

// AppendIdentity appends the beginning of the record's body, by which the run that made it knows it; of a record that is
// not one of ours, the zero identity.
func (r *Record) AppendIdentity(dst []byte) []byte {
	return generators.AppendIdentity(dst, r.Run, r.Lane, r.Number)
}

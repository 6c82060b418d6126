package aggregate

import (
	"bytes"
	"crypto/md5"
)

// Outcome is what a reader does with a record of a stream.
type Outcome int

// The outcomes.
const (
	Whole   Outcome = iota // it is no aggregate: it is a user record itself
	Opened                 // it is an aggregate: each user record in it was visited
	Dropped                // a user record in it is of another shard: none was visited, all are lost
	Broken                 // the reader failed on a user record in it: those before it were visited, the others are lost
)

// String is the outcome's name.
func (o Outcome) String() string {
	switch o {
	case Whole:
		return "whole"
	case Opened:
		return "opened"
	case Dropped:
		return "dropped"
	case Broken:
		return "broken"
	}
	return "unknown"
}

// Read takes a record's data apart as the KCL does, and visits the user records in it in order. sub is the
// subSequenceNumber, which counts them from 0. in are the hash keys of the shard that the record was read from; Data is a part
// of data.
//
// Data that does not begin with the magic number, is too short, whose digest is another or that does not parse is no aggregate,
// and the KCL passes it on as it is. Otherwise it looks at the user records in order. The first whose hash key is outside the shard
// makes it drop all of the aggregate: the user records are those of a shard that was split or merged since the
// producer looked. The first that it fails on ends its reading; it keeps what it had. A message without records is an aggregate
// of none. What is in a user record is not taken apart again.
func Read(data []byte, in Range, visit func(sub int, u UserRecord)) Outcome {
	body, ok := payload(data)
	if !ok {
		return Whole
	}
	var m message
	if _, ok := parse(body, &m); !ok {
		return Whole
	}
	users, outcome := m.users(in)
	for i := range users {
		visit(i, users[i])
	}
	return outcome
}

// users are the user records that a reader of a shard keeps.
func (m *message) users(in Range) ([]UserRecord, Outcome) {
	users := make([]UserRecord, 0, len(m.records))
	for i := range m.records {
		u, inside, ok := m.user(&m.records[i])
		if !ok {
			return users, Broken
		}
		if !inside || !in.Contains(u.Hash) {
			return nil, Dropped
		}
		users = append(users, u)
	}
	return users, Opened
}

// Count is the number of user records in a record's data, by the checks of [Read] but those of the hash keys and of the
// indices; aggregated is false where the record is no aggregate but a user record itself, which is 1. It allocates nothing.
func Count(data []byte) (n int, aggregated bool) {
	if body, ok := payload(data); ok {
		if n, ok := parse(body, nil); ok {
			return n, true
		}
	}
	return 1, false
}

// payload is the message in a record's data; ok is false where magic number, length or digest say that there is none.
func payload(data []byte) (body []byte, ok bool) {
	if len(data) <= overhead || string(data[:len(magic)]) != magic {
		return nil, false
	}
	end := len(data) - digestSize
	body = data[len(magic):end]
	sum := md5.Sum(body)
	return body, bytes.Equal(sum[:], data[end:])
}

package batching

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"errors"
)

// An aggregate is one record of a stream that holds many: the format of the Kinesis Producer Library, which the Kinesis Client
// Library, Firehose and others take apart. It is a magic number, a protocol buffer and the buffer's MD5.
//
//	message AggregatedRecord {
//	  repeated string partition_key_table = 1;
//	  repeated string explicit_hash_key_table = 2;
//	  repeated Record records = 3;
//	}
//	message Record {
//	  required uint64 partition_key_index = 1;
//	  optional uint64 explicit_hash_key_index = 2;
//	  required bytes data = 3;
//	}
const magic = "\xF3\x89\x9A\xC2"

// Tags of protocol buffers: eight times the field's number, and how it is written, 0 a number and 2 bytes.
const (
	tagKeyTable = 1<<3 | 2
	tagRecords  = 3<<3 | 2
	tagKeyIndex = 1 << 3
	tagData     = 3<<3 | 2
)

// join makes an aggregate of one key's records. All of them have the hash of the record that holds them, so that a consumer takes
// them wherever they are: after a split, too, when one of several keys would be in a shard that is not its own.
func join(key string, records [][]byte) []byte {
	b := []byte(magic)
	b = appendBytes(append(b, tagKeyTable), []byte(key))
	for _, data := range records {
		b = binary.AppendUvarint(append(b, tagRecords), uint64(recordSize(len(data))))
		b = append(b, tagKeyIndex, 0)
		b = appendBytes(append(b, tagData), data)
	}
	sum := md5.Sum(b[len(magic):])
	return append(b, sum[:]...)
}

func appendBytes(b, data []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

// recordSize is how long the message of a record is: its key's index in two bytes, a tag, a length and the data.
func recordSize(n int) int { return 3 + uvarintSize(n) + n }

// joinedSize is how much a record adds to an aggregate.
func joinedSize(n int) int { return 1 + uvarintSize(recordSize(n)) + recordSize(n) }

// emptySize is how long an aggregate of no records is.
func emptySize(key string) int { return len(magic) + 1 + uvarintSize(len(key)) + len(key) + md5.Size }

func uvarintSize(n int) (size int) {
	for size = 1; n >= 0x80; size++ {
		n >>= 7
	}
	return size
}

// UserRecord is one of the records that an aggregate holds.
type UserRecord struct {
	Key  string
	Data []byte
}

var errFormat = errors.New("not an aggregate")

// Split takes a record of a stream apart, for consumers. What is no aggregate is one user record, itself.
func Split(key string, data []byte) []UserRecord {
	body, ok := bytes.CutPrefix(data, []byte(magic))
	if ok && len(body) >= md5.Size {
		body, sum := body[:len(body)-md5.Size], body[len(body)-md5.Size:]
		if md5.Sum(body) == [md5.Size]byte(sum) {
			if all, err := parse(body); err == nil {
				return all
			}
		}
	}
	return []UserRecord{{key, data}}
}

// parse reads an AggregatedRecord.
func parse(b []byte) (all []UserRecord, err error) {
	var keys []string
	var indices []uint64
	err = eachField(b, func(tag, _ uint64, data []byte) error {
		switch tag {
		case tagKeyTable:
			keys = append(keys, string(data))
		case tagRecords:
			index, user := uint64(0), UserRecord{}
			err := eachField(data, func(tag, n uint64, data []byte) error {
				switch tag {
				case tagKeyIndex:
					index = n
				case tagData:
					user.Data = data
				}
				return nil
			})
			if err != nil {
				return err
			}
			all, indices = append(all, user), append(indices, index)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range all {
		if indices[i] >= uint64(len(keys)) {
			return nil, errFormat
		}
		all[i].Key = keys[indices[i]]
	}
	return all, nil
}

// eachField visits the fields of a protocol buffer: numbers, and bytes.
func eachField(b []byte, visit func(tag, n uint64, data []byte) error) error {
	number := func() (uint64, bool) {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			return 0, false
		}
		b = b[size:]
		return n, true
	}
	for len(b) > 0 {
		tag, ok := number()
		if !ok {
			return errFormat
		}
		n, ok := number()
		if !ok {
			return errFormat
		}
		var data []byte
		switch tag & 7 {
		case 0:
		case 2:
			if n > uint64(len(b)) {
				return errFormat
			}
			data, b = b[:n], b[n:]
		default: // the format has no others
			return errFormat
		}
		if err := visit(tag, n, data); err != nil {
			return err
		}
	}
	return nil
}

package firehose

import (
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"time"
)

// objectKey names an object: `<prefix><delivery stream>-<version>-yyyy-MM-dd-HH-mm-ss-<uuid><extension>` (developer guide,
// "Amazon S3 object name format"). The time, in the prefix and in the name, is the arrival of the oldest record, in UTC, as
// seen on AWS.
func (d *deliveryStream) objectKey(oldest int64, uuid string) string {
	return d.key(d.prefix, oldest, uuid)
}

// key is an object's name under a prefix.
func (d *deliveryStream) key(p *prefix, oldest int64, uuid string) string {
	at := time.Unix(0, oldest).UTC()
	key := p.appendTo(make([]byte, 0, 160), at)
	key = append(key, d.config.Name...)
	key = append(key, '-')
	key = append(key, version...)
	key = at.AppendFormat(key, "-2006-01-02-15-04-05-")
	key = append(key, uuid...)
	if d.config.Compression == Gzip {
		key = append(key, ".gz"...)
	}
	return string(key)
}

// uuid makes the version 4 UUID of the nth object of a buffer. It follows from the seed, so that one seed gives one
// sequence of names.
func uuid(seed, n uint64) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], mix(seed+2*n))
	binary.BigEndian.PutUint64(b[8:], mix(seed+2*n+1))
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// mix is the output of SplitMix64 for the state that follows x.
func mix(x uint64) uint64 {
	x = (x + 1) * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// digest makes one number of some names, the same in every run.
func digest(names ...string) uint64 {
	h := fnv.New64a()
	for _, n := range names {
		h.Write([]byte(n))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

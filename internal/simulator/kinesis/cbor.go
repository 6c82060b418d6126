package kinesis

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// The major types of CBOR (RFC 8949, section 3.1), in the three high bits of an item's first byte.
const (
	CBORUint  = 0 << 5
	CBORBytes = 2 << 5
	CBORText  = 3 << 5
	CBORList  = 4 << 5
	CBORMap   = 5 << 5
	CBORTag   = 6 << 5
)

// A map whose length is not told begins and ends with these bytes. AWS's answers are such maps (kinesalite, index.js).
const (
	CBORMapBegin = 0xbf
	CBORBreak    = 0xff
)

// AppendCBORHead appends the head of an item: its major type and its value, length or tag.
func AppendCBORHead(dst []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(dst, major|byte(n))
	case n <= 0xff:
		return append(dst, major|24, byte(n))
	case n <= 0xffff:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(n))
	case n <= 0xffffffff:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), n)
}

// AppendCBORText appends a text. What is not UTF-8 becomes the replacement character.
func AppendCBORText(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	return append(AppendCBORHead(dst, CBORText, uint64(len(s))), s...)
}

// appendCBORText appends a text that is known to be UTF-8.
func appendCBORText(dst, s []byte) []byte {
	return append(AppendCBORHead(dst, CBORText, uint64(len(s))), s...)
}

// AppendCBORTime appends an instant, as the AWS SDK for Java reads and writes it: tag 1, and milliseconds since the epoch
// where RFC 8949 has seconds (StructuredCborGenerator).
func AppendCBORTime(dst []byte, ms int64) []byte {
	return AppendCBORInt(append(dst, CBORTag|1), ms)
}

// AppendCBORInt appends a whole number.
func AppendCBORInt(dst []byte, n int64) []byte {
	if n < 0 {
		return AppendCBORHead(dst, 1<<5, uint64(^n))
	}
	return AppendCBORHead(dst, CBORUint, uint64(n))
}

// AppendCBOR appends the answer as it goes over the wire to a client that speaks CBOR.
func (o *PutRecordsOutput) AppendCBOR(dst []byte) []byte {
	var text [256]byte
	dst = append(dst, CBORMapBegin)
	if o.encryption != "" {
		dst = AppendCBORText(AppendCBORText(dst, "EncryptionType"), o.encryption)
	}
	dst = AppendCBORInt(AppendCBORText(dst, "FailedRecordCount"), int64(o.FailedRecordCount))
	dst = AppendCBORHead(AppendCBORText(dst, "Records"), CBORList, uint64(len(o.Records)))
	for i := range o.Records {
		e := &o.Records[i]
		dst = AppendCBORHead(dst, CBORMap, 2)
		if e.Limit == LimitNone {
			dst = appendCBORText(AppendCBORText(dst, "SequenceNumber"), e.SequenceNumber.Append(text[:0]))
			dst = appendCBORText(AppendCBORText(dst, "ShardId"), appendShardID(text[:0], e.Shard))
			continue
		}
		refused := o.refusal(e)
		dst = AppendCBORText(AppendCBORText(dst, "ErrorCode"), refused.Code)
		dst = AppendCBORText(AppendCBORText(dst, "ErrorMessage"), refused.Message)
	}
	return append(dst, CBORBreak)
}

// AppendCBOR appends the answer as it goes over the wire to a client that speaks CBOR.
func (o *GetRecordsOutput) AppendCBOR(dst []byte) []byte {
	var text [64]byte
	var body []byte
	dst = append(dst, CBORMapBegin)
	dst = AppendCBORHead(AppendCBORText(dst, "Records"), CBORList, uint64(len(o.Records)))
	for i := range o.Records {
		r := &o.Records[i]
		data := r.Data
		if data == nil && o.render != nil {
			body = o.render(body[:0], r)
			data = body
		}
		dst = append(dst, CBORMapBegin)
		dst = appendCBORText(AppendCBORText(dst, "SequenceNumber"), o.shard.sequence(r.Seq, r.Arrival).Append(text[:0]))
		dst = AppendCBORTime(AppendCBORText(dst, "ApproximateArrivalTimestamp"), r.Arrival/1e6)
		dst = append(AppendCBORHead(AppendCBORText(dst, "Data"), CBORBytes, uint64(len(data))), data...)
		if r.Key != "" {
			dst = AppendCBORText(AppendCBORText(dst, "PartitionKey"), r.Key)
		}
		if o.encrypted != nil && o.encrypted[i] {
			dst = AppendCBORText(AppendCBORText(dst, "EncryptionType"), "KMS")
		}
		dst = append(dst, CBORBreak)
	}
	dst = AppendCBORInt(AppendCBORText(dst, "MillisBehindLatest"), o.MillisBehindLatest)
	if o.NextShardIterator != "" {
		dst = AppendCBORText(AppendCBORText(dst, "NextShardIterator"), o.NextShardIterator)
	}
	if len(o.ChildShards) > 0 {
		dst = AppendCBORHead(AppendCBORText(dst, "ChildShards"), CBORList, uint64(len(o.ChildShards)))
		for i := range o.ChildShards {
			dst = o.ChildShards[i].appendCBOR(dst)
		}
	}
	return append(dst, CBORBreak)
}

func (c *ChildShard) appendCBOR(dst []byte) []byte {
	dst = append(dst, CBORMapBegin)
	dst = AppendCBORText(AppendCBORText(dst, "ShardId"), c.ShardId)
	dst = AppendCBORHead(AppendCBORText(dst, "ParentShards"), CBORList, uint64(len(c.ParentShards)))
	for _, p := range c.ParentShards {
		dst = AppendCBORText(dst, p)
	}
	dst = AppendCBORHead(AppendCBORText(dst, "HashKeyRange"), CBORMap, 2)
	dst = AppendCBORText(AppendCBORText(dst, "StartingHashKey"), c.HashKeyRange.StartingHashKey)
	dst = AppendCBORText(AppendCBORText(dst, "EndingHashKey"), c.HashKeyRange.EndingHashKey)
	return append(dst, CBORBreak)
}

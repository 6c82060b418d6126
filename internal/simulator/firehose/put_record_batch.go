package firehose

import (
	"cmp"
	"fmt"
	"strconv"
	"sync"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// PutRecordBatch
//
// Emulated: all members; 500 records and 4 MiB a call, 1,024,000 bytes a record, the delivery stream's limits of records,
// bytes and requests a second decided record by record in the order of the request. Nothing is encrypted.
// Source: API reference PutRecordBatch; developer guide "Quota"; error texts as captured from AWS.

// PutRecordBatchInput is the input of PutRecordBatch. The records' data belong to the service from then on.
type PutRecordBatchInput struct {
	DeliveryStreamName string
	Records            []Record

	Refuse     []bool       `json:"-"` // which records a fault refuses; nil: none
	RefuseWith *fault.Error `json:"-"` // with this; nil: as a limit does
}

// PutRecordBatchOutput is the answer of PutRecordBatch.
type PutRecordBatchOutput struct {
	FailedPutCount   int
	Encrypted        bool
	RequestResponses []PutRecordBatchResponseEntry
}

// PutRecordBatchResponseEntry is what became of one record: a RecordId, or an error.
type PutRecordBatchResponseEntry struct {
	RecordId     string `json:",omitempty"`
	ErrorCode    string `json:",omitempty"`
	ErrorMessage string `json:",omitempty"`
}

// batch is what a put is made with; they are pooled.
type batch struct {
	records []record.Record
	refused []bool
}

var batches = sync.Pool{New: func() any { return &batch{} }}

// PutRecordBatch puts records, each in its turn. Records over a limit are refused one by one, with
// ServiceUnavailableException and the call answered all the same.
func (s *Service) PutRecordBatch(in PutRecordBatchInput) (*PutRecordBatchOutput, error) {
	if err := s.validBatch(in); err != nil {
		return nil, err
	}
	b := batches.Get().(*batch)
	defer func() {
		clear(b.records) // lets go of their data
		batches.Put(b)
	}()
	b.records, b.refused = b.records[:0], append(b.refused[:0], make([]bool, len(in.Records))...)
	copy(b.refused, in.Refuse)
	for i := range in.Records {
		data := in.Records[i].Data
		b.records = append(b.records, record.Record{Data: data, Size: int32(len(data)), Shard: -1})
	}
	if err := s.Put(s.config.Clock.Now(), in.DeliveryStreamName, b.records, b.refused); err != nil {
		return nil, err
	}
	out := &PutRecordBatchOutput{RequestResponses: make([]PutRecordBatchResponseEntry, len(in.Records))}
	id := recordID(s.config.Seed ^ digest(s.config.Account, s.config.Region, in.DeliveryStreamName))
	for i := range b.records {
		if b.refused[i] {
			out.FailedPutCount++
			out.RequestResponses[i] = in.refusal(i)
			continue
		}
		id = strconv.AppendUint(id[:17], b.records[i].Seq, 10)
		out.RequestResponses[i].RecordId = string(id)
	}
	return out, nil
}

// refusal is what a refused record is answered with.
func (in *PutRecordBatchInput) refusal(i int) PutRecordBatchResponseEntry {
	e := PutRecordBatchResponseEntry{ErrorCode: codeUnavailable, ErrorMessage: slowDown}
	given := in.RefuseWith
	if i >= len(in.Refuse) || !in.Refuse[i] || given == nil {
		return e
	}
	if e.ErrorCode = cmp.Or(given.Code, codeUnavailable); e.ErrorCode != codeUnavailable || given.Message != "" {
		e.ErrorMessage = given.Message
	}
	return e
}

// recordID begins the ids of a delivery stream's records. AWS documents no form of them; ours are short, and unique within
// an account and region.
func recordID(stream uint64) []byte {
	return fmt.Appendf(make([]byte, 0, 40), "%016x-", stream)
}

// validBatch checks a batch against the API's bounds.
func (s *Service) validBatch(in PutRecordBatchInput) error {
	if err := validName(in.DeliveryStreamName); err != nil {
		return err
	}
	switch most := s.config.Limits.BatchRecords; {
	case len(in.Records) == 0:
		return constraint("[]", "records", "Member must have length greater than or equal to 1")
	case len(in.Records) > most:
		return constraint(fmt.Sprintf("[%d records]", len(in.Records)), "records", fmt.Sprintf("Member must have length less than or equal to %d", most))
	}
	var bytes int64
	for i := range in.Records {
		data := in.Records[i].Data
		if data == nil {
			return missing("records." + strconv.Itoa(i+1) + ".member.data")
		}
		if int64(len(data)) > s.config.Limits.RecordBytes {
			return s.validRecord(data, "records."+strconv.Itoa(i+1)+".member.data")
		}
		bytes += int64(len(data))
	}
	if bytes > s.config.Limits.BatchBytes { // captured from AWS
		return errorf(codeInvalidArgument, "Records size exceeds 4 MB limit")
	}
	return nil
}

// validRecord checks one record's size. The message is as captured from AWS, where the value is printed too.
func (s *Service) validRecord(data []byte, member string) error {
	if most := s.config.Limits.RecordBytes; int64(len(data)) > most {
		return constraint(fmt.Sprintf("java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]", len(data), len(data)), member, fmt.Sprintf("Member must have length less than or equal to %d", most))
	}
	return nil
}

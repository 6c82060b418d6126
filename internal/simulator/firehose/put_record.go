package firehose

import "github.com/wavetank/wavetank/internal/simulator/fault"

// PutRecord
//
// Emulated: all members; the limits of PutRecordBatch, of which it is one of one record.
// Source: API reference PutRecord.

// Record is a record as it comes over the wire.
type Record struct {
	Data []byte // at most 1,024,000 bytes; empty is allowed
}

// PutRecordInput is the input of PutRecord.
type PutRecordInput struct {
	DeliveryStreamName string
	Record             *Record

	Refuse     bool         `json:"-"` // a fault refuses it
	RefuseWith *fault.Error `json:"-"` // with this; nil: as a limit does
}

// PutRecordOutput is the answer of PutRecord.
type PutRecordOutput struct {
	RecordId  string
	Encrypted bool
}

// PutRecord puts one record. Over a limit it answers ServiceUnavailableException.
func (s *Service) PutRecord(in PutRecordInput) (*PutRecordOutput, error) {
	if in.Record == nil || in.Record.Data == nil {
		return nil, missing("record.data")
	}
	if err := s.validRecord(in.Record.Data, "record.data"); err != nil {
		return nil, err
	}
	batch, err := s.PutRecordBatch(PutRecordBatchInput{
		DeliveryStreamName: in.DeliveryStreamName,
		Records:            []Record{*in.Record},
		Refuse:             []bool{in.Refuse},
		RefuseWith:         in.RefuseWith,
	})
	if err != nil {
		return nil, err
	}
	if one := batch.RequestResponses[0]; one.ErrorCode != "" {
		e := &Error{Code: one.ErrorCode, Message: one.ErrorMessage}
		if in.Refuse && in.RefuseWith != nil {
			e.Status = in.RefuseWith.Status
		}
		return nil, e
	}
	return &PutRecordOutput{RecordId: batch.RequestResponses[0].RecordId}, nil
}

package server

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// serveFirehose answers an operation of Firehose.
func (s *Server) serveFirehose(w http.ResponseWriter, r *http.Request, c *call) {
	do := firehoseOperations[c.operation]
	if do == nil {
		writeError(w, unknownOperation("firehose", c.operation))
		return
	}
	b := buffers.Get().(*buffer)
	defer b.release()
	body, err := b.read(w, r)
	if err == nil {
		b.out, err = do(s, r, c, body, b.out[:0])
	}
	s.leave(r, c)
	if c.limits != "" {
		w.Header().Set(LimitsHeader, c.limits)
	}
	if err != nil {
		writeError(w, asFirehoseWire(err))
		return
	}
	writeJSON(w, http.StatusOK, b.out)
}

var firehoseOperations = map[string]operation{
	"CreateDeliveryStream": firehoseOperation(
		func(in *firehose.CreateDeliveryStreamInput) string { return in.DeliveryStreamName },
		(*firehose.Service).CreateDeliveryStream),
	"DeleteDeliveryStream": firehoseOperation(
		func(in *firehose.DeleteDeliveryStreamInput) string { return in.DeliveryStreamName },
		(*firehose.Service).DeleteDeliveryStream),
	"DescribeDeliveryStream": firehoseOperation(
		func(in *firehose.DescribeDeliveryStreamInput) string { return in.DeliveryStreamName },
		(*firehose.Service).DescribeDeliveryStream),
	"ListDeliveryStreams": firehoseOperation(
		func(*firehose.ListDeliveryStreamsInput) string { return "" },
		(*firehose.Service).ListDeliveryStreams),
	"PutRecord":      firehosePutRecord,
	"PutRecordBatch": firehosePutRecordBatch,
}

// firehoseOperation is an operation whose request is decoded and whose answer is encoded as it stands. resource is the
// delivery stream that the request names, for the fault hook.
func firehoseOperation[In, Out any](resource func(*In) string, do func(*firehose.Service, In) (Out, error)) operation {
	return func(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
		var in In
		if err := decode(body, &in); err != nil {
			return dst, err
		}
		if e := s.enter(r, c, fault.Request{Service: "firehose", Resource: resource(&in)}); e != nil {
			return dst, e
		}
		out, err := do(c.world.Firehose, in)
		if err != nil {
			return dst, err
		}
		return encode(dst, out)
	}
}

func firehosePutRecord(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	var in firehose.PutRecordInput
	if err := decode(body, &in); err != nil {
		return dst, err
	}
	if e := s.enter(r, c, fault.Request{Service: "firehose", Resource: in.DeliveryStreamName, Records: 1}); e != nil {
		return dst, e
	}
	in.Refuse, in.RefuseWith = s.refuses(&c.action), c.action.Err
	out, err := c.world.Firehose.PutRecord(in)
	if err != nil {
		return dst, err
	}
	return encode(dst, out)
}

func firehosePutRecordBatch(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	var in firehose.PutRecordBatchInput
	if err := decode(body, &in); err != nil {
		return dst, err
	}
	if e := s.enter(r, c, fault.Request{Service: "firehose", Resource: in.DeliveryStreamName, Records: len(in.Records)}); e != nil {
		return dst, e
	}
	if c.action.Share > 0 {
		in.Refuse, in.RefuseWith = make([]bool, len(in.Records)), c.action.Err
		for i := range in.Refuse {
			in.Refuse[i] = s.refuses(&c.action)
		}
	}
	out, err := c.world.Firehose.PutRecordBatch(in)
	if err != nil {
		return dst, err
	}
	c.limits = batchLetters(in.Refuse, out)
	return encode(dst, out)
}

// refuses tells whether a fault that refuses a share of the records refuses this one.
func (s *Server) refuses(a *fault.Action) bool {
	return a.Share > 0 && s.refuse(a) != kinesis.LimitNone
}

// asFirehoseWire makes any error of the service one of the wire.
func asFirehoseWire(err error) *wireError {
	e := (*firehose.Error)(nil)
	if !errors.As(err, &e) {
		return asWire(err)
	}
	return &wireError{cmp.Or(e.Status, statusOf(e.Code)), e.Code, e.Message}
}

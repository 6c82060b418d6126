package server

import (
	"net/http"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

var recordOperations = map[string]operation{
	"GetShardIterator": getShardIterator,
	"GetRecords":       getRecords,
	"PutRecord":        putRecord,
	"PutRecords":       putRecords,
}

func getShardIterator(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	var in kinesis.GetShardIteratorInput
	if err := c.format.decode(body, &in); err != nil {
		return dst, err
	}
	q := fault.Request{Service: "kinesis", Resource: kinesis.StreamOf(in.StreamName, in.StreamARN)}
	if s.cfg.Faults != nil {
		q.Touches = touchesShard(in.ShardId)
	}
	if e := s.enter(r, c, q); e != nil {
		return dst, e
	}
	if err := c.world.Kinesis.Admit(c.operation, q.Resource); err != nil {
		return dst, err
	}
	out, err := c.world.Kinesis.GetShardIterator(in)
	if err != nil {
		return dst, err
	}
	return c.format.encode(dst, out)
}

func getRecords(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	var in kinesis.GetRecordsInput
	if err := c.format.decode(body, &in); err != nil {
		return dst, err
	}
	q := fault.Request{Service: "kinesis", Resource: kinesis.IteratorStream(text(in.ShardIterator))}
	if s.cfg.Faults != nil {
		q.Touches = touchesIterator(in.ShardIterator)
	}
	if e := s.enter(r, c, q); e != nil {
		return dst, e
	}
	s.take(r, c.world.Kinesis.Model().Get)
	out, err := c.world.Kinesis.GetRecords(in)
	if err != nil {
		return dst, err
	}
	defer out.Release()
	return c.format.encode(dst, out)
}

func putRecord(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	in, err := readPutRecord(c.format, body)
	if err != nil {
		return dst, err
	}
	q := fault.Request{Service: "kinesis", Resource: kinesis.StreamOf(in.StreamName, in.StreamARN), Records: 1}
	if s.cfg.Faults != nil {
		q.Touches = touchesPutRecord(c.world.Kinesis, q.Resource, in)
	}
	if e := s.enter(r, c, q); e != nil {
		return dst, e
	}
	if c.action.Share > 0 {
		in.Refuse, in.RefuseWith = s.refuse(&c.action), c.action.Err
	}
	s.take(r, c.world.Kinesis.Model().Put)
	out, err := c.world.Kinesis.PutRecord(in)
	if err != nil {
		return dst, err
	}
	return c.format.encode(dst, out)
}

func putRecords(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	d := scanners.Get().(*putRecordsScanner)
	defer d.release()
	in, err := d.read(c.format, body)
	if err != nil {
		return dst, err
	}
	q := fault.Request{Service: "kinesis", Resource: kinesis.StreamOf(in.StreamName, in.StreamARN), Records: len(in.Records)}
	if s.cfg.Faults != nil {
		q.Touches = touchesPutRecords(c.world.Kinesis, q.Resource, in)
	}
	if e := s.enter(r, c, q); e != nil {
		return dst, e
	}
	if c.action.Share > 0 {
		in.Refuse, in.RefuseWith = func(int) kinesis.Limit { return s.refuse(&c.action) }, c.action.Err
	}
	s.take(r, c.world.Kinesis.Model().Put)
	out, err := c.world.Kinesis.PutRecords(in)
	if err != nil {
		return dst, err
	}
	c.limits = limitLetters(out)
	return c.format.encode(dst, out)
}

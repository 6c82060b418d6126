package server

import (
	"maps"
	"net/http"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// serveKinesis answers an operation of Kinesis Data Streams.
func (s *Server) serveKinesis(w http.ResponseWriter, r *http.Request, c *call) {
	do := kinesisOperations[c.operation]
	if do == nil {
		c.format.writeError(w, early(w, r, c, "kinesis"))
		return
	}
	b := buffers.Get().(*buffer)
	defer b.release()
	body, err := b.read(w, r)
	if err == nil {
		b.out, err = s.keeping(do, r, c, body, b.out[:0])
	}
	switch {
	case c.subscription == nil:
	case err != nil: // what it would tell of may not be kept
		c.subscription.Close()
	default:
		c.subscription.serve(s, w, r, c, b)
		return
	}
	s.leave(r, c)
	if c.limits != "" {
		w.Header().Set(LimitsHeader, c.limits)
	}
	if err != nil {
		c.format.writeError(w, asWire(err))
		return
	}
	c.format.write(w, http.StatusOK, b.out)
}

// keeping does an operation whose answer may leave: what it changed is kept, where the service keeps anything.
func (s *Server) keeping(do operation, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	out, err := do(s, r, c, body, dst)
	if err == nil {
		if err = c.world.Kinesis.Commit(); err != nil {
			c.limits = "" // of an answer that does not leave
		}
	}
	return out, err
}

// operation does one operation and appends its answer.
type operation func(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error)

// kinesisOperations are the operations by name, put together from those of each kind.
var kinesisOperations = operationsOf(
	streamOperations, recordOperations, reshardOperations, settingOperations, tagOperations, accountOperations, consumerOperations,
	channelOperations,
)

func operationsOf(kinds ...map[string]operation) map[string]operation {
	all := map[string]operation{}
	for _, kind := range kinds {
		maps.Copy(all, kind)
	}
	return all
}

// plain is an operation whose request is decoded and whose answer is encoded as it stands. resource is the stream that
// the request names, for the fault hook.
func plain[In, Out any](resource func(*In) string, do func(*kinesis.Service, In) (Out, error)) operation {
	return func(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
		var in In
		if err := c.format.decode(body, &in); err != nil {
			return dst, err
		}
		if e := s.enter(r, c, fault.Request{Service: "kinesis", Resource: resource(&in)}); e != nil {
			return dst, e
		}
		if err := c.world.Kinesis.Admit(c.operation, resource(&in)); err != nil {
			return dst, err
		}
		out, err := do(c.world.Kinesis, in)
		if err != nil {
			return dst, err
		}
		return c.format.encode(dst, out)
	}
}

// empty is an operation that answers with an empty body.
func empty[In any](resource func(*In) string, do func(*kinesis.Service, In) error) operation {
	return plain(resource, func(s *kinesis.Service, in In) (any, error) { return nil, do(s, in) })
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

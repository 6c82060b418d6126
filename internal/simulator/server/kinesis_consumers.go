package server

import (
	"errors"
	"net/http"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// consumerOperations are the operations of stream consumers.
var consumerOperations = map[string]operation{
	"RegisterStreamConsumer": plain(
		func(in *kinesis.RegisterStreamConsumerInput) string { return kinesis.StreamOf(nil, in.StreamARN) },
		(*kinesis.Service).RegisterStreamConsumer),
	"DeregisterStreamConsumer": empty(
		func(in *kinesis.DeregisterStreamConsumerInput) string {
			return kinesis.StreamOfConsumer(in.ConsumerARN, in.StreamARN)
		},
		(*kinesis.Service).DeregisterStreamConsumer),
	"DescribeStreamConsumer": plain(
		func(in *kinesis.DescribeStreamConsumerInput) string {
			return kinesis.StreamOfConsumer(in.ConsumerARN, in.StreamARN)
		},
		(*kinesis.Service).DescribeStreamConsumer),
	"ListStreamConsumers": plain(
		func(in *kinesis.ListStreamConsumersInput) string { return kinesis.StreamOf(nil, in.StreamARN) },
		(*kinesis.Service).ListStreamConsumers),
	"SubscribeToShard": subscribeToShard,
}

// subscription is the answer of SubscribeToShard: it goes on for minutes.
type subscription struct {
	*kinesis.Subscription
	request fault.Request // which opened it
	woken   chan struct{}
}

func subscribeToShard(s *Server, r *http.Request, c *call, body, dst []byte) ([]byte, error) {
	var in kinesis.SubscribeToShardInput
	if err := c.format.decode(body, &in); err != nil {
		return dst, err
	}
	q := fault.Request{Service: "kinesis", Resource: kinesis.StreamOfConsumer(in.ConsumerARN, nil), Touches: touchesShard(in.ShardId)}
	if e := s.enter(r, c, q); e != nil {
		return dst, e
	}
	woken := make(chan struct{}, 1)
	sub, err := c.world.Kinesis.SubscribeToShard(in, func() {
		select {
		case woken <- struct{}{}:
		default: // one is enough
		}
	})
	if err != nil {
		return dst, err
	}
	c.subscription = &subscription{sub, q, woken}
	return dst, nil
}

// serve sends a subscription's events until it is over, the client is gone or the HTTP server begins to shut down. b holds
// one event at a time.
func (sub *subscription) serve(s *Server, w http.ResponseWriter, r *http.Request, c *call, b *buffer) {
	defer sub.Close()
	s.leave(r, c)
	out := newEventWriter(w)
	b.out = appendInitialResponse(b.out[:0])
	if !out.send(b.out) {
		return
	}
	clk, closing, timer := s.cfg.AWS.Clock(), s.closing(r), time.NewTimer(0)
	defer timer.Stop()
	for {
		now := clk.Now()
		event, again, err := sub.Next(now)
		switch {
		case errors.Is(err, kinesis.ErrSubscriptionOver):
			return
		case err != nil:
			b.out = appendException(b.out[:0], asWire(err))
			out.send(b.out)
			return
		case event != nil:
			if e := s.pushes(r, c, sub.request); e != nil {
				b.out = appendException(b.out[:0], e)
				out.send(b.out)
				return
			}
			b.out = appendEvent(b.out[:0], "SubscribeToShardEvent", event.AppendJSON)
			if !out.send(b.out) {
				return
			}
			continue
		}
		timer.Reset(again.Sub(now))
		select {
		case <-sub.woken:
		case <-timer.C:
		case <-r.Context().Done():
			return
		case <-closing:
			return
		}
	}
}

// pushes lets faults act on an event of an open subscription, as on a request of its own: it may be held, cut off with its
// connection, or be an error, which ends the subscription.
func (s *Server) pushes(r *http.Request, c *call, q fault.Request) *wireError {
	if s.cfg.Faults == nil {
		return nil
	}
	q.Operation, q.Account, q.Region = "SubscribeToShardEvent", c.account, c.region
	a := s.cfg.Faults(s.cfg.AWS.Clock().Now(), q)
	s.holdAndCut(r, &a)
	if a.Lost { // an event has no other answer than itself
		panic(http.ErrAbortHandler)
	}
	if a.Err != nil {
		return injected(a.Err)
	}
	return nil
}

// closing is closed as soon as the HTTP server that a request came through begins to shut down. It waits for its requests,
// and a stream of events would keep it waiting for minutes. It is nil, and never closed, where there is no such server.
func (s *Server) closing(r *http.Request) <-chan struct{} {
	srv, ok := r.Context().Value(http.ServerContextKey).(*http.Server)
	if !ok {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.closings[srv]; c != nil {
		return c
	}
	c := make(chan struct{})
	if s.closings == nil {
		s.closings = make(map[*http.Server]chan struct{})
	}
	s.closings[srv] = c
	srv.RegisterOnShutdown(func() { s.shutDown(srv) })
	return c
}

// shutDown ends the subscriptions that an HTTP server serves.
func (s *Server) shutDown(srv *http.Server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.closings[srv]; c != nil {
		close(c)
		delete(s.closings, srv)
	}
}

// Package tanktest gives a Go test an AWS that behaves: Kinesis with its limits, Lambda with its retries, Firehose with its
// buffers and a hook for every fault, in the test's own process, without Docker and without a network.
//
//	func TestPoisonRecord(t *testing.T) {
//		tank := tanktest.Start(t, tanktest.Virtual())
//		orders := tank.Stream("orders", 4)
//		fn := tank.Handle("orders", handle, tanktest.BatchSize(100), tanktest.BisectOnError(), tanktest.MaxRetries(2))
//		orders.Put(tanktest.Transactions(10_000), tanktest.Poison(1))
//		tank.Advance(time.Hour) // some milliseconds of the wall's
//		fn.Delivered(t, 9_999)
//		fn.OnFailure().Batches(t, 1)
//	}
//
// # Three times
//
// A tank lives in one of three times; nothing else about it differs.
//
//	            what moves it       who may take part                what it promises
//	Virtual()   Advance, Until      handlers and models that         one seed, one history
//	                                compute and return
//	Bubble()    testing/synctest    everything: SDK clients,         time, not order
//	                                goroutines, timers
//	(neither)   the wall's clock    everything, and other processes  nothing
//
// Take virtual time for a handler: a day of a million records takes some seconds, and a failure comes back under its seed.
// Take a bubble for code with a client, goroutines or timers of its own: retry back-offs, iterators that expire after five
// minutes and streams that forget after a day pass at once, and nothing is mocked. Take the wall for what cannot
// live in a bubble: a socket, another process, cgo.
//
// In virtual time a handler runs while time stands still. It must not wait: for time (time.Sleep takes the wall's, and none of the
// tank's), for another goroutine, or for the tank. One that calls Advance ends its test; one that has not returned after ten
// seconds ends the program with the stacks of its goroutines, which say where it waits; where many together take five, a line
// says whose they are. The deadline of its context is as far off by time.Now as it is by the tank's time. Arrivals are the tank's:
// a handler that compares them with the time needs [Tank.Now].
//
// In a bubble instants coincide: what polls once a second meets at the second, and a race of two pollers may never be seen.
// Split at an odd instant, and spread the reads: Start(t, Bubble(), Script("jitter GetRecords 900ms")).
//
// # What comes out
//
// A [Function], a [Delivery] (with or without a [Transform]) and a [Consumer] of the test's own are a [Sink]: Delivered,
// AtLeastOnce, ExactlyOnce and InOrder fail the test with the history of the records that they are about, an event a line. They fail, too,
// where nothing is shown yet; [Sink.WaitAll] lets time pass until all that is put has come out.
//
// # Faults
//
// [Tank.Throttle], [Tank.Fail], [Tank.Delay], [Tank.Hold] and [Tank.Next] act on all requests of an operation; invocations
// are requests, too (Invoke), and so are deliveries (PutObject). Whatever is narrower is a [Hook], which sees each of them. Here one
// shard is read late:
//
//	tank.Hook(func(_ time.Time, r tanktest.Request) tanktest.Action {
//		if r.Operation == "GetRecords" && r.Touches(0) {
//			return tanktest.Action{Delay: 5 * time.Second}
//		}
//		return tanktest.Pass()
//	})
//
// # What a test leaves behind
//
// When the test ends the tank is taken down, and a subscription that is still open, records that a delivery stream
// still buffers, actions of Next that were not used, and goroutines that the test has started and that are still there fail it, each with
// its place; one that time.AfterFunc has started is not found. Faults end with the test. A Cleanup that is registered before Start runs
// after all this: what stops a goroutine belongs behind Start, or listens to t.Context. [Leaves] names goroutines that may stay. In a bubble the panic of testing/synctest about them comes behind
// these messages.
//
// # Seeds
//
// What a tank draws (which records a fault refuses, which are poisoned, how late a jitter is) comes from its seed. A test that
// fails prints it, and WAVETANK_SEED replays it. Under [Explore] a test is run with many, in virtual time or, with Bubble(), each in a
// bubble of its own.
package tanktest

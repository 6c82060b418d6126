// Package conformance says what a target is, in cases that run against any endpoint through the real SDK clients.
//
// Each [Case] claims one thing that the real service does and that a load test relies on: how an error is worded, how
// much a shard takes in a second, when a buffer is delivered. [Run] makes what a case needs, tries it, deletes what it
// made and says in a [Finding] whether this endpoint does it. An endpoint that lacks an API, or does not answer, is a
// finding as well and never an error: the table is the answer.
//
// The tests run all cases against the embedded server and expect a verdict for each; slow ones are built with -tags
// wallclock. With -endpoint URL they run against any other:
//
//	go test ./internal/target/conformance -run TestEndpoint -v -timeout 30m -endpoint http://127.0.0.1:4566
//
// In an account that others use too, an [Owner] names and tags what is made and has it on record before; [MakesOf] and
// [Names] say beforehand what that is going to be.
//
// A case is added to the function of its area (streamCases, writeCases, …) and to the tests' table of what the embedded
// server does. It uses names from its bench only, so that it can run beside other cases and beside other people's streams,
// makes things through its bench only, so that none is made past an owner, and says in Makes how many.
package conformance

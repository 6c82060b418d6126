// Package cloudwatch reads what AWS itself tells of a run: the metrics of its streams, functions and delivery streams,
// by the minute, and the REPORT lines of its functions, each of them.
//
// A [Reader] is asked once, after the drain. Metrics come minutes late: it reads until the load's last minute is there and
// two reads tell the same, or until its patience ends, and what did not come by then has no points, never zeros. Nothing
// here fails a run: where AWS refuses or does not answer, a note says so and what to do.
//
//	r := cloudwatch.New(cloudwatch.Config{SDK: config, Wait: 3 * time.Minute})
//	told := r.Read(ctx, asked, phase, note)
//
// A Reader starts no goroutines. It is safe for concurrent use. A test gives it an HTTP server that answers as AWS does,
// or, within the package, functions in place of the clients.
package cloudwatch

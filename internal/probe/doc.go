// Package probe is the wavetank binary as its own Lambda function.
//
// Started where AWS_LAMBDA_RUNTIME_API is set, the program calls [Main] and becomes a function behind an event source
// mapping of a Kinesis stream. It behaves as its [Settings] say (it takes time, fails, reports partial failures, starts
// cold) and leaves a [Receipt] of each batch in a stream of receipts: which records came, when the invocation began and
// ended, and how. Whoever reads that stream knows of every invocation what CloudWatch does not tell.
//
// Lambda freezes an execution environment as soon as an invocation has answered, so a receipt is stored before that. What
// storing takes is on the invocation's bill and not between the receipt's Begin and End.
//
// Storing is at least once: a put that was stored and not answered is made again. (Environment, Invocation, Part) names a
// receipt, and the reader drops what it has seen.
//
// [Package] makes the zip file that is deployed, out of the running program where that can be.
package probe

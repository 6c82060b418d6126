package lambda

// effort is how one batch is tried: what becomes of it, or of a part of it, with each result. It is a model: it knows
// neither records nor time, and one caller at a time is its owner's business.
//
// A batch is a row of parts, one at first, in the shard's order; the first is tried until it succeeds or is given up, and
// then the next is. A part that fails outright is halved where BisectBatchOnFunctionError is set, which takes nothing
// from MaximumRetryAttempts (DG kinesis-on-failure); one of a single record, or without bisecting, is tried again as it is
// until its retries are used up. A response with failures ends the part before the lowest of them, and the remainder is
// what is tried next. Each half and each remainder begins with all its retries (recorded on AWS for a remainder).
//
// Ours, as AWS says nothing: of an odd number the left half is the smaller one; the left half comes first, as the order
// asks for; a remainder that is the whole part counts as a failed attempt of it, and is not halved even with bisecting,
// since a report is no function error; each half and remainder begins with the shortest wait.
type effort struct {
	retries int  // MaximumRetryAttempts; -1: without end
	bisect  bool // BisectBatchOnFunctionError

	parts []part // the last is the one that is tried
}

// part is records that are sent together.
type part struct {
	size     int
	attempts int // of these records as they are, that reached the function
	waits    int // in a row
}

// verdict is what follows from a result. Records are counted from the beginning of what was left of the batch.
type verdict struct {
	done     int  // so many are over with
	dropped  bool // these are given up, after so many attempts; else they succeeded
	attempts int
	wait     int // the next attempt comes after a wait, the how-manieth in a row; 0: at once
}

// begin takes a new batch.
func (e *effort) begin(size int) {
	e.parts = append(e.parts[:0], part{size: size})
}

// next is the part that is to be tried; nil where nothing is left.
func (e *effort) next() *part {
	if len(e.parts) == 0 {
		return nil
	}
	return &e.parts[len(e.parts)-1]
}

// succeeded tells that the part has succeeded.
func (e *effort) succeeded() verdict { return verdict{done: e.pop()} }

// refused tells that the part did not reach the function: throttled, a service's error, no such function. That is no attempt:
// only age ends it (DG kinesis-on-failure).
func (e *effort) refused() verdict {
	t := e.next()
	t.waits++
	return verdict{wait: t.waits}
}

// failed tells that the function raised an error, or that its time was over.
func (e *effort) failed() verdict {
	t := e.next()
	if !e.bisect || t.size == 1 {
		return e.again()
	}
	wait, left := t.waits+1, t.size/2
	*t = part{size: t.size - left}
	e.parts = append(e.parts, part{size: left})
	return verdict{wait: wait}
}

// reported tells that the function's response has all records but the first so many be tried again.
func (e *effort) reported(succeeded int) verdict {
	t := e.next()
	if succeeded == 0 {
		return e.again()
	}
	wait := t.waits + 1
	*t = part{size: t.size - succeeded}
	return verdict{done: succeeded, wait: wait}
}

// again counts a failed attempt: the part is tried again as it is, or given up.
func (e *effort) again() verdict {
	t := e.next()
	t.attempts++
	t.waits++
	if e.retries < 0 || t.attempts <= e.retries {
		return verdict{wait: t.waits}
	}
	attempts := t.attempts
	return verdict{done: e.pop(), dropped: true, attempts: attempts}
}

// aged tells that the first so many records of the part are too old to be sent. It is given up for these; the others keep
// their attempts.
func (e *effort) aged(records int) verdict {
	t := e.next()
	v := verdict{done: records, dropped: true, attempts: t.attempts}
	if t.size -= records; t.size == 0 {
		e.pop()
	}
	return v
}

func (e *effort) pop() int {
	last := len(e.parts) - 1
	size := e.parts[last].size
	e.parts = e.parts[:last]
	return size
}

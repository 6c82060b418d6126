// Package reports says what happened in a run, from the files of the run alone: an old run can always be rendered again,
// and a killed one up to its last second.
//
// [Load] reads a run directory and [Build] judges it: objectives with their worst windows, whether the run is valid, the
// tables of stages, shards and keys, the ledger, the cost. A [Report] is then written as the summary at the terminal
// ([Report.WriteText]), as one offline page ([Report.WriteHTML]), as result.json ([Report.Result], [ResultSchema]), as
// Markdown and JUnit, and as HdrHistogram's own formats ([Report.WriteHistogramLog], [Report.WritePercentiles]);
// [Report.WriteAll] writes all of them beside the run file.
//
// Three rules hold everywhere. Percentiles rank every record that was due: one that never came ranks beyond any limit and
// reads "> all", null in JSON. Warm-up is in no table and no objective, but in the ledger. A percentile of too few
// requests, invocations or objects is marked thin.
//
// Times are int64 nanoseconds, seconds of a run count from the start of its load. A report does not change once built; it
// is not safe for concurrent use, because the run it reads from is not.
package reports

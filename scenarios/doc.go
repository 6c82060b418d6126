// Package scenarios describes what a run claims: a pipeline, the load offered to it, the faults on its timeline and the
// objectives it is held to, as plain data.
//
// A scenario is a YAML file. [Open] loads one from the built-in [Library] or from a file, [Parse] from bytes; loading is
// strict. A mistake is answered with where it is, what was found, what is allowed and the nearest known word, and several
// are reported together ([Errors]). A scenario may also be built in Go: fill a [Scenario] in and call its Complete method.
//
// Keys are AWS's member names in lowerCamel wherever AWS has one. Values carry their units: 5s, 1MiB, 2000/s, 0.1%. Every
// key can be overridden by a dotted path, as in load.0.rate=4000/s.
//
// The key tables (shape_*.go) are the one source of decoding, defaults, ranges, error texts, the resolved form and
// [JSONSchema]. Nothing here does I/O except reading a scenario file and the files it names.
package scenarios

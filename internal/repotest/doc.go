// Package repotest holds the repository's rules as tests: who may import whom, where goroutines start, what must not be
// called where time may be virtual, how long a file may be, which documents must keep up with the code.
//
// The rules themselves, each with its reason, are in house_test.go; the other files are the checks, small functions from
// a [Tree] to a list of [Violation]. A check reads source only (no build, no network), so the whole takes a moment. Each
// check has tests of its own on trees that break its rule: a rule that cannot fail is none.
//
// To allow an exception, add it to the rule's list in house_test.go with the reason; the list is the record.
package repotest

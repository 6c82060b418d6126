package tanktest

import (
	"errors"
	"fmt"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// The tries of a seed that fails in a bubble, and how many of them must fail for it to be shortened.
const (
	bubbleTries = 5
	most        = bubbleTries/2 + 1
)

// report is what is said of a seed under which the test fails, with its script made shorter where that can be trusted.
func (x *exploration) report(seed uint64, s script, failed error) error {
	said := &report{seed: seed, failed: failed}
	if x.bubble {
		x.often(said, s)
	} else {
		x.again(said, s)
	}
	if x.misused() {
		return x.misuse(seed, said.failed)
	}
	return said.err(x)
}

// report is what was found out of a failing seed.
type report struct {
	seed   uint64
	script script
	failed error
	often  int    // in a bubble: in how many of its tries the script fails
	note   string // what speaks against the script
}

// again shortens a script in virtual time, where one seed has one history: what does not fail again under its seed is not to be
// shortened, and the shortest script must fail alike once more.
func (x *exploration) again(said *report, s script) {
	again := x.try(said.seed, s).failed
	said.script, said.note = s, unlike(said.failed, again)
	if again == nil {
		return
	}
	less, failed := x.shorten(s, said.failed, func(less script) error { return x.try(said.seed, less).failed })
	if len(less) == len(s) {
		return
	}
	said.script, said.failed = less, failed
	if said.note == "" {
		said.note = unlike(failed, x.try(said.seed, less).failed)
	}
}

// often shortens a script in a bubble.
func (x *exploration) often(said *report, s script) {
	times := 1 // it has failed once
	for range bubbleTries - 1 {
		if x.try(said.seed, s).failed != nil {
			times++
		}
	}
	said.script, said.often = s, times
	if times < most {
		return
	}
	less, failed := x.shorten(s, said.failed, func(less script) error {
		_, failed := x.majority(said.seed, less, most)
		return failed
	})
	if len(less) == len(s) {
		return
	}
	times, again := x.majority(said.seed, less, bubbleTries)
	if again != nil {
		failed = again
	}
	said.script, said.failed, said.often = less, failed, times
}

// majority tries a script until it has failed, or passed, so often that the rest cannot change what most of the tries say: enough
// is most, or bubbleTries to have all of them. It returns how many failed, and a failure where most did.
func (x *exploration) majority(seed uint64, s script, enough int) (times int, failed error) {
	passes := 0
	for times+passes < bubbleTries && times < enough && passes < enough {
		if err := x.try(seed, s).failed; err != nil {
			failed = err
			times++
		} else {
			passes++
		}
	}
	if times < most {
		failed = nil
	}
	return times, failed
}

// shorten takes out of a script what the failure does not need: halves, quarters, single faults.
func (x *exploration) shorten(s script, last error, try func(script) error) (script, error) {
	for size := (len(s) + 1) / 2; size >= 1; size /= 2 {
		for at := 0; at < len(s); {
			less := append(append(script(nil), s[:at]...), s[min(at+size, len(s)):]...)
			if err := try(less); err != nil {
				s, last = less, err
				continue
			}
			at += size
		}
	}
	return s, last
}

var changing = regexp.MustCompile(`0x[0-9a-f]+|goroutine [0-9]+`)

// unlike tells in what two runs of one seed differ; "" where they do not. Addresses, and the order of lines, are no difference.
func unlike(one, other error) string {
	const why = "The same seed gives another result: something outlives the test (a variable outside of the function?), or goes by the wall's time, a map's order or " +
		"a goroutine. "
	if other == nil {
		return why + "Run again, it passes."
	}
	lines := func(err error) []string {
		all := strings.Split(changing.ReplaceAllString(err.Error(), "0x"), "\n")
		slices.Sort(all)
		return all
	}
	first, second := lines(one), lines(other)
	if slices.Equal(first, second) {
		return ""
	}
	for _, line := range second {
		if !slices.Contains(first, line) {
			return why + "Run again, it says:\n" + line
		}
	}
	return why + "Run again, it says less."
}

// err is the report as the outer test says it.
func (d *report) err(x *exploration) error {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d fails", d.seed)
	if x.bubble {
		fmt.Fprintf(&b, " in %d of %d tries", d.often, bubbleTries)
	}
	if os.Getenv(seedVariable) == "" {
		fmt.Fprintf(&b, " (%s=%d runs it alone)", seedVariable, d.seed)
	}
	fmt.Fprintf(&b, ":\n%s\n", shortened(d.failed.Error()))
	if d.note != "" {
		fmt.Fprintf(&b, "%s\n", d.note)
	}
	switch {
	case len(d.script) == 0 && x.bubble:
		b.WriteString("It fails without any fault.")
	case len(d.script) == 0:
		fmt.Fprintf(&b, "It fails without any fault, in the order of seed %d.", d.seed)
	case d.note != "", x.bubble && d.often < most:
		fmt.Fprintf(&b, "It does not fail reliably; its script is %q.", d.script.String())
	default:
		fmt.Fprintf(&b, "The shortest script that still fails is %q.", d.script.String())
	}
	fmt.Fprintf(&b, " This test has the same:\n\n%s", d.script.paste(d.seed, x))
	return errors.New(b.String())
}

// longestFailure is how many lines of a failure are shown.
const longestFailure = 120

// shortened is a failure without the middle of its lines, where it has too many: the script is told behind them.
func shortened(text string) string {
	lines := strings.Split(text, "\n")
	over := len(lines) - longestFailure
	if over < 2 {
		return text
	}
	const end = 20
	cut := append(slices.Clone(lines[:longestFailure-end]), fmt.Sprintf("… and %d lines more …", over))
	return strings.Join(append(cut, lines[len(lines)-end:]...), "\n")
}

// paste is a test that repeats a script under a seed. It calls the explored function where that has a name.
func (s script) paste(seed uint64, x *exploration) string {
	opts := []string{"tanktest.Virtual()", "tanktest.Shuffle()"}
	others := len(x.opts)
	if x.bubble {
		opts = []string{"tanktest.Bubble()"}
		others--
	}
	opts = append(opts, fmt.Sprintf("tanktest.Seed(%d)", seed))
	if len(s) > 0 {
		opts = append(opts, fmt.Sprintf("tanktest.Script(%q)", s.String()))
	}
	lines := []string{"tank := tanktest.Start(t, " + strings.Join(opts, ", ") + ")"}
	if others > 0 {
		lines[0] += " // and the options of Explore"
	}
	if call := x.call(); call != "" {
		lines = append(lines, call)
	} else {
		lines = append(lines, "_ = tank // in place of this line: what the explored test does")
	}
	if x.bubble {
		for i := range lines {
			lines[i] = "\t" + lines[i]
		}
		lines = append(append([]string{"synctest.Test(t, func(t *testing.T) {"}, lines...), "})")
	}
	return fmt.Sprintf("func TestSeed%d(t *testing.T) {\n\t%s\n}\n", seed, strings.Join(lines, "\n\t"))
}

// call is how the test calls the explored function; "" where that has no name that the test could say.
func (x *exploration) call() string {
	path, name := nameOf(runtime.FuncForPC(reflect.ValueOf(x.test).Pointer()).Name())
	switch {
	case strings.ContainsAny(name, ".-(["):
		return ""
	case path == x.home:
		return name + "(t, tank)"
	case !token.IsExported(name):
		return ""
	}
	return fmt.Sprintf("%s.%s(t, tank) // of %s", packageOf(path), name, strings.ReplaceAll(path, "%2e", "."))
}

// nameOf parts a function's name from the path of its package.
func nameOf(function string) (path, name string) {
	slash := strings.LastIndexByte(function, '/') + 1
	last, name, _ := strings.Cut(function[slash:], ".")
	return function[:slash] + last, name
}

var version = regexp.MustCompile(`^v[0-9]+$`)

// packageOf is what a package of a path is called, mostly.
func packageOf(path string) string {
	words := strings.Split(path, "/")
	last := words[len(words)-1]
	if version.MatchString(last) && len(words) > 1 {
		last = words[len(words)-2]
	}
	last, _, _ = strings.Cut(last, "%2e") // gopkg.in/yaml.v3
	return last[strings.LastIndexByte(last, '-')+1:]
}

// testsPackage is the package of the test that is running: of the outermost call in a file of tests.
func testsPackage() (path string) {
	pcs := make([]uintptr, 100)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if strings.HasSuffix(f.File, "_test.go") {
			path, _ = nameOf(f.Function)
		}
	}
	return path
}

package conformance

import (
	"errors"
	"fmt"
	"regexp"
)

func does(format string, args ...any) Finding    { return found(Does, format, args...) }
func doesNot(format string, args ...any) Finding { return found(DoesNot, format, args...) }
func differs(format string, args ...any) Finding { return found(Differs, format, args...) }
func unknown(format string, args ...any) Finding { return found(Unknown, format, args...) }

func found(v Verdict, format string, args ...any) Finding {
	return Finding{Verdict: v, Detail: oneLine(fmt.Sprintf(format, args...))}
}

// stepError is an error with the step at which a case met it.
type stepError struct {
	step string
	err  error
}

func (e *stepError) Error() string { return e.step + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// at names the step of an error; nil stays nil.
func at(step string, err error) error {
	if err == nil {
		return nil
	}
	return &stepError{step, err}
}

// stuck is the finding of a case that cannot go on: the API is not there, or something before the claim went wrong.
func stuck(err error) Finding {
	text := explain(err)
	if e := (*stepError)(nil); errors.As(err, &e) {
		text = e.step + ": " + text
	}
	switch {
	case missing(err):
		return found(Refuses, "%s", text)
	case denied(err):
		return forbidden(err)
	}
	return unknown("%s", text)
}

// forbidden is the finding where the credentials do not allow what a case tries.
func forbidden(err error) Finding { return unknown("not allowed: %s", explain(err)) }

// refused is the finding on something that should have been accepted.
func refused(err error) Finding {
	if missing(err) || denied(err) || codeOf(err) == "" && statusOf(err) < 400 {
		return stuck(err)
	}
	return doesNot("refused: %s", explain(err))
}

// wants is the finding on something that should have been refused with a code, and a message of a pattern; "" is any.
func wants(err error, code, pattern string) Finding {
	switch {
	case err == nil:
		return doesNot("accepted")
	case codeOf(err) == code && regexp.MustCompile("^(?:"+pattern+")$").MatchString(messageOf(err)), codeOf(err) == code && pattern == "":
		return does("%s", explain(err))
	case codeOf(err) == code:
		return differs("the code, with another text: %s", explain(err))
	case missing(err), denied(err), codeOf(err) == "" && statusOf(err) == 0:
		return stuck(err)
	}
	return differs("%s, not %s", explain(err), code)
}

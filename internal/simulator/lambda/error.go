package lambda

import "fmt"

// Error is an error as AWS answers it.
type Error struct {
	Code    string // InvalidParameterValueException
	Message string
}

// The codes of the errors this package makes.
const (
	CodeInvalidParameter = "InvalidParameterValueException"
	CodeValidation       = "ValidationException"
	CodeNotFound         = "ResourceNotFoundException"
	CodeConflict         = "ResourceConflictException"
	codeService          = "ServiceException"
)

func (e *Error) Error() string { return e.Code + ": " + e.Message }

func errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// notEmulated refuses what a later version brings: a setting that is not obeyed is never accepted in silence.
func notEmulated(what string) *Error {
	return errorf(CodeInvalidParameter, "wavetank does not emulate %s yet", what)
}

// constraint is how AWS words a value outside the API's own bounds.
func constraint(value any, member, want string) *Error {
	return errorf(CodeValidation, "1 validation error detected: Value '%v' at '%s' failed to satisfy constraint: %s", value, member, want)
}

// within checks a number against the API's bounds.
func within(value int, member string, least, most int) error {
	switch {
	case value < least:
		return constraint(value, member, fmt.Sprintf("Member must have value greater than or equal to %d", least))
	case value > most:
		return constraint(value, member, fmt.Sprintf("Member must have value less than or equal to %d", most))
	}
	return nil
}

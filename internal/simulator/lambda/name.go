package lambda

import (
	"regexp"
	"strings"
	"sync"
)

var (
	bareName     = expression(`^[a-zA-Z0-9-_]{1,64}$`)
	functionName = expression(`^(?:arn:aws[a-z-]*:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$`)
	streamARN    = expression(`^arn:aws[a-z-]*:kinesis:([a-z0-9-]+):(\d{12}):stream/([a-zA-Z0-9_.-]{1,128})(/consumer/.+)?$`)
)

// expression is a regular expression that is compiled when it is first needed: counted repetitions make it large.
func expression(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

func validName(name string) bool { return bareName().MatchString(name) }

// resolve reads a function's name in any form AWS takes it: bare, partial ARN or ARN, with a version or alias behind it
// (SDK CreateEventSourceMapping). ok is false where it names another account's or region's function.
func (s *Service) resolve(name string) (bare string, ok bool, err error) {
	m := functionName().FindStringSubmatch(name)
	if m == nil || len(name) > 256 || len(m[3]) > 64 {
		return "", false, constraint(name, "functionName", "Member must satisfy regular expression pattern: "+
			`(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`)
	}
	if q := m[4]; q != "" && q != "$LATEST" {
		return "", false, notEmulated("version or alias " + q + " of a function")
	}
	here := (m[1] == "" || m[1] == s.region) && (m[2] == "" || m[2] == s.account)
	return m[3], here, nil
}

// resolveSource reads the event source of a mapping: a stream, or a consumer of one, whose ARN is then returned too.
func (s *Service) resolveSource(arn string) (stream, consumer string, err error) {
	m := streamARN().FindStringSubmatch(arn)
	if m == nil {
		if parts := strings.Split(arn, ":"); len(parts) > 5 && parts[0] == "arn" && sources[parts[2]] {
			return "", "", notEmulated("event sources of " + parts[2])
		}
		return "", "", errorf(CodeInvalidParameter, "Unrecognized event source.")
	}
	if m[1] != s.region || m[2] != s.account {
		return "", "", errorf(CodeInvalidParameter, "Stream not found: %s", arn)
	}
	if m[4] != "" {
		consumer = arn
	}
	return m[3], consumer, nil
}

// sources are the services beside Kinesis that AWS takes events from (SDK CreateEventSourceMapping).
var sources = map[string]bool{"dynamodb": true, "sqs": true, "mq": true, "kafka": true, "rds": true}

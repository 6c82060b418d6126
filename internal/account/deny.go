package account

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// ErrDenied is the error of an account or a name on the deny list.
var ErrDenied = errors.New("on the deny list")

// Deny is a user's list of what wavetank never touches, one a line:
//
//	# what follows a number sign is a comment
//	123456789012                               an account
//	arn:aws:kinesis:*:*:stream/orders          an ARN
//	prod-*                                     a name, of whatever kind
//
// In ARNs and names * stands for any characters and ? for one; names of resources are case-sensitive. The zero value
// denies nothing. It is safe for concurrent use.
type Deny struct {
	rules []denyRule
}

type denyRule struct {
	at      string // file:line
	text    string
	account bool
	arn     []string // the six parts, where it is one
	pattern *regexp.Regexp
}

// DenyPath is where the list is: $XDG_CONFIG_HOME/wavetank/deny, or ~/.config/wavetank/deny.
func DenyPath() (string, error) {
	if dir := os.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "wavetank", "deny"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the deny list: %w; set XDG_CONFIG_HOME", err)
	}
	return filepath.Join(home, ".config", "wavetank", "deny"), nil
}

// ReadDeny reads a list. A file that is not there denies nothing; one that cannot be read or understood is an error, with
// file and line.
func ReadDeny(path string) (*Deny, error) {
	list, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &Deny{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the deny list: %w", err)
	}
	return parseDeny(string(list), path)
}

func parseDeny(list, path string) (*Deny, error) {
	d := &Deny{}
	n := 0
	for line := range strings.Lines(list) {
		n++
		text, _, _ := strings.Cut(line, "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		rule, err := newDenyRule(text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		rule.at = fmt.Sprintf("%s:%d", path, n)
		d.rules = append(d.rules, rule)
	}
	return d, nil
}

var (
	digitsText = regexp.MustCompile(`^[0-9]+$`)
	globText   = regexp.MustCompile(`^[A-Za-z0-9_.:/+=,@*?-]+$`)
)

func newDenyRule(text string) (denyRule, error) {
	r := denyRule{text: text}
	switch {
	case digitsText.MatchString(text):
		if len(text) != 12 {
			return r, fmt.Errorf("found %q, want an account of 12 digits", text)
		}
		r.account = true
	case !globText.MatchString(text):
		return r, fmt.Errorf("found %q, want an account, an ARN or a name, one a line: letters, digits, the signs of names, * and ?", text)
	case strings.HasPrefix(text, "arn:"):
		if r.arn = strings.SplitN(text, ":", 6); len(r.arn) != 6 {
			return r, fmt.Errorf("found %q, want an ARN of six parts, such as arn:aws:kinesis:*:*:stream/orders", text)
		}
	}
	r.pattern = glob(text)
	return r, nil
}

// glob makes an expression of a pattern with * and ?.
func glob(pattern string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(quoted)
	return regexp.MustCompile("^" + quoted + "$")
}

// Check is ErrDenied, with file and line, where the account or one of the names is on the list. A name may be an ARN: then
// the name in it counts too. An ARN of the list denies a plain name where its account fits, whatever service and region.
func (d *Deny) Check(account string, names []string) error {
	if d == nil {
		return nil
	}
	for i := range d.rules {
		r := &d.rules[i]
		if r.account && r.text == account {
			return fmt.Errorf("account %s: %w (%s)", account, ErrDenied, r.at)
		}
		for _, name := range names {
			if !r.account && r.denies(account, name) {
				return fmt.Errorf("%s: %w (%s: %s)", name, ErrDenied, r.at, r.text)
			}
		}
	}
	return nil
}

func (r *denyRule) denies(account, name string) bool {
	if r.pattern.MatchString(name) {
		return true
	}
	if a, err := arn.Parse(name); err == nil {
		return r.arn == nil && r.pattern.MatchString(lastPart(a.Resource))
	}
	if r.arn == nil {
		return false
	}
	fits := r.arn[4] == "" || account == "" || glob(r.arn[4]).MatchString(account)
	return fits && glob(lastPart(r.arn[5])).MatchString(name)
}

// lastPart is the name in the last part of an ARN, without the star that stands for all that is in it.
func lastPart(resource string) string {
	resource = strings.TrimSuffix(strings.TrimSuffix(resource, "/*"), ":*")
	return resource[strings.LastIndexAny(resource, "/:")+1:]
}

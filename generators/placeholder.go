package generators

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// placeholders is what a template's {{…}} can be, as TemplateConfig documents it.
var placeholders = map[string]func(args []string) (placeholder, error){
	"seq":        plain(20, func(dst []byte, l *textLane, _ uint64) []byte { return strconv.AppendUint(dst, l.sequence(), 10) }),
	"uuid":       plain(36, appendUUID),
	"now":        plain(stampLen, appendNow),
	"unixMillis": plain(20, appendUnixMillis),
	"name":       plain(64, func(dst []byte, l *textLane, r uint64) []byte { return append(dst, l.names[r%uint64(len(l.names))]...) }),
	"email":      plain(64, appendEmail),
	"ip":         plain(15, appendIP),
	"int":        newInt,
	"float":      newFloat,
	"pick":       newPick,
}

// placeholderNames are their names, as a reader would look for them.
var placeholderNames = []string{"seq", "uuid", "int", "float", "pick", "now", "unixMillis", "name", "email", "ip"}

// placeholder renders itself with one random number.
type placeholder struct {
	append func(dst []byte, l *textLane, r uint64) []byte
	most   int // bytes
}

// plain is a placeholder without arguments.
func plain(most int, f func([]byte, *textLane, uint64) []byte) func([]string) (placeholder, error) {
	return func(args []string) (placeholder, error) {
		if len(args) > 0 {
			return placeholder{}, fmt.Errorf("takes no argument, found %q", args)
		}
		return placeholder{f, most}, nil
	}
}

func appendUUID(dst []byte, _ *textLane, r uint64) []byte {
	dst = append(dst, "xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx"...)
	putUUID(dst[len(dst)-36:], r, golden)
	return dst
}

func appendNow(dst []byte, l *textLane, _ uint64) []byte {
	dst = append(dst, stampForm+"000Z"...)
	l.stamp.put(dst[len(dst)-stampLen:], l.due)
	return dst
}

func appendUnixMillis(dst []byte, l *textLane, _ uint64) []byte {
	return strconv.AppendInt(dst, l.Start.Add(l.due).UnixMilli(), 10)
}

func appendEmail(dst []byte, l *textLane, r uint64) []byte {
	dst = append(dst, l.slugs[r%uint64(len(l.slugs))]...)
	dst = append(dst, '.')
	dst = strconv.AppendUint(dst, r>>32%1000, 10)
	return append(dst, "@example.com"...)
}

func appendIP(dst []byte, _ *textLane, r uint64) []byte {
	dst = strconv.AppendUint(dst, 11+r&0xff%113, 10)
	for shift := 8; shift <= 24; shift += 8 {
		dst = append(dst, '.')
		dst = strconv.AppendUint(dst, r>>shift&0xff, 10)
	}
	return dst
}

func newInt(args []string) (placeholder, error) {
	if len(args) != 2 {
		return placeholder{}, errors.New("takes two whole numbers, as in {{int 1 100}}")
	}
	from, err1 := strconv.ParseInt(args[0], 10, 64)
	to, err2 := strconv.ParseInt(args[1], 10, 64)
	if err1 != nil || err2 != nil || to < from {
		return placeholder{}, fmt.Errorf("takes two whole numbers, the lower first, found %q", args)
	}
	span := uint64(to-from) + 1 // 0 is all of them
	return placeholder{func(dst []byte, _ *textLane, r uint64) []byte {
		if span != 0 {
			r %= span
		}
		return strconv.AppendInt(dst, from+int64(r), 10)
	}, 20}, nil
}

func newFloat(args []string) (placeholder, error) {
	if len(args) != 2 {
		return placeholder{}, errors.New("takes two numbers, as in {{float 0 1}}")
	}
	from, err1 := strconv.ParseFloat(args[0], 64)
	to, err2 := strconv.ParseFloat(args[1], 64)
	if err1 != nil || err2 != nil || !(from <= to) || math.Abs(from) > 1e15 || math.Abs(to) > 1e15 {
		return placeholder{}, fmt.Errorf("takes two numbers within ±1e15, the lower first, found %q", args)
	}
	return placeholder{func(dst []byte, _ *textLane, r uint64) []byte {
		part := float64((to - from) * (float64(r>>11) * 0x1p-53)) // the conversion keeps it from being fused with the sum
		return strconv.AppendFloat(dst, from+part, 'f', 3, 64)
	}, 24}, nil
}

func newPick(args []string) (placeholder, error) {
	if len(args) == 0 {
		return placeholder{}, errors.New("takes what to pick from, as in {{pick a b c}}")
	}
	most := 0
	for _, a := range args {
		most = max(most, len(a))
	}
	return placeholder{func(dst []byte, _ *textLane, r uint64) []byte {
		return append(dst, args[below(r, uint32(len(args)))]...)
	}, most}, nil
}

// parsePlaceholder reads what is between {{ and }}.
func parsePlaceholder(text string) (placeholder, error) {
	words, err := splitWords(text)
	if err != nil {
		return placeholder{}, err
	}
	if len(words) == 0 {
		return placeholder{}, errors.New("the placeholder is empty, want " + strings.Join(placeholderNames, ", "))
	}
	build, ok := placeholders[words[0]]
	if !ok {
		return placeholder{}, fmt.Errorf("placeholder: %w", unknown(words[0], placeholderNames))
	}
	p, err := build(words[1:])
	if err != nil {
		return placeholder{}, fmt.Errorf("placeholder %s: %w", words[0], err)
	}
	return p, nil
}

// splitWords splits at spaces; a quoted word, as Go quotes it, may have spaces in it.
func splitWords(text string) (words []string, err error) {
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		if text == "" {
			return words, nil
		}
		end := strings.IndexAny(text, " \t\r\n")
		if end < 0 {
			end = len(text)
		}
		word := text[:end]
		if text[0] == '"' {
			quoted, err := strconv.QuotedPrefix(text)
			if err != nil {
				return nil, fmt.Errorf("unclosed quote in %q", text)
			}
			end = len(quoted)
			word, _ = strconv.Unquote(quoted)
		}
		words, text = append(words, word), text[end:]
	}
}

// sequence is a number that no other record of the generator has.
func (l *textLane) sequence() uint64 { return l.number*uint64(l.Lanes()) + uint64(l.lane) }

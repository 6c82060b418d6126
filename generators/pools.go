package generators

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/brianvoe/gofakeit/v7"
)

// Pools are lists of JSON fragments that records are put together from. gofakeit fills them once, when a generator is
// made: it costs 0.1 to 1 µs and several allocations a value, far too much for a record. Values are escaped by a real JSON
// encoder. gofakeit's dates, credit cards and user agents are not used: they depend on the current year.

// newFaker makes a faker that depends on the seed alone. (gofakeit.New(0) would be seeded by chance.)
func newFaker(seed uint64, of string) *gofakeit.Faker {
	h := derive(seed, forPools, uint64(len(of)))
	for _, c := range []byte(of) {
		h = derive(h, uint64(c))
	}
	return gofakeit.NewFaker(rand.NewPCG(h, mix(h)), false)
}

// slug is the text as a part of a URL's path: lower-case letters, digits and dashes.
func slug(text string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(text) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.TrimSuffix(b.String(), "-")
}

var fillers = memo[uint64, []byte]{make: newFiller}

// newFiller makes the text of padding members: 64 KiB of words, twice what DEFLATE looks back, so that padding compresses
// as text does and not as a repetition.
func newFiller(seed uint64) []byte {
	f := newFaker(seed, "filler")
	b := make([]byte, 0, 64<<10+32)
	for len(b) < 64<<10 {
		b = append(b, strings.ReplaceAll(slug(f.ProductName()), "-", " ")...)
		b = append(b, ' ')
	}
	return b[:64<<10]
}

// merchant is where cards are used.
type merchant struct{ text string } // ,"merchant":{…}

func newMerchants(seed uint64, n int) []merchant {
	categories := []struct{ code, name string }{
		{"5411", "groceries"},
		{"5812", "restaurants"},
		{"5541", "fuel"},
		{"5732", "electronics"},
		{"4111", "transport"},
		{"5912", "pharmacies"},
		{"7011", "hotels"},
		{"5651", "clothing"},
		{"4899", "streaming"},
		{"4511", "airlines"},
	}
	f := newFaker(seed, "merchants")
	ms := make([]merchant, n)
	for i := range ms {
		c := categories[f.IntN(len(categories))]
		ms[i].text = fmt.Sprintf(`,"merchant":{"id":"m-%05d","name":%s,"mcc":"%s","category":"%s"}`, i, quote(f.Company()), c.code, c.name)
	}
	return ms
}

// device is what a user browses with.
type device struct {
	device string // ,"device":{…}
	agent  string // ,"userAgent":"…"
}

func newDevices() []device {
	forms := []struct{ kind, os, browser, screen, agent string }{
		{"mobile", "iOS", "Safari", "390x844", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_%d like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.%[1]d Mobile/15E148 Safari/604.1"},
		{"mobile", "Android", "Chrome", "412x915", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/13%d.0.0.0 Mobile Safari/537.36"},
		{"mobile", "Android", "Samsung Internet", "360x780", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/2%d.0 Chrome/125.0.0.0 Mobile Safari/537.36"},
		{"desktop", "Windows", "Chrome", "1920x1080", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/13%d.0.0.0 Safari/537.36"},
		{"desktop", "Windows", "Edge", "2560x1440", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/13%d.0.0.0 Safari/537.36 Edg/13%[1]d.0.0.0"},
		{"desktop", "macOS", "Safari", "1512x982", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.%d Safari/605.1.15"},
		{"desktop", "Linux", "Firefox", "1920x1200", "Mozilla/5.0 (X11; Linux x86_64; rv:13%d.0) Gecko/20100101 Firefox/13%[1]d.0"},
		{"tablet", "iPadOS", "Safari", "834x1194", "Mozilla/5.0 (iPad; CPU OS 18_%d like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.%[1]d Mobile/15E148 Safari/604.1"},
	}
	var ds []device
	for version := range 6 {
		for _, f := range forms {
			ds = append(ds, device{
				device: fmt.Sprintf(`,"device":{"type":"%s","os":"%s","browser":"%s","screen":"%s"}`, f.kind, f.os, f.browser, f.screen),
				agent:  fmt.Sprintf(`,"userAgent":"`+f.agent+`"`, version),
			})
		}
	}
	return ds
}

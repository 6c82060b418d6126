package generators

import (
	"fmt"
	"net/url"
	"strings"
)

// page is where a click event happens.
type page struct {
	path   string // the page's path, as JSON text without quotes
	detail string // the member that tells more, if any: ,"campaign":… ,"query":… ,"product":{…}
	cents  uint32 // a product's price
}

// pages is the shop: landing pages, searches, the two pages of a checkout, and the products, most popular first.
type pages struct {
	all       []page
	first     [steps]uint32 // of the pages of a step
	count     [steps]uint32
	referrers []string // ,"referrer":"…"
}

// catalogue is what pages are made of.
type catalogue struct {
	seed     uint64
	products int
}

var catalogues = memo[catalogue, *pages]{make: func(c catalogue) *pages { return newPages(c.seed, c.products) }}

func newPages(seed uint64, products int) *pages {
	ps := new(pages)
	f := newFaker(seed, "pages")
	ps.add(landing, 64, func(i int) page {
		campaign := slug(f.ProductCategory())
		return page{path: fmt.Sprintf("/l/%s-%02d", campaign, i), detail: fmt.Sprintf(`,"campaign":"%s-%02d"`, campaign, i)}
	})
	ps.add(search, 256, func(int) page {
		words := strings.ToLower(f.ProductName())
		path := quote("/search?q=" + url.QueryEscape(words))
		return page{path: path[1 : len(path)-1], detail: `,"query":` + quote(words)}
	})
	ps.add(checkout, 1, func(int) page { return page{path: "/checkout"} })
	ps.add(purchase, 1, func(int) page { return page{path: "/checkout/thank-you"} })
	ps.add(view, products, func(i int) page {
		name := f.ProductName()
		cents := uint32(199 + f.IntN(40_000))
		return page{
			path:  fmt.Sprintf("/p/%06d/%s", i, slug(name)),
			cents: cents,
			detail: fmt.Sprintf(`,"product":{"id":"p-%06d","name":%s,"category":%s,"priceCents":%d}`,
				i, quote(name), quote(f.ProductCategory()), cents),
		}
	})
	for _, host := range []string{
		"www.google.com", "www.google.co.jp", "www.bing.com", "duckduckgo.com", "search.yahoo.com", "www.instagram.com",
		"www.youtube.com", "l.facebook.com", "t.co", "www.reddit.com", "news.ycombinator.com", "www.pinterest.com",
		"mail.example.com", "partner.example.net", "blog.example.org", "prices.example.com",
	} {
		ps.referrers = append(ps.referrers, `,"referrer":"https://`+host+`/"`)
	}
	return ps
}

func (ps *pages) add(s step, n int, one func(i int) page) {
	ps.first[s], ps.count[s] = uint32(len(ps.all)), uint32(n)
	for i := range n {
		ps.all = append(ps.all, one(i))
	}
}

// draw picks a page of a step; the first are picked more often: half of all draws go to the first quarter.
func (ps *pages) draw(s step, r uint64) uint32 {
	u := r >> 32
	return ps.first[s] + uint32(u*u>>32*uint64(ps.count[s])>>32)
}

package runner

import (
	"runtime"

	"github.com/wavetank/wavetank/generators"
)

// draws gives a load's records one after another, in the order in which they are due.
//
// In virtual time, where there is a second processor, a goroutine draws them ahead of the clock: what is drawn depends on
// the seed alone, so it makes no difference when. It takes about a sixth of a record's work off the one processor that
// virtual time runs on.
type draws struct {
	source *generators.Stream
	one    generators.Record // the last, where they are drawn when they are asked for

	// Where they are drawn ahead. A page goes from empty to full and back; there are as many pages as either has room for,
	// so that nobody waits to hand one over.
	full, empty chan []generators.Record
	quit        chan struct{}
	page        []generators.Record // the one that is being taken from
	taken       int                 // of it
}

const (
	drawnPages = 4
	drawnPage  = 512 // records
)

// ahead begins to draw ahead, if there is a processor for it. Whoever calls it calls stop.
func (d *draws) ahead() {
	if runtime.GOMAXPROCS(0) == 1 {
		return
	}
	d.full, d.empty = make(chan []generators.Record, drawnPages), make(chan []generators.Record, drawnPages)
	d.quit = make(chan struct{})
	for range drawnPages {
		d.empty <- make([]generators.Record, 0, drawnPage)
	}
	go d.run()
}

// next is the next record, valid until the one after it is asked for; nil where the load has no more.
func (d *draws) next() *generators.Record {
	if d.full == nil {
		if !d.source.Next(&d.one) {
			return nil
		}
		return &d.one
	}
	if d.taken == len(d.page) {
		if d.page != nil {
			d.empty <- d.page
		}
		d.page, d.taken = <-d.full, 0
		if len(d.page) == 0 {
			return nil
		}
	}
	d.taken++
	return &d.page[d.taken-1]
}

// run fills pages until it is told to stop or the load has no more records.
func (d *draws) run() {
	defer close(d.full)
	for {
		select {
		case <-d.quit:
			return
		case page := <-d.empty:
			page = d.fill(page[:0])
			d.full <- page
			if len(page) < drawnPage {
				return
			}
		}
	}
}

func (d *draws) fill(page []generators.Record) []generators.Record {
	for len(page) < drawnPage {
		page = page[:len(page)+1]
		if !d.source.Next(&page[len(page)-1]) {
			return page[:len(page)-1]
		}
	}
	return page
}

// stop ends drawing ahead. Nothing may be asked for from then on.
func (d *draws) stop() {
	if d.full == nil {
		return
	}
	close(d.quit)
	for range d.full { // it is closed when the goroutine returns
	}
}

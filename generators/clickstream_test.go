package generators

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

// clickEvent is what tests read of a click event.
type clickEvent struct {
	EventID   string `json:"eventId"`
	TS        time.Time
	SessionID string `json:"sessionId"`
	UserID    string `json:"userId"`
	Type      string
	Page      string
	Product   struct{ PriceCents int }
	Cart      struct{ Items, TotalCents int }
	OrderID   string `json:"orderId"`
}

// follows is which event may come after which in a session.
var follows = map[string][]string{
	"page_view":    {"search", "product_view", "exit"},
	"search":       {"search", "product_view", "exit"},
	"product_view": {"search", "product_view", "add_to_cart", "exit"},
	"add_to_cart":  {"product_view", "checkout", "exit"},
	"checkout":     {"purchase", "exit"},
	"purchase":     {"product_view", "exit"},
}

func clickEvents(t *testing.T, l Lane, n int, every time.Duration) []clickEvent {
	t.Helper()
	events := make([]clickEvent, n)
	var r Record
	for i := range events {
		l.Next(time.Duration(i)*every, &r)
		if err := json.Unmarshal(l.Append(nil), &events[i]); err != nil {
			t.Fatal(err)
		}
	}
	return events
}

func TestSessionsWalkTheShop(t *testing.T) {
	l := must(NewClickstream(Config{Seed: 3, Rate: 100}, ClickstreamConfig{})).Lane(0)
	last := make(map[string]clickEvent)
	ids := make(map[string]bool)
	first, types := map[string]int{}, map[string]int{}
	for i, e := range clickEvents(t, l, 30_000, 10*time.Millisecond) {
		if ids[e.EventID] {
			t.Fatalf("event id %s is there twice", e.EventID)
		}
		ids[e.EventID] = true
		types[e.Type]++
		before, known := last[e.SessionID]
		last[e.SessionID] = e
		if !known {
			if i > 5_000 { // sessions of the first rounds may have begun before the run
				first[e.Type]++
			}
			continue
		}
		checkStep(t, before, e)
	}
	if len(first) != 1 || first["page_view"] == 0 {
		t.Errorf("sessions begin with %v", first)
	}
	for _, kind := range []string{"page_view", "search", "product_view", "add_to_cart", "checkout", "purchase", "exit"} {
		if types[kind] < 500 {
			t.Errorf("only %d of %s", types[kind], kind)
		}
	}
}

// checkStep checks what one event of a session says against the one before it.
func checkStep(t *testing.T, before, e clickEvent) {
	t.Helper()
	if e.UserID != before.UserID || !e.TS.After(before.TS) {
		t.Fatalf("%+v after %+v", e, before)
	}
	allowed := false
	for _, kind := range follows[before.Type] {
		allowed = allowed || kind == e.Type
	}
	if !allowed {
		t.Fatalf("%s after %s", e.Type, before.Type)
	}
	items, cents := before.Cart.Items, before.Cart.TotalCents
	switch {
	case before.Type == "purchase":
		items, cents = 0, 0
	case e.Type == "add_to_cart":
		items, cents = items+1, cents+e.Product.PriceCents
	}
	if e.Cart.Items != items || e.Cart.TotalCents != cents {
		t.Fatalf("cart of %+v after %+v", e, before)
	}
	if (e.OrderID != "") != (e.Type == "purchase") {
		t.Fatalf("order of %+v", e)
	}
	if (e.Type == "add_to_cart" || e.Type == "exit") && e.Page != before.Page {
		t.Fatalf("%s moved from %s to %s", e.Type, before.Page, e.Page)
	}
}

// TestCrowd counts the sessions that go on at once, and the time they think.
func TestCrowd(t *testing.T) {
	const rate, think = 200, 4 * time.Second
	g := must(NewClickstream(Config{Seed: 3, Rate: rate, Lanes: 2}, ClickstreamConfig{ThinkTime: think}))
	l := g.Lane(1)
	every := time.Duration(float64(time.Second) / (rate * g.Share(1)))
	begun, seen, ended := map[string]time.Time{}, map[string]time.Time{}, map[string]time.Time{}
	var sum, squares, n float64
	events := clickEvents(t, l, 20_000, every)
	for _, e := range events {
		if before, ok := seen[e.SessionID]; ok {
			gap := e.TS.Sub(before).Seconds()
			sum, squares, n = sum+gap, squares+gap*gap, n+1
		} else {
			begun[e.SessionID] = e.TS
		}
		seen[e.SessionID] = e.TS
		if e.Type == "exit" {
			ended[e.SessionID] = e.TS
		}
	}
	mean, deviation := sum/n, math.Sqrt(squares/n-(sum/n)*(sum/n))
	if math.Abs(mean/think.Seconds()-1) > 0.03 {
		t.Errorf("sessions think %.2f s on average, want %v", mean, think)
	}
	if want := think.Seconds() / math.Sqrt(6); math.Abs(deviation/want-1) > 0.1 { // of a triangle from 0 to twice the mean
		t.Errorf("the deviation of think times is %.2f s, want %.2f", deviation, want)
	}
	middle, open := events[len(events)/2].TS, 0
	for id, from := range begun {
		if to, over := ended[id]; from.Before(middle) && (!over || to.After(middle)) {
			open++
		}
	}
	slots := rate * g.Share(1) * think.Seconds()
	if part := float64(open) / slots; part < 0.7 || part > 1 { // a slot thinks between two sessions, too
		t.Errorf("%d sessions are open in the middle, want most of %.0f", open, slots)
	}
}

func TestNextPrime(t *testing.T) {
	for n, want := range map[int]int{0: 2, 2: 2, 3: 3, 4: 5, 90: 97, 10_000: 10_007, 1 << 20: 1_048_583} {
		if got := nextPrime(n); got != want {
			t.Errorf("after %d comes %d, not %d", n, got, want)
		}
	}
}

// TestEveryRoundVisitsEverySlot is what keeps think times bounded.
func TestEveryRoundVisitsEverySlot(t *testing.T) {
	for _, count := range []float64{0, 2, 10, 1000} {
		c := newSessions(count, 11)
		c.users, c.lanes, c.pages = picker{count: 5}, 1, newPages(1, 10)
		for round := range 5 {
			seen := make(map[uint32]bool)
			for range c.slots {
				_, slot := c.visit()
				seen[slot] = true
			}
			if len(seen) != len(c.slots) {
				t.Errorf("round %d visits %d of %d slots", round, len(seen), len(c.slots))
			}
		}
	}
}

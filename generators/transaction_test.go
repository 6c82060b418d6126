package generators

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

// transactionEvent is what tests read of a transaction.
type transactionEvent struct {
	TransactionID string    `json:"transactionId"`
	TS            time.Time `json:"ts"`
	Account       string    `json:"accountId"`
	Counterparty  string    `json:"counterpartyId"`
	Type          string
	Direction     string
	Status        string
	Amount        int64 `json:"amountCents"`
	Balance       int64 `json:"balanceCents"`
	OtherBalance  int64 `json:"counterpartyBalanceCents"`
	Fraud         *struct {
		Pattern string
		Step    int
	}
	Place struct{ Lat, Lon float64 }
}

func transactionEvents(t *testing.T, l Lane, n int, every time.Duration, each func(e transactionEvent)) {
	t.Helper()
	var r Record
	var b []byte
	for i := range n {
		l.Next(time.Duration(i)*every, &r)
		b = l.Append(b[:0])
		var e transactionEvent
		if err := json.Unmarshal(b, &e); err != nil {
			t.Fatal(err)
		}
		each(e)
	}
}

// auditor follows balances as a consumer of the stream can: from bodies alone.
type auditor struct {
	t        *testing.T
	opening  map[string]int64
	balances map[string]int64
	ids      map[string]bool
	declined int
}

func (a *auditor) check(e transactionEvent) {
	a.t.Helper()
	if a.ids[e.TransactionID] || e.Account == e.Counterparty || e.Amount < 50 || e.Balance < 0 || e.OtherBalance < 0 {
		a.t.Fatalf("%+v", e)
	}
	a.ids[e.TransactionID] = true
	moved := e.Amount
	switch {
	case e.Status == "declined":
		moved = 0
		a.declined++
		payer := e.Balance
		if e.Direction == "credit" {
			payer = e.OtherBalance
		}
		if payer >= e.Amount {
			a.t.Fatalf("declined though the payer has %d: %+v", payer, e)
		}
	case e.Direction == "debit":
		moved = -e.Amount
	}
	a.account(e.Account, e.Balance-moved, e.Balance)
	a.account(e.Counterparty, e.OtherBalance+moved, e.OtherBalance)
}

// account takes one account's balance before and after.
func (a *auditor) account(id string, before, after int64) {
	a.t.Helper()
	if known, ok := a.balances[id]; !ok {
		a.opening[id] = before
	} else if known != before {
		a.t.Fatalf("%s had %d and now begins with %d", id, known, before)
	}
	a.balances[id] = after
}

func TestBalancesAddUpOverTheRun(t *testing.T) {
	for _, row := range []struct {
		name string
		TransactionConfig
	}{
		{"uniform", TransactionConfig{Accounts: 400, Fraud: 0.01}},
		{"hot", TransactionConfig{Accounts: 40, Skew: Hot(0.6, 1), Fraud: 0.3}},
		{"two accounts a lane", TransactionConfig{Accounts: 8, Fraud: 0.1}},
	} {
		t.Run(row.name, func(t *testing.T) {
			g, err := newBank(Config{Seed: 6, Lanes: 4}, row.TransactionConfig)
			if err != nil {
				t.Fatal(err)
			}
			a := &auditor{t: t, opening: map[string]int64{}, balances: map[string]int64{}, ids: map[string]bool{}}
			const n = 12_000
			for lane := range 4 {
				transactionEvents(t, g.Lane(lane), n/4, time.Millisecond, a.check)
			}
			var opening, now int64
			for id, b := range a.balances {
				opening, now = opening+a.opening[id], now+b
			}
			if opening != now {
				t.Errorf("the accounts had %d cents and have %d", opening, now)
			}
			for _, acc := range g.account {
				if o, ok := a.opening[acc.key]; ok && o != acc.opening {
					t.Errorf("%s began with %d, not %d", acc.key, o, acc.opening)
				}
			}
			if len(a.opening) != len(g.account) {
				t.Errorf("%d of %d accounts took part", len(a.opening), len(g.account))
			}
			if a.declined > n/5 {
				t.Errorf("%d of %d were declined", a.declined, n)
			}
		})
	}
}

// TestAsManyBalancesAddUp draws without rendering: 300,000 transactions, and the sum of a lane is what it was.
func TestAsManyBalancesAddUp(t *testing.T) {
	g, err := newBank(Config{Seed: 6}, TransactionConfig{Skew: Zipf(1.1), Fraud: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	l := g.Lane(0).(*transactionLane)
	sum := func() (s int64) {
		for _, b := range l.balances {
			s += b
		}
		return s
	}
	want := sum()
	var r Record
	for range 300_000 {
		l.Next(0, &r)
	}
	if got := sum(); got != want {
		t.Errorf("the sum went from %d to %d", want, got)
	}
}

func TestFraudHasItsShareAndItsShape(t *testing.T) {
	for _, share := range []float64{0, 0.001, 0.02, 0.3, 0.7, 1} {
		l := must(NewTransaction(Config{Seed: 6, Rate: 1000}, TransactionConfig{Fraud: share})).Lane(0).(*transactionLane)
		n := int(10_000 / max(share, 0.1))
		frauds := map[string]int{}
		var before transactionEvent
		var r Record
		for i := range n {
			l.Next(time.Duration(i)*time.Millisecond, &r)
			if l.now.fraud == noFraud {
				continue
			}
			var e transactionEvent
			if err := json.Unmarshal(l.Append(nil), &e); err != nil {
				t.Fatal(err)
			}
			frauds[e.Fraud.Pattern]++
			if e.Fraud.Step > 1 {
				checkFraud(t, before, e)
			}
			before = e
		}
		got := float64(frauds["card_testing"]+frauds["impossible_travel"]) / float64(n)
		if tolerance := 5 * math.Sqrt(share*meanSteps*2/float64(n)); math.Abs(got-share) > tolerance {
			t.Errorf("share %v came to %.5f, more than %.5f off", share, got, tolerance)
		}
		if share > 0.01 && (frauds["card_testing"] == 0 || frauds["impossible_travel"] == 0) {
			t.Errorf("share %v: %v", share, frauds)
		}
	}
}

// checkFraud checks a step of a pattern against the one before it.
func checkFraud(t *testing.T, before, e transactionEvent) {
	t.Helper()
	if e.Account != before.Account || e.Fraud.Pattern != before.Fraud.Pattern || e.Fraud.Step != before.Fraud.Step+1 || e.Type != "card_payment" {
		t.Fatalf("%+v %+v\nafter %+v %+v", e, e.Fraud, before, before.Fraud)
	}
	if gap := e.TS.Sub(before.TS); gap > 1200*time.Millisecond {
		t.Fatalf("%v between two steps", gap)
	}
	switch e.Fraud.Pattern {
	case "card_testing":
		if before.Amount >= 300 {
			t.Fatalf("a test of %d cents", before.Amount)
		}
	case "impossible_travel":
		if d := kilometres(before.Place.Lat, before.Place.Lon, e.Place.Lat, e.Place.Lon); d < 3000 {
			t.Fatalf("only %.0f km from %+v to %+v", d, before.Place, e.Place)
		}
	}
}

// kilometres is the great-circle distance of two places in degrees.
func kilometres(lat1, lon1, lat2, lon2 float64) float64 {
	const degree = math.Pi / 180
	a := math.Pow(math.Sin((lat2-lat1)*degree/2), 2) +
		math.Cos(lat1*degree)*math.Cos(lat2*degree)*math.Pow(math.Sin((lon2-lon1)*degree/2), 2)
	return 2 * 6371 * math.Asin(math.Sqrt(a))
}

func TestFarPlacesAreFar(t *testing.T) {
	for i, p := range places {
		q := places[far(uint8(i))]
		if d := kilometres(float64(p.lat)/1e5, float64(p.lon)/1e5, float64(q.lat)/1e5, float64(q.lon)/1e5); d < 3000 {
			t.Errorf("%s and %s are %.0f km apart", p.city, q.city, d)
		}
	}
}

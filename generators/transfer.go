package generators

import "time"

// transactionForm is the beginning of every transaction; all of it has a fixed width.
const transactionForm = identityForm + `"transactionId":"t-llllxxxxxxxxxxxxxxxx","ts":"2006-01-02T15:04:05.000Z",` +
	`"accountId":"a-xxxxxxxx","counterpartyId":"a-xxxxxxxx","type":"`

// Offsets in transactionForm.
const (
	transactionIDAt      = identityLen + len(`"transactionId":"t-llll`)
	transactionTimeAt    = transactionIDAt + len(`xxxxxxxxxxxxxxxx","ts":"`)
	transactionAccountAt = transactionTimeAt + stampLen + len(`","accountId":"a-`)
	transactionOtherAt   = transactionAccountAt + len(`xxxxxxxx","counterpartyId":"a-`)
)

// Members of a transaction that may go, in the order in which they do.
const (
	transactionChannel = iota
	transactionPlace
	transactionMerchant
)

// Names of the members whose values are drawn.
const (
	amountName       = `","amountCents":`
	balanceName      = `,"currency":"USD","balanceCents":`
	otherBalanceName = `,"counterpartyBalanceCents":`
)

// kinds of transactions: the type, and whether the account pays (debit) or is paid.
const cardPayment = 0

var (
	debitKinds  = [4]string{`card_payment","direction":"debit","status":"`, `transfer","direction":"debit","status":"`, `bill_payment","direction":"debit","status":"`, `cash_withdrawal","direction":"debit","status":"`}
	creditKinds = [4]string{`refund","direction":"credit","status":"`, `transfer","direction":"credit","status":"`, `salary","direction":"credit","status":"`, `cash_deposit","direction":"credit","status":"`}
	statuses    = [2]string{`approved`, `declined`}
	channels    = [4]string{`,"channel":"point_of_sale"`, `,"channel":"web"`, `,"channel":"mobile"`, `,"channel":"branch"`}
)

// transfer is one transaction.
type transfer struct {
	account      uint32 // within the lane
	counterparty uint32
	amount       int64 // cents
	merchant     uint16
	place        uint8
	kind         uint8 // of debitKinds or creditKinds
	channel      uint8
	fraud        uint8
	step         uint8 // of the fraud, from 0
	debit        bool
	declined     uint8 // 1 where the payer cannot afford it
	balances     [2]int64
}

// book is what a lane's transactions have come to.
type book struct {
	number   uint64 // of the next record
	pattern  fraud
	balances []int64 // cents, by account within the lane
}

// transactionLane is one lane of transactions.
type transactionLane struct {
	*bank
	book
	history history[book]
	lane    uint32
	seed    uint64
	picks   picker
	frauds  frauds
	stamp   stamp
	block   keyBlock
	head    [len(transactionForm)]byte

	now struct { // the record of the last Next
		transfer
		shape
		number uint64
		id     uint64
		due    time.Duration
		holder *account
		peer   *account
	}
}

// accountAt is the lane's account of a number within it.
func (l *transactionLane) accountAt(i uint32) *account {
	return &l.account[i*uint32(l.Config.Lanes)+l.lane]
}

// other is an account that is not i, evenly drawn.
func (l *transactionLane) other(i uint32, r uint64) uint32 {
	o := below(r, uint32(len(l.balances)-1))
	if o >= i {
		o++
	}
	return o
}

// step draws the next transaction and settles it.
func (l *transactionLane) step() {
	n := &l.now
	n.number = l.number
	n.id = nth(l.seed, l.number)
	r := mix(n.id)
	if l.fraudStep(r) {
		victim := l.pattern.victim
		n.transfer = l.pattern.draw(l.balances[victim], l.accountAt(victim).home, mix(r))
	} else {
		n.transfer = l.usual(r)
	}
	n.channel = uint8(r & 3)
	n.merchant = uint16(r >> 2 % uint64(len(l.merchants)))
	n.holder, n.peer = l.accountAt(n.account), l.accountAt(n.counterparty)
	l.settle(&n.transfer)
	l.number++
}

// usual draws a transaction that is no fraud. An account that holds less than it opened with is paid more often than it
// pays, so that balances stay around where they began.
func (l *transactionLane) usual(r uint64) (t transfer) {
	r = mix(r)
	t.account = l.picks.pick(r)
	r = mix(r)
	t.counterparty = l.other(t.account, r)
	t.kind = uint8(r & 3)
	a := l.accountAt(t.account)
	t.place = a.home
	limit := uint64(26) // of 64
	if l.balances[t.account] >= a.opening {
		limit = 38
	}
	t.debit = r>>2&63 < limit
	t.amount = int64(l.amounts.draw(mix(r)))
	return t
}

// settle moves the money.
func (l *transactionLane) settle(t *transfer) {
	payer, payee := t.account, t.counterparty
	if !t.debit {
		payer, payee = payee, payer
	}
	if l.balances[payer] < t.amount {
		t.declined = 1
	} else {
		l.balances[payer] -= t.amount
		l.balances[payee] += t.amount
	}
	t.balances = [2]int64{l.balances[t.account], l.balances[t.counterparty]}
}

func (l *transactionLane) Next(due time.Duration, r *Record) {
	l.step()
	n := &l.now
	n.due = due
	n.shape = l.shapeOf()
	r.Lane, r.Number, r.Due, r.Size = l.lane, n.number, due, n.size
	if l.Key != "transactionId" {
		r.Key, r.Hash, r.KeyIndex = n.holder.key, n.holder.hash, n.account*uint32(l.Config.Lanes)+l.lane
		return
	}
	b := l.block.next(len(`t-llllxxxxxxxxxxxxxxxx`))
	copy(b, l.head[transactionIDAt-len(`t-llll`):])
	putHex16(b[len(`t-llll`):], n.id)
	r.Key, r.Hash = ownString(b), hashKey(b)
	r.KeyIndex = uint32(r.Hash[1])
}

func (l *transactionLane) Seek(n uint64) { l.history.seek(l, n) }

func (l *transactionLane) at() uint64 { return l.number }

func (l *transactionLane) reset() {
	for i := range l.balances {
		l.balances[i] = l.accountAt(uint32(i)).opening
	}
	l.book = book{balances: l.balances}
}

func (l *transactionLane) save(spare book) book {
	return book{l.number, l.pattern, append(spare.balances[:0], l.balances...)}
}

func (l *transactionLane) load(s book) {
	copy(l.balances, s.balances)
	l.number, l.pattern = s.number, s.pattern
}

package generators

import (
	"time"
)

// clickForm is the beginning of every click event; all of it has a fixed width.
const clickForm = identityForm + `"eventId":"xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx","ts":"2006-01-02T15:04:05.000Z",` +
	`"sessionId":"s-llllxxxxxxxxxxxxxxxx","userId":"u-xxxxxxxx","type":"`

// Offsets in clickForm.
const (
	clickEventAt   = identityLen + len(`"eventId":"`)
	clickTimeAt    = clickEventAt + len(`xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx","ts":"`)
	clickSessionAt = clickTimeAt + stampLen + len(`","sessionId":"s-llll`)
	clickUserAt    = clickSessionAt + len(`xxxxxxxxxxxxxxxx","userId":"u-`)
)

// clickTypes is the event's type and what stands between it and the page's path.
var clickTypes = [steps]string{
	landing:  `page_view","page":"`,
	search:   `search","page":"`,
	view:     `product_view","page":"`,
	cart:     `add_to_cart","page":"`,
	checkout: `checkout","page":"`,
	purchase: `purchase","page":"`,
	exit:     `exit","page":"`,
}

// Members of a click event that may go, in the order in which they do.
const (
	clickIP = iota
	clickReferrer
	clickGeo
	clickDevice
	clickAgent
	clickDetail
)

const (
	clickIPName    = `,"ip":"`
	clickItemsName = `,"cart":{"items":`
	clickCentsName = `,"totalCents":`
	clickOrderName = `},"orderId":"o-`
)

// clickLane is one lane of click events.
type clickLane struct {
	*clickstream
	lane   uint32
	seed   uint64
	number uint64 // of the next record
	crowd  sessions
	stamp  stamp
	head   [len(clickForm)]byte
	keys   []sessionKey // by slot, where the key is the session's id
	block  keyBlock

	now struct { // the record of the last Next
		session
		shape
		number uint64
		id     uint64 // of the session
		due    time.Duration
	}
}

// sessionKey is the key of the session that is, or was last, in a slot.
type sessionKey struct {
	key  string
	hash [2]uint64
	id   uint64
}

func (l *clickLane) Seek(n uint64) {
	l.number = n
	l.crowd.seek(n)
}

func (l *clickLane) Next(due time.Duration, r *Record) {
	s, slot := l.crowd.visit()
	u := &l.user[s.user]
	n := &l.now
	n.session, n.number, n.due = *s, l.number, due
	n.id = l.crowd.id(s, slot)
	l.number++
	n.shape = l.shapeOf(s, u, n.number)

	r.Lane, r.Number, r.Due, r.Size = l.lane, n.number, due, n.size
	if l.keys == nil {
		r.Key, r.Hash, r.KeyIndex = u.key, u.hash, s.user
		return
	}
	k := l.sessionKey(slot)
	r.Key, r.Hash, r.KeyIndex = k.key, k.hash, uint32(k.hash[1])
}

// shapeOf measures the event and fits it to its drawn size.
func (l *clickLane) shapeOf(s *session, u *user, number uint64) shape {
	p := &l.pages.all[s.page]
	natural := len(clickForm) + len(clickTypes[s.step]) + len(p.path) + len(`"`) + len(p.detail) + len(l.pages.referrers[s.referrer]) +
		len(clickIPName) + int(u.ipLen) + len(`"`) + int(u.length) + len(`}`)
	if s.items > 0 {
		natural += len(clickItemsName) + len(clickCentsName) + len(`}`) + int(digits(uint64(s.items))+digits(uint64(s.cents)))
		if s.step == purchase {
			natural += len(clickOrderName) - len(`}`) + 16 + len(`"`)
		}
	}
	if l.sizes == nil {
		return shape{size: int32(natural)}
	}
	target := l.sizes.draw(mix(nth(l.seed, number)))
	kit := &l.kit[u.kit]
	return fit(int32(natural), target,
		int32(len(clickIPName)+int(u.ipLen)+len(`"`)),
		int32(len(l.pages.referrers[s.referrer])),
		int32(len(l.spots[u.spot])),
		int32(len(kit.device)),
		int32(len(kit.agent)),
		int32(len(p.detail)))
}

// sessionKey is the key of the session in a slot, made when its first event is drawn.
func (l *clickLane) sessionKey(slot uint32) *sessionKey {
	k := &l.keys[slot]
	if k.id != l.now.id || k.key == "" {
		b := l.block.next(len(`s-llllxxxxxxxxxxxxxxxx`))
		copy(b, `s-`)
		putHex4(b[2:], l.lane)
		putHex16(b[6:], l.now.id)
		*k = sessionKey{key: ownString(b), hash: hashKey(b), id: l.now.id}
	}
	return k
}

func (l *clickLane) Append(dst []byte) []byte {
	n := &l.now
	if n.size == 0 {
		return dst
	}
	u, p, kit := &l.user[n.user], &l.pages.all[n.page], &l.kit[l.user[n.user].kit]
	dst, b := grow(dst, n.size)
	copy(b, l.head[:])
	putNumber(b, n.number)
	putUUID(b[clickEventAt:], nth(l.seed, n.number), n.number)
	l.stamp.put(b[clickTimeAt:], n.due)
	putHex16(b[clickSessionAt:], n.id)
	*(*[8]byte)(b[clickUserAt:]) = u.id
	at := len(clickForm)
	at += copy(b[at:], clickTypes[n.step])
	at += copy(b[at:], p.path)
	at += copy(b[at:], `"`)
	if n.has(clickDetail) {
		at += copy(b[at:], p.detail)
	}
	at += l.putCart(b[at:])
	if n.has(clickReferrer) {
		at += copy(b[at:], l.pages.referrers[n.referrer])
	}
	if n.has(clickIP) {
		at += copy(b[at:], clickIPName)
		at += copy(b[at:], u.ip[:u.ipLen])
		at += copy(b[at:], `"`)
	}
	if n.has(clickGeo) {
		at += copy(b[at:], l.spots[u.spot])
	}
	if n.has(clickDevice) {
		at += copy(b[at:], kit.device)
	}
	if n.has(clickAgent) {
		at += copy(b[at:], kit.agent)
	}
	at += putPad(b[at:], n.pad, l.fill, n.id+n.number)
	b[at] = '}'
	return dst
}

// putCart writes the cart and, with a purchase, the order.
func (l *clickLane) putCart(b []byte) int {
	n := &l.now
	if n.items == 0 {
		return 0
	}
	at := copy(b, clickItemsName)
	at += putUint(b[at:], uint64(n.items))
	at += copy(b[at:], clickCentsName)
	at += putUint(b[at:], uint64(n.cents))
	if n.step != purchase {
		return at + copy(b[at:], `}`)
	}
	at += copy(b[at:], clickOrderName)
	putHex16(b[at:], mix(n.id+uint64(n.items)+uint64(n.cents)<<16))
	return at + 16 + copy(b[at+16:], `"`)
}

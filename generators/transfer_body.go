package generators

// kindText is a transaction's type, direction and the beginning of its status.
func (t *transfer) kindText() string {
	if t.debit {
		return debitKinds[t.kind]
	}
	return creditKinds[t.kind]
}

// shapeOf measures the transaction and fits it to its drawn size.
func (l *transactionLane) shapeOf() shape {
	n := &l.now
	channel, place, merchant := channels[n.channel], l.places[n.place], l.merchants[n.merchant].text
	natural := int32(len(transactionForm)+len(n.kindText())+len(statuses[n.declined])+len(amountName)+len(balanceName)+
		len(otherBalanceName)+len(fraudTexts[n.fraud][n.step])+len(channel)+len(place)+len(merchant)+len(`}`)) +
		digits(uint64(n.amount)) + digits(uint64(n.balances[0])) + digits(uint64(n.balances[1]))
	if l.sizes == nil {
		return shape{size: natural}
	}
	return fit(natural, l.sizes.draw(mix(n.id+1)), int32(len(channel)), int32(len(place)), int32(len(merchant)))
}

func (l *transactionLane) Append(dst []byte) []byte {
	n := &l.now
	if n.size == 0 {
		return dst
	}
	dst, b := grow(dst, n.size)
	copy(b, l.head[:])
	putNumber(b, n.number)
	putHex16(b[transactionIDAt:], n.id)
	l.stamp.put(b[transactionTimeAt:], n.due)
	*(*[8]byte)(b[transactionAccountAt:]) = n.holder.id
	*(*[8]byte)(b[transactionOtherAt:]) = n.peer.id
	at := len(transactionForm)
	at += copy(b[at:], n.kindText())
	at += copy(b[at:], statuses[n.declined])
	at += copy(b[at:], amountName)
	at += putUint(b[at:], uint64(n.amount))
	at += copy(b[at:], balanceName)
	at += putUint(b[at:], uint64(n.balances[0]))
	at += copy(b[at:], otherBalanceName)
	at += putUint(b[at:], uint64(n.balances[1]))
	at += copy(b[at:], fraudTexts[n.fraud][n.step])
	if n.has(transactionMerchant) {
		at += copy(b[at:], l.merchants[n.merchant].text)
	}
	if n.has(transactionPlace) {
		at += copy(b[at:], l.places[n.place])
	}
	if n.has(transactionChannel) {
		at += copy(b[at:], channels[n.channel])
	}
	at += putPad(b[at:], n.pad, l.fill, n.id)
	b[at] = '}'
	return dst
}

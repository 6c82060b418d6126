package measure

// tracked counts the most offered of any number of keys in a fixed number of slots: the Space-Saving algorithm (Metwally,
// Agrawal, El Abbadi, 2005). A new key takes the slot of the key counted least, and its count, which is then the error
// of its own. So a count is too high by its error at most, and every key offered more than all records ÷ slots is in.
type tracked struct {
	counts  []keyCount // slots
	heap    []int32    // slots, the least offered first
	place   []int32    // of a slot in heap
	slots   map[string]int32
	size    int
	evicted bool
}

func newTracked(size int) tracked {
	return tracked{slots: make(map[string]int32, size), size: size}
}

// find is a key's count, nil where it has no slot.
func (t *tracked) find(key string) *keyCount {
	if slot, ok := t.slots[key]; ok {
		return &t.counts[slot]
	}
	return nil
}

// add counts a key once more.
func (t *tracked) add(key string) *keyCount {
	slot, ok := t.slots[key]
	if !ok {
		slot = t.slot(key)
	}
	c := &t.counts[slot]
	c.offered++
	t.sink(int(t.place[slot]))
	return c
}

// slot gives a new key a slot.
func (t *tracked) slot(key string) int32 {
	if len(t.counts) < t.size {
		slot := int32(len(t.counts))
		t.counts = append(t.counts, keyCount{key: key})
		t.heap = append(t.heap, slot)
		t.place = append(t.place, slot)
		t.rise(int(slot))
		t.slots[key] = slot
		return slot
	}
	t.evicted = true
	slot := t.heap[0]
	c := &t.counts[slot]
	delete(t.slots, c.key)
	*c = keyCount{key: key, keyLoad: keyLoad{offered: c.offered}, error: c.offered}
	t.slots[key] = slot
	return slot
}

func (t *tracked) less(i, j int) bool {
	return t.counts[t.heap[i]].offered < t.counts[t.heap[j]].offered
}

func (t *tracked) swap(i, j int) {
	t.heap[i], t.heap[j] = t.heap[j], t.heap[i]
	t.place[t.heap[i]], t.place[t.heap[j]] = int32(i), int32(j)
}

func (t *tracked) rise(i int) {
	for i > 0 && t.less(i, (i-1)/2) {
		t.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
}

func (t *tracked) sink(i int) {
	for {
		child := 2*i + 1
		if child >= len(t.heap) {
			return
		}
		if child+1 < len(t.heap) && t.less(child+1, child) {
			child++
		}
		if !t.less(child, i) {
			return
		}
		t.swap(i, child)
		i = child
	}
}

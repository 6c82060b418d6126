package leases

import "time"

// look notes which leases have changed since they were last seen.
func (w *Worker) look(all []Lease) {
	for _, l := range all {
		if s, ok := w.seen[l.Shard]; !ok || s.epoch != l.Epoch || s.beat != l.Beat {
			w.seen[l.Shard] = sighting{l.Epoch, l.Beat, time.Now()}
		}
	}
}

// free tells whether nobody has a lease, or somebody who seems to be dead.
func (w *Worker) free(l *Lease) bool {
	return l.Owner == "" || l.Owner != w.Name && time.Since(w.seen[l.Shard].at) >= w.Timeout ||
		l.Owner == w.Name && w.held[l.Shard] == nil // of a life before this one
}

// choose are the leases to take: what is free, up to an even share, and where there is nothing free one of the worker that
// has most, if it has at least two more.
func (w *Worker) choose(all []Lease) (take []Lease) {
	ready := readable(all)
	owned := map[string][]Lease{w.Name: nil} // by worker that lives
	var free []Lease
	for _, l := range ready {
		if w.free(&l) {
			free = append(free, l)
			continue
		}
		owned[l.Owner] = append(owned[l.Owner], l)
	}
	share := (len(ready) + len(owned) - 1) / len(owned)
	mine := len(owned[w.Name])
	if take = free[:max(0, min(len(free), share-mine))]; len(free) > 0 {
		return take
	}
	var most []Lease
	for _, leases := range owned {
		if len(leases) > len(most) {
			most = leases
		}
	}
	if len(most) >= mine+2 {
		take = most[:1]
	}
	return take
}

// readable are the leases of shards that can be read: they are not at their end, and their parents are, or hold no records
// any more.
func readable(all []Lease) (ready []Lease) {
	open := map[string]bool{}
	for _, l := range all {
		open[l.Shard] = !l.done()
	}
	for _, l := range all {
		ok := open[l.Shard]
		for _, p := range l.Parents {
			ok = ok && !open[p]
		}
		if ok {
			ready = append(ready, l)
		}
	}
	return ready
}

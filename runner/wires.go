package runner

import (
	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// wires counts the connections that a target opens and uses again, second by second. A nil one counts nothing.
type wires struct {
	target         target.Connector
	opened, reused *measure.Counter

	before struct{ opened, reused int64 }
}

func newWires(rec *measure.Recorder, t target.Connector) *wires {
	w := &wires{
		target: t,
		opened: rec.Counter("put.connections", measure.Tags{"connection": "new"}),
		reused: rec.Counter("put.connections", measure.Tags{"connection": "reused"}),
	}
	w.before.opened, w.before.reused = t.Connections() // of the deployment
	return w
}

// count counts what came since the last call, as of an instant.
func (w *wires) count(at int64) {
	if w == nil {
		return
	}
	opened, reused := w.target.Connections()
	w.opened.Add(at, opened-w.before.opened)
	w.reused.Add(at, reused-w.before.reused)
	w.before.opened, w.before.reused = opened, reused
}

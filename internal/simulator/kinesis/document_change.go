package kinesis

import (
	"fmt"
	"time"
)

// changeDocument is a change on its way. One of its members is set.
type changeDocument struct {
	At       int64
	Updating bool `json:",omitempty"`

	Reshape *reshapeDocument `json:",omitempty"`
	Growth  []int32          `json:",omitempty"` // the shards' numbers
	Encrypt *encryptDocument `json:",omitempty"`
	Retain  *time.Duration   `json:",omitempty"`
	Resize  *int64           `json:",omitempty"`
	Switch  *switchDocument  `json:",omitempty"`
	WarmUp  *int32           `json:",omitempty"`
	Review  bool             `json:",omitempty"`
}

type reshapeDocument struct {
	To   ranges
	Last bool `json:",omitempty"`
}

type encryptDocument struct{ Encryption, KeyID string }

type switchDocument struct {
	Mode string
	Warm int32
}

// documentOf is the document of a change. The review of a window is kept, because it may give back what an idle stream does not
// need; the traffic that it will look at is only what came after the restart.
func documentOf(p pending) changeDocument {
	d := changeDocument{At: p.at.UnixNano(), Updating: p.updating}
	switch c := p.change.(type) {
	case reshape:
		d.Reshape = &reshapeDocument{c.to, c.last}
	case growth:
		for _, sh := range c.shards {
			d.Growth = append(d.Growth, sh.number)
		}
	case encrypt:
		d.Encrypt = &encryptDocument{c.encryption, c.keyID}
	case retain:
		d.Retain = &c.period
	case resize:
		d.Resize = &c.recordSize
	case modeSwitch:
		d.Switch = &switchDocument{c.mode, c.warm}
	case warmUp:
		d.WarmUp = &c.warm
	case review:
		d.Review = true
	default:
		panic(fmt.Sprintf("a change of type %T cannot be kept", c))
	}
	return d
}

// change is the change of a document, nil where it is none of these.
func (d *changeDocument) change(st *stream) change {
	switch {
	case d.Reshape != nil:
		return reshape{d.Reshape.To, d.Reshape.Last}
	case d.Growth != nil:
		var c growth
		for _, n := range d.Growth {
			if sh := st.shard(n); sh != nil {
				c.shards = append(c.shards, sh)
			}
		}
		return c
	case d.Encrypt != nil:
		return encrypt{d.Encrypt.Encryption, d.Encrypt.KeyID}
	case d.Retain != nil:
		return retain{*d.Retain}
	case d.Resize != nil:
		return resize{*d.Resize}
	case d.Switch != nil:
		return modeSwitch{d.Switch.Mode, d.Switch.Warm}
	case d.WarmUp != nil:
		return warmUp{*d.WarmUp}
	case d.Review:
		return review{}
	}
	return nil
}

package server

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/simulator"
)

// frontRoom is the bytes before an answer's body in which its header finds room, so that both are sent at once.
const frontRoom = 512

// frontOperations are the operations that the front answers: all but the one whose answer is a stream of events.
var frontOperations = func() map[string]operation {
	all := maps.Clone(kinesisOperations)
	delete(all, "SubscribeToShard")
	return all
}()

// answer answers the request whose header ends at end. The client is gone where that fails.
func (c *frontConn) answer(end int) error {
	var h frontHead
	if !h.parse(c.in[:end]) {
		return errOver
	}
	do := c.begin(&h)
	if do == nil {
		return errOver
	}
	b := buffers.Get().(*buffer)
	defer b.release()
	body, err := c.body(b, end, h.length)
	if err != nil {
		return err
	}
	used := min(len(c.in), end+h.length) // of what was read, by this request
	s, r := c.front.server, c.watch.request(c)
	b.out = slices.Grow(b.out[:0], frontRoom)[:frontRoom]
	b.out, err = s.keeping(do, r, &c.call, body, b.out)
	s.leave(r, &c.call)
	c.watch.end(c)
	if err := c.send(b, err); err != nil {
		return err
	}
	c.in = c.in[:copy(c.in, c.in[used:])]
	return nil
}

// begin makes the call of a request and finds its operation. It is nil for what is net/http's.
func (c *frontConn) begin(h *frontHead) operation {
	if len(h.target) < len(kinesisTarget) || string(h.target[:len(kinesisTarget)]) != kinesisTarget {
		return nil
	}
	name := h.target[len(kinesisTarget):]
	do := frontOperations[string(name)]
	if do == nil {
		return nil
	}
	c.call = call{operation: string(name)}
	switch string(h.contentType) {
	case jsonType:
		c.call.format = jsonFormat
	case cborType:
		c.call.format = cborFormat
	default:
		return nil
	}
	authorization := string(h.authorization)
	if missingOf(authorization, h.dated) != "" || !c.place.find(c.front.server, credentialOf(authorization)) {
		return nil
	}
	c.call.account, c.call.region, c.call.service = c.place.account, c.place.region, c.place.service
	c.call.world = c.place.world
	return do
}

// frontPlace is where the requests of a credential belong.
type frontPlace struct {
	identity
	credential string
	world      *simulator.World
}

// find finds where a credential belongs, which is mostly where the last one did. It is false without a scope.
func (p *frontPlace) find(s *Server, credential string) bool {
	if p.world != nil && p.credential == credential {
		return true
	}
	id := identityOf(credential)
	if id.service == "" {
		return false
	}
	id = id.orDefaults(s.cfg.Account)
	*p = frontPlace{identity: id, credential: credential, world: s.cfg.AWS.World(id.account, id.region)}
	return true
}

// send sends what is in b behind the room for the header, or the error instead.
func (c *frontConn) send(b *buffer, err error) error {
	var e *wireError
	if err != nil {
		e = asWire(err)
		b.out = c.call.format.appendBody(b.out[:frontRoom], e)
	}
	now := time.Now()
	head := c.appendHead(c.head[:0], now, len(b.out)-frontRoom, e)
	if err := c.SetWriteDeadline(now.Add(writeTimeout)); err != nil {
		return err
	}
	if len(head) > frontRoom { // a list of limits has a letter for each refused record
		if _, err := c.Write(head); err != nil {
			return err
		}
		_, err = c.Write(b.out[frontRoom:])
		return err
	}
	from := frontRoom - len(head)
	copy(b.out[from:], head)
	_, err = c.Write(b.out[from:])
	return err
}

// oneLine keeps a code that a fault made up from ending its line, as net/http does.
var oneLine = strings.NewReplacer("\r", " ", "\n", " ")

// appendHead appends the header of an answer: that which the handler and net/http make together.
func (c *frontConn) appendHead(dst []byte, now time.Time, length int, e *wireError) []byte {
	if e == nil {
		dst = append(dst, "HTTP/1.1 200 OK\r\nContent-Length: "...)
	} else {
		dst = strconv.AppendInt(append(dst, "HTTP/1.1 "...), int64(e.status), 10)
		dst = append(append(append(dst, ' '), http.StatusText(e.status)...), "\r\nX-Amzn-Errortype: "...)
		dst = append(append(dst, oneLine.Replace(e.code)...), "\r\nContent-Length: "...)
	}
	dst = strconv.AppendInt(dst, int64(length), 10)
	dst = append(append(dst, "\r\nContent-Type: "...), c.call.format.contentType...)
	dst = append(append(dst, "\r\nDate: "...), c.date.at(now)...)
	dst = append(append(dst, "\r\nServer: "...), serverName[0]...)
	dst = appendHostID(append(dst, "\r\nX-Amz-Id-2: "...))
	dst = appendRequestID(append(dst, "\r\nX-Amzn-Requestid: "...))
	if c.call.limits != "" {
		dst = append(append(dst, "\r\n"+LimitsHeader+": "...), c.call.limits...)
	}
	return append(dst, "\r\n\r\n"...)
}

// frontDate is the text of the header Date, made once a second.
type frontDate struct {
	second int64
	text   []byte
}

func (d *frontDate) at(now time.Time) []byte {
	if s := now.Unix(); s != d.second || d.text == nil {
		d.second, d.text = s, now.UTC().AppendFormat(d.text[:0], http.TimeFormat)
	}
	return d.text
}

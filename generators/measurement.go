package generators

import (
	"time"
)

// sensorForm is the beginning of every reading; all of it has a fixed width.
const sensorForm = identityForm + `"ts":"2006-01-02T15:04:05.000Z","sensorId":"sn-xxxxxxxx","siteId":"site-xxxxxxxx","metric":"`

// Offsets in sensorForm.
const (
	sensorTimeAt = identityLen + len(`"ts":"`)
	sensorIDAt   = sensorTimeAt + stampLen + len(`","sensorId":"sn-`)
	sensorSiteAt = sensorIDAt + len(`xxxxxxxx","siteId":"site-`)
)

// Members of a reading that may go, in the order in which they do.
const (
	sensorSignal = iota
	sensorBattery
	sensorLocation
	sensorModel
)

const (
	sensorSignalForm  = `,"signal":-xx` // dBm
	sensorBatteryForm = `,"battery":xx` // percent
)

// qualities is what stands between a value and its sequence number.
var qualities = [...]string{
	`,"quality":"good","sequence":`,
	`,"quality":"spike","sequence":`,
	`,"quality":"resumed","sequence":`,
}

const (
	good = iota
	spike
	resumed
)

// sensorState is what a lane's readings have come to.
type sensorState struct {
	number   uint64 // of the next record
	turn     uint32 // of the sensor that reports next, where they do so in turn
	readings []reading
}

// sensorLane is one lane of readings.
type sensorLane struct {
	*fleet
	sensorState
	history history[sensorState]
	lane    uint32
	seed    uint64
	picks   picker
	stamp   stamp
	head    [len(sensorForm)]byte

	now struct { // the record of the last Next
		shape
		number  uint64
		due     time.Duration
		sensor  *sensor
		index   uint32 // of the sensor
		value   int32  // hundredths
		count   uint32
		quality uint8
		signal  uint8 // dBm below 0, two digits
	}
}

// maxSilent bounds how many silent sensors are passed over for one record.
const maxSilent = 8

// step draws the next reading.
func (l *sensorLane) step() {
	r := nth(l.seed, l.number)
	for tries := 0; ; tries++ {
		i := l.turn
		if l.inTurn {
			if l.turn++; l.turn == l.picks.count {
				l.turn = 0
			}
		} else {
			i = l.picks.pick(r)
		}
		s, state := &l.sensor[i*uint32(l.Config.Lanes)+l.lane], &l.readings[i]
		r = mix(r)
		state.walk(&metrics[s.metric], r)
		if state.silent == 0 && tries < maxSilent && uint32(r>>32) < s.silence {
			length := l.silence[l.lane]
			state.silent = l.number + 1 + uint64(length/2) + uint64(below(mix(r), length))
		}
		if l.number < state.silent && tries < maxSilent {
			continue
		}
		l.now.index = i*uint32(l.Config.Lanes) + l.lane
		l.report(s, state, mix(r))
		l.number++
		return
	}
}

// report makes the record of a sensor's reading.
func (l *sensorLane) report(s *sensor, state *reading, r uint64) {
	m, n := &metrics[s.metric], &l.now
	n.number, n.sensor, n.count = l.number, s, state.count
	n.value = s.point + state.drift/256
	n.signal = uint8(40 + r>>8&31)
	n.quality = good
	if state.silent != 0 {
		n.quality = resumed
		state.silent = 0
	}
	if r>>32 < l.spikes {
		n.quality = spike
		n.value += m.swing * int32(8+r&15) * (1 - 2*int32(r>>4&1))
	}
}

func (l *sensorLane) Next(due time.Duration, r *Record) {
	l.step()
	n := &l.now
	n.due = due
	n.shape = l.shapeOf()
	r.Lane, r.Number, r.Due, r.Size = l.lane, n.number, due, n.size
	key, index := &n.sensor.entity, n.index
	if l.Key == "siteId" {
		key, index = &l.site[n.sensor.site].entity, n.sensor.site
	}
	r.Key, r.Hash, r.KeyIndex = key.key, key.hash, index
}

// shapeOf measures the reading and fits it to its drawn size.
func (l *sensorLane) shapeOf() shape {
	n := &l.now
	model, location := l.models[n.sensor.model], l.site[n.sensor.site].location
	natural := int32(len(sensorForm)+len(metrics[n.sensor.metric].text)+len(qualities[n.quality])+len(location)+len(model)+
		len(sensorBatteryForm)+len(sensorSignalForm)+len(`}`)) + hundredthsLen(n.value) + digits(uint64(n.count))
	if l.sizes == nil {
		return shape{size: natural}
	}
	return fit(natural, l.sizes.draw(mix(nth(l.seed, n.number)+1)),
		int32(len(sensorSignalForm)), int32(len(sensorBatteryForm)), int32(len(location)), int32(len(model)))
}

func (l *sensorLane) Append(dst []byte) []byte {
	n := &l.now
	if n.size == 0 {
		return dst
	}
	s := n.sensor
	dst, b := grow(dst, n.size)
	copy(b, l.head[:])
	putNumber(b, n.number)
	l.stamp.put(b[sensorTimeAt:], n.due)
	*(*[8]byte)(b[sensorIDAt:]) = s.id
	*(*[8]byte)(b[sensorSiteAt:]) = l.site[s.site].id
	at := len(sensorForm)
	at += copy(b[at:], metrics[s.metric].text)
	at += putHundredths(b[at:], n.value)
	at += copy(b[at:], qualities[n.quality])
	at += putUint(b[at:], uint64(n.count))
	if n.has(sensorLocation) {
		at += copy(b[at:], l.site[s.site].location)
	}
	if n.has(sensorModel) {
		at += copy(b[at:], l.models[s.model])
	}
	if n.has(sensorBattery) {
		at += copy(b[at:], sensorBatteryForm)
		b[at-2], b[at-1] = '0'+s.battery/10, '0'+s.battery%10
	}
	if n.has(sensorSignal) {
		at += copy(b[at:], sensorSignalForm)
		b[at-2], b[at-1] = '0'+n.signal/10, '0'+n.signal%10
	}
	at += putPad(b[at:], n.pad, l.fill, mix(n.number))
	b[at] = '}'
	return dst
}

func (l *sensorLane) Seek(n uint64) { l.history.seek(l, n) }

func (l *sensorLane) at() uint64 { return l.number }

func (l *sensorLane) reset() {
	clear(l.readings)
	l.sensorState = sensorState{readings: l.readings}
}

func (l *sensorLane) save(spare sensorState) sensorState {
	return sensorState{l.number, l.turn, append(spare.readings[:0], l.readings...)}
}

func (l *sensorLane) load(s sensorState) {
	copy(l.readings, s.readings)
	l.number, l.turn = s.number, s.turn
}

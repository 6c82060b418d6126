package generators

// metric is one kind of measurement. Values are hundredths of its unit.
type metric struct {
	text   string // from the metric's name to the value
	mean   int32  // of the set-points of its sensors
	spread int32  // set-points are even over mean ± spread
	swing  int32  // standard deviation of a sensor's drift around its set-point
}

var metrics = [...]metric{
	{`temperature","unit":"celsius","value":`, 21_50, 6_00, 1_20},
	{`humidity","unit":"percent","value":`, 48_00, 15_00, 3_00},
	{`pressure","unit":"hectopascal","value":`, 1013_25, 9_00, 1_50},
	{`vibration","unit":"millimetres per second","value":`, 2_80, 1_20, 40},
	{`co2","unit":"parts per million","value":`, 650_00, 200_00, 60_00},
	{`power","unit":"watt","value":`, 1200_00, 800_00, 90_00},
}

// reading is the state of one sensor.
type reading struct {
	silent uint64 // until that record of the lane; 0 where it has reported since
	drift  int32  // from the set-point, in 1/256 of a hundredth
	count  uint32 // readings so far, those that were lost too
}

// walk moves the sensor by one reading: a mean-reverting walk, d ← d − d/64 + noise. The noise is the sum of four even
// draws, with a standard deviation of 147.8; the walk makes 5.68 times that of it, 1/√(1 − (63/64)²). So that the drift's
// own is the swing, it is divided by their product.
func (s *reading) walk(m *metric, r uint64) {
	noise := int64(r&0xff+r>>8&0xff+r>>16&0xff+r>>24&0xff) - 510
	s.drift += int32(noise*int64(m.swing)*256/840) - s.drift/64
	s.count++
}

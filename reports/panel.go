package reports

import (
	"math"
	"strings"
)

// gridRates draws and labels the lines of a panel in records per second.
func gridRates(s *svg, y scale, ticks []float64) {
	for _, v := range ticks {
		s.line(plotLeft, y.at(v), plotRight, y.at(v), "grid")
		s.text(plotLeft-8, y.at(v)+4, atEnd, "", plainZeros(formatNumber(v)))
	}
}

// legend names what a panel shows, on its right.
func legend(s *svg, top float64, entries [][2]string, unit string) {
	s.text(labelLeft, top+8, atStart, "dim", unit)
	for i, e := range entries {
		y := top + 28 + float64(i)*18
		if strings.HasPrefix(e[0], "area") {
			s.rect(labelLeft, y-9, 16, 10, e[0], "")
		} else {
			s.line(labelLeft, y-4, labelLeft+16, y-4, e[0])
		}
		s.text(labelLeft+22, y, atStart, "", e[1])
	}
}

// stacked are running sums of layers, the first all 0.
func stacked(layers [][]float64) [][]float64 {
	sums := [][]float64{make([]float64, len(layers[0]))}
	for _, layer := range layers {
		next := make([]float64, len(layer))
		for i, v := range layer {
			next[i] = sums[len(sums)-1][i] + v
		}
		sums = append(sums, next)
	}
	return sums
}

// scaled are the coordinates of values, held inside the scale; NaN stays.
func scaled(y scale, values []float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v
		if !math.IsNaN(v) {
			out[i] = y.within(v)
		}
	}
	return out
}

func same(n int, v float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// highest is the highest finite value of some lines.
func highest(lines ...[]float64) float64 {
	high := 0.0
	for _, line := range lines {
		for _, v := range line {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				high = max(high, v)
			}
		}
	}
	return high
}

// lastOf is the last coordinate of a line that is not a gap, or another where all of it is.
func lastOf(line []float64, otherwise float64) float64 {
	for i := len(line) - 1; i >= 0; i-- {
		if !math.IsNaN(line[i]) {
			return line[i]
		}
	}
	return otherwise
}

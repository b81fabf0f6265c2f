package matcher

import (
	"math"

	"github.com/viterin/vek/vek32"
)

// sketch is a vector in one byte for each dimension: 160 bytes where floats take 640. Its cosines differ from those of
// the vector by less than 0.01. The zero sketch stands for a text of which nothing is known.
type sketch struct {
	codes   []int8
	inverse float32 // 1 over the length of codes
}

func sketchOf(v []float32) sketch {
	largest := float32(0)
	for _, x := range v {
		largest = max(largest, x, -x)
	}
	if largest == 0 {
		return sketch{}
	}
	s := sketch{codes: make([]int8, len(v))}
	sum := 0
	for i, x := range v {
		c := int(math.RoundToEven(float64(x) / float64(largest) * 127))
		s.codes[i] = int8(c)
		sum += c * c
	}
	s.inverse = float32(1 / math.Sqrt(float64(sum)))
	return s
}

// cosine is what rays of the two sketches give, to the last bit, without making rays.
func (s sketch) cosine(o sketch) float64 {
	if len(s.codes) == 0 || len(s.codes) != len(o.codes) {
		return 0
	}
	a, b := s.codes, o.codes[:len(s.codes)]
	var even, odd int32
	i := 0
	for ; i+1 < len(a); i += 2 {
		even += int32(a[i]) * int32(b[i])
		odd += int32(a[i+1]) * int32(b[i+1])
	}
	if i < len(a) {
		even += int32(a[i]) * int32(b[i])
	}
	return max(0, min(1, float64(even+odd)*(float64(s.inverse)*float64(o.inverse))))
}

// expanded writes the codes as floats to dst, nothing for the zero sketch. Sums of their products are whole numbers below
// 2²⁴ up to a thousand dimensions, which floats hold exactly: the order of adding does not matter.
func (s sketch) expanded(dst []float32) []float32 {
	dst = dst[:0]
	for _, c := range s.codes {
		dst = append(dst, float32(c))
	}
	return dst
}

// ray is a sketch made ready for many cosines.
type ray struct {
	codes   []float32
	inverse float32
}

func (s sketch) ray() ray { return ray{s.expanded(make([]float32, 0, len(s.codes))), s.inverse} }

// cosine is at least 0: texts that point away from each other have nothing in common, no less than nothing.
func (r ray) cosine(o ray) float64 {
	if len(r.codes) == 0 || len(r.codes) != len(o.codes) {
		return 0
	}
	return max(0, min(1, float64(vek32.Dot(r.codes, o.codes))*(float64(r.inverse)*float64(o.inverse))))
}

// same reports whether both are one vector in one place.
func (s sketch) same(o sketch) bool {
	return len(s.codes) == len(o.codes) && (len(s.codes) == 0 || &s.codes[0] == &o.codes[0])
}

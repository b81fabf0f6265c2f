package scan

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
)

// format says how the vectors of one length are written as codes. A code is 0 … levels-1; centred, 2·code-(levels-1), it
// is an odd integer proportional to the coordinate, so that all arithmetic is in integers and no zero point is lost.
type format struct {
	dim     int  // of the vectors given
	coords  int  // written down, after rotation
	bits    int  // of a code
	words   int  // of a row
	rotated bool // dim is too long for 8 bits each
}

// maxRowBytes bounds the codes of a row: with about 90 bytes beside them a row stays below 400.
const maxRowBytes = 256

// lowestBits is where shortening begins instead: below 2 bits a coordinate fewer coordinates lose less.
const lowestBits = 2

func formatOf(dim int) format {
	f := format{dim: dim, coords: dim, bits: 8}
	if dim > maxRowBytes {
		f.rotated = true
		f.coords = 1 << bits.Len(uint(dim-1))
		for f.bits > lowestBits && f.coords*f.bits > 8*maxRowBytes {
			f.bits /= 2
		}
		f.coords = min(f.coords, 8*maxRowBytes/f.bits)
	}
	f.words = (f.coords*f.bits + 63) / 64
	return f
}

// centre is twice the middle of the codes.
func (f *format) centre() int { return 1<<f.bits - 1 }

// coordinates checks and turns a vector. ok is false for a zero vector.
func (f *format) coordinates(vec []float32) (_ []float32, ok bool, err error) {
	if len(vec) != f.dim {
		return nil, false, fmt.Errorf("it has %d dimensions, not %d", len(vec), f.dim)
	}
	largest := float32(0)
	for _, v := range vec {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, false, errors.New("a coordinate is not a finite number")
		}
		largest = max(largest, abs(v))
	}
	if largest == 0 {
		return nil, false, nil
	}
	if f.rotated {
		vec = f.rotate(vec, largest)
	}
	return vec, true, nil
}

// rotate multiplies by random signs and the Hadamard matrix, twice: an orthogonal map that costs n·log n and needs no
// matrix in memory (Ailon and Chazelle 2006, the fast Johnson-Lindenstrauss transform). The signs are fixed. scale keeps
// the numbers in the range of float32.
func (f *format) rotate(vec []float32, scale float32) []float32 {
	turned := make([]float32, 1<<bits.Len(uint(f.dim-1)))
	for i, v := range vec {
		turned[i] = v / scale
	}
	signs := rand.New(rand.NewPCG(rotationSeed, uint64(f.dim)))
	norm := float32(1 / math.Sqrt(float64(len(turned))))
	for range 2 {
		for i := 0; i < len(turned); i += 64 {
			flips := signs.Uint64()
			for j := i; j < min(i+64, len(turned)); j++ {
				if flips>>(j-i)&1 != 0 {
					turned[j] = -turned[j]
				}
			}
		}
		hadamard(turned)
		for i := range turned {
			turned[i] *= norm
		}
	}
	return turned[:f.coords]
}

const rotationSeed = 0x6a69716961_6f // any number, never another: written vectors depend on it

func hadamard(v []float32) {
	for half := 1; half < len(v); half *= 2 {
		for i := 0; i < len(v); i += 2 * half {
			for j := i; j < i+half; j++ {
				v[j], v[j+half] = v[j]+v[j+half], v[j]-v[j+half]
			}
		}
	}
}

// encode quantises a vector. ok is false for a zero vector.
func (f *format) encode(vec []float32) (_ Codes, ok bool, err error) {
	coords, ok, err := f.coordinates(vec)
	if err != nil || !ok {
		return Codes{}, false, err
	}
	codes := quantise(coords, f.bits, f.step(coords))
	c := Codes{words: make([]uint64, f.words)}
	perWord, centre := 64/f.bits, f.centre()
	for i, code := range codes {
		c.words[i/perWord] |= uint64(code) << (i % perWord * f.bits)
		centred := 2*int(code) - centre
		c.sum += int32(centred)
		c.square += uint32(centred * centred)
	}
	c.finish()
	return c, true, nil
}

// step is the width of a code. With 8 bits the largest coordinate fits. Rotated coordinates are as good as normally
// distributed; for these the best uniform quantisers are known (Max 1960), and cut the largest off.
func (f *format) step(coords []float32) float64 {
	var best float64
	switch f.bits {
	case 4:
		best = 0.3352
	case 2:
		best = 0.9957
	default:
		return largestStep(coords)
	}
	sum := 0.0
	for _, v := range coords {
		sum += float64(v) * float64(v)
	}
	return best * math.Sqrt(sum/float64(len(coords)))
}

func largestStep(coords []float32) float64 {
	largest := float32(0)
	for _, v := range coords {
		largest = max(largest, abs(v))
	}
	return 2 * float64(largest) / 255
}

func quantise(coords []float32, bits int, step float64) []uint8 {
	codes := make([]uint8, len(coords))
	middle, top := float64(int(1)<<bits)/2, float64(int(1)<<bits-1)
	for i, v := range coords {
		codes[i] = uint8(min(max(math.Floor(float64(v)/step+middle), 0), top))
	}
	return codes
}

func abs(v float32) float32 {
	if v < 0 {
		return -v
	}
	return v
}

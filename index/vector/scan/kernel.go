package scan

import "math"

// The product of two numbers in base 2¹⁶, (a₀ + a₁B + a₂B² + a₃B³)·(b₃ + b₂B + b₁B² + b₀B³), has a₀b₀+a₁b₁+a₂b₂+a₃b₃ as
// its digit at B³: one multiplication of 64-bit words makes four products and adds them up, as long as no digit exceeds
// 2¹⁶-1. Codes of a row are masked out of its words, 64/bits/4 times four; the query lies ready in the same arrangement,
// reversed. The numbers of bits are chosen so that the sums fit:
//
//	8-bit rows × 6-bit query     4·255·63    = 64,260    the coarse look
//	8-bit rows × 4-bit digits    2·4·255·15  = 30,600    the exact one: two digits of four bits
//	4-bit rows × 8-bit query     4·4·15·255  = 61,200
//	2-bit rows × 8-bit query     8·4·3·255   = 24,480

// query is a query made ready.
type query struct {
	bits  int
	lanes []uint64 // the coarse query of 8-bit rows, the whole query of others

	// The cosine of a look is (scale·product + bySum·sum + offset)·inverse, exact within slack.
	scale, bySum, offset, slack float64

	high, low []uint64 // of 8-bit rows: the two digits
	facts     facts
	coords    int
}

const queryCentre = 255 // a query is always written with 8 bits

// query makes a query ready. ok is false for a zero vector.
func (f *format) query(vec []float32) (_ *query, ok bool, err error) {
	coords, ok, err := f.coordinates(vec)
	if err != nil || !ok {
		return nil, false, err
	}
	codes := quantise(coords, 8, largestStep(coords))
	q := &query{bits: f.bits, coords: len(codes)}
	sum := 0
	for _, code := range codes {
		centred := 2*int(code) - queryCentre
		q.facts.sum += int32(centred)
		q.facts.square += uint32(centred * centred)
		sum += int(code)
	}
	q.facts.finish()
	norm := 1 / math.Sqrt(float64(q.facts.square))
	if f.bits < 8 {
		// Σ(2u-c)(2v-255) = 4Σuv - 2cΣv - 255Σ(2u-c), with u of the row and v of the query.
		q.lanes = f.spread(codes, func(code uint8) uint8 { return code })
		q.scale, q.bySum, q.offset = 4*norm, -queryCentre*norm, -2*float64(f.centre())*float64(sum)*norm
		return q, true, nil
	}
	q.high = f.spread(codes, func(code uint8) uint8 { return code >> 4 })
	q.low = f.spread(codes, func(code uint8) uint8 { return code & 15 })
	q.coarse(f, codes, norm)
	return q, true, nil
}

// coarse keeps the upper six bits h of v = 4h+r. With m the mean of r,
// Σ(2u-c)(2v-c) = 16Σuh - 8cΣh + (2m-c)Σ(2u-c) + 2Σ(2u-c)(r-m), and the last sum is at most the product of the two
// lengths (Cauchy and Schwarz).
func (q *query) coarse(f *format, codes []uint8, norm float64) {
	h, r := 0, 0
	for _, code := range codes {
		h += int(code >> 2)
		r += int(code & 3)
	}
	mean, spread := float64(r)/float64(len(codes)), 0.0
	for _, code := range codes {
		d := float64(code&3) - mean
		spread += d * d
	}
	q.lanes = f.spread(codes, func(code uint8) uint8 { return code >> 2 })
	q.scale, q.bySum, q.offset = 16*norm, (2*mean-queryCentre)*norm, -8*queryCentre*float64(h)*norm
	q.slack = 2*math.Sqrt(spread)*norm + rounding
}

// rounding is more than the float32 of facts.inverse can err by.
const rounding = 1e-6

// spread arranges a query for multiplication: for each word of a row, one word for each group of four codes masked out
// of it, in reverse.
func (f *format) spread(codes []uint8, digit func(uint8) uint8) []uint64 {
	groups := 16 / f.bits
	lanes := make([]uint64, f.words*groups)
	for i, code := range codes {
		inWord := i % (64 / f.bits)
		word, lane, group := i/(64/f.bits), inWord/groups, inWord%groups
		lanes[word*groups+group] |= uint64(digit(code)) << (16 * (3 - lane))
	}
	return lanes
}

const (
	mask8 = 0x00FF00FF00FF00FF
	mask4 = 0x000F000F000F000F
	mask2 = 0x0003000300030003
)

// look is the cosine with a row, within slack.
func (q *query) look(row []uint64, f *facts) float64 {
	var product uint64
	switch q.bits {
	case 8:
		product = coarse8(row, q.lanes)
	case 4:
		product = product4(row, q.lanes)
	default:
		product = product2(row, q.lanes)
	}
	return (q.scale*float64(product) + q.bySum*float64(f.sum) + q.offset) * float64(f.inverse)
}

// exact is the cosine with a row of 8 bits, as format.cosine gives it.
func (q *query) exact(row []uint64, f *facts) float64 {
	product := product8(row, q.high, q.low)
	dot := centred(product, 8, q.coords, q.facts.sum, f.sum)
	return cosine(dot, q.facts.square, f.square)
}

// centred is Σ(2u-c)(2v-c) from Σuv and the sums of the centred codes: 4Σuv - 2c(Σu+Σv) + nc², where
// 2Σu = Σ(2u-c) + nc.
func centred(product uint64, bits, n int, sumA, sumB int32) int64 {
	c := int64(1)<<bits - 1
	return 4*int64(product) - c*(int64(sumA)+int64(sumB)) - int64(n)*c*c
}

// cosine is symmetric to the last digit: the squares are multiplied as integers.
func cosine(dot int64, squareA, squareB uint32) float64 {
	return float64(dot) / math.Sqrt(float64(uint64(squareA)*uint64(squareB)))
}

// cosine compares two rows.
func (f *format) cosine(a, b Codes) float64 {
	mask := uint64(f.centre())
	var product uint64
	for i, w := range a.words {
		v := b.words[i]
		for range 64 / f.bits {
			product += (w & mask) * (v & mask)
			w, v = w>>f.bits, v>>f.bits
		}
	}
	return cosine(centred(product, f.bits, f.coords, a.sum, b.sum), a.square, b.square)
}

func coarse8(row, lanes []uint64) uint64 {
	var even, odd uint64
	lanes = lanes[:2*len(row)]
	for len(row) >= 2 && len(lanes) >= 4 {
		w, v := row[0], row[1]
		even += (w & mask8) * lanes[0] >> 48
		odd += (w >> 8 & mask8) * lanes[1] >> 48
		even += (v & mask8) * lanes[2] >> 48
		odd += (v >> 8 & mask8) * lanes[3] >> 48
		row, lanes = row[2:], lanes[4:]
	}
	if len(row) == 1 && len(lanes) >= 2 {
		even += (row[0] & mask8) * lanes[0] >> 48
		odd += (row[0] >> 8 & mask8) * lanes[1] >> 48
	}
	return even + odd
}

func product8(row, high, low []uint64) uint64 {
	var h, l uint64
	high, low = high[:2*len(row)], low[:2*len(row)]
	for i, w := range row {
		even, odd := w&mask8, w>>8&mask8
		h += (even*high[2*i] + odd*high[2*i+1]) >> 48
		l += (even*low[2*i] + odd*low[2*i+1]) >> 48
	}
	return h<<4 + l
}

func product4(row, lanes []uint64) uint64 {
	var sum uint64
	for _, w := range row {
		q := lanes[:4:4]
		sum += ((w&mask4)*q[0] + (w>>4&mask4)*q[1] + (w>>8&mask4)*q[2] + (w>>12&mask4)*q[3]) >> 48
		lanes = lanes[4:]
	}
	return sum
}

func product2(row, lanes []uint64) uint64 {
	var sum uint64
	for _, w := range row {
		q := lanes[:8:8]
		a := (w&mask2)*q[0] + (w>>2&mask2)*q[1] + (w>>4&mask2)*q[2] + (w>>6&mask2)*q[3]
		b := (w>>8&mask2)*q[4] + (w>>10&mask2)*q[5] + (w>>12&mask2)*q[6] + (w>>14&mask2)*q[7]
		sum += (a + b) >> 48
		lanes = lanes[8:]
	}
	return sum
}

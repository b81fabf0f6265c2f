package vector

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
)

// The file, little-endian:
//
//	magic      8 bytes, "JQVEC" and the layout's number
//	head       uint32 words, uint16 dimension, uint16 common directions
//	words      for each, uint8 length and the bytes
//	rarity     float32 for each word
//	common     float32 × dimension for each
//	rows       int8 × dimension for each word: direction only, all vectors have unit length
//	checksum   SHA-256 of everything before
const (
	magic         = "JQVEC\x00\x00\x01"
	maxDim        = 4096
	maxCommon     = 64
	maxWordLength = 255
	// maxFile bounds what Read takes: a full vocabulary of dimension 1,024 with room to spare.
	maxFile = 128 << 20
)

// ErrDamaged is what Read answers for a file that is cut off, altered or no vocabulary at all.
var ErrDamaged = errors.New("vector: the file is damaged or not a vocabulary")

// Write writes the vocabulary; equal vocabularies give equal bytes.
func (w *Words) Write(out io.Writer) error {
	buf := bytes.NewBuffer(make([]byte, 0, len(w.words)*(w.dim+16)))
	if _, err := w.encode(buf); err != nil {
		return fmt.Errorf("write vectors: %w", err)
	}
	if _, err := out.Write(buf.Bytes()); err != nil {
		return fmt.Errorf("write vectors: %w", err)
	}
	return nil
}

// encode writes the file to buf, when that is not nil, and answers its checksum.
func (w *Words) encode(buf *bytes.Buffer) ([]byte, error) {
	hash := sha256.New()
	var out io.Writer = hash
	if buf != nil {
		out = io.MultiWriter(hash, buf)
	}
	var head []byte
	head = append(head, magic...)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(w.words)))
	head = binary.LittleEndian.AppendUint16(head, uint16(w.dim))
	head = binary.LittleEndian.AppendUint16(head, uint16(len(w.common)))
	for _, word := range w.words {
		head = append(head, byte(len(word)))
		head = append(head, word...)
	}
	head = appendFloats(head, w.rarity)
	for _, c := range w.common {
		head = appendFloats(head, c)
	}
	if _, err := out.Write(head); err != nil {
		return nil, err
	}
	q, raw := make([]int8, w.dim), make([]byte, w.dim)
	for i := range w.words {
		quantise(q, w.Row(ID(i)))
		for k, x := range q {
			raw[k] = byte(x)
		}
		if _, err := out.Write(raw); err != nil {
			return nil, err
		}
	}
	sum := hash.Sum(nil)
	if buf != nil {
		buf.Write(sum)
	}
	return sum, nil
}

func versionOf(sum []byte) string { return hex.EncodeToString(sum[:6]) }

func appendFloats(dst []byte, v []float32) []byte {
	for _, x := range v {
		dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(x))
	}
	return dst
}

// Read reads a vocabulary that Write wrote. Anything else is an error that wraps ErrDamaged, or the reader's own.
func Read(in io.Reader) (*Words, error) {
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read vectors: %w", err)
	}
	body := len(data) - sha256.Size
	if body < len(magic)+8 || len(data) > maxFile || string(data[:len(magic)]) != magic {
		return nil, ErrDamaged
	}
	sum := sha256.Sum256(data[:body])
	if !bytes.Equal(sum[:], data[body:]) {
		return nil, fmt.Errorf("%w: the checksum is another", ErrDamaged)
	}
	d := decoder{data: data[len(magic):body]}
	w := d.words()
	if d.failed || len(d.data) > 0 {
		return nil, fmt.Errorf("%w: lengths that do not add up", ErrDamaged)
	}
	w.ids = make(map[string]ID, len(w.words))
	for i, word := range w.words {
		w.ids[word] = ID(i)
	}
	if len(w.ids) != len(w.words) {
		return nil, fmt.Errorf("%w: a word is there twice", ErrDamaged)
	}
	w.version = versionOf(sum[:])
	return w, nil
}

// decoder takes a file apart; after a failure it answers zeros.
type decoder struct {
	data   []byte
	failed bool
}

func (d *decoder) take(n int) []byte {
	if d.failed || n > len(d.data) {
		d.failed = true
		return nil
	}
	out := d.data[:n]
	d.data = d.data[n:]
	return out
}

func (d *decoder) words() *Words {
	head := d.take(8)
	if d.failed {
		return nil
	}
	count := int(binary.LittleEndian.Uint32(head))
	w := &Words{dim: int(binary.LittleEndian.Uint16(head[4:]))}
	common := int(binary.LittleEndian.Uint16(head[6:]))
	if count == 0 || count > MaxWords || w.dim == 0 || w.dim > maxDim || common > maxCommon {
		d.failed = true
		return nil
	}
	w.words = make([]string, count)
	for i := range w.words {
		length := d.take(1)
		if d.failed || length[0] == 0 {
			d.failed = true
			return nil
		}
		w.words[i] = string(d.take(int(length[0])))
	}
	w.rarity = d.floats(count)
	for range common {
		w.common = append(w.common, d.floats(w.dim))
	}
	raw := d.take(count * w.dim)
	if d.failed {
		return nil
	}
	w.rows = make([]float32, len(raw))
	q := make([]int8, w.dim)
	for i := range w.words {
		for k := range q {
			q[k] = int8(raw[i*w.dim+k])
		}
		expand(w.rows[i*w.dim:(i+1)*w.dim], q)
	}
	return w
}

func (d *decoder) floats(n int) []float32 {
	raw := d.take(4 * n)
	if d.failed {
		return nil
	}
	out := make([]float32, n)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out
}

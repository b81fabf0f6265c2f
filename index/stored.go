package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"jiqiao"
)

// The stored form of a record: a checksum, the row, and the document's terms. Strings carry their length; numbers are
// varints. bleve compresses, but neither checks.

var errStored = errors.New("stored record is damaged")

var crcTable = crc32.MakeTable(crc32.Castagnoli)

const (
	flagPrivate = 1 << iota
	flagAnonymous
	flagAchievement
	flagBrokers
)

func encodeStored(r row, doc []byte) []byte {
	b := make([]byte, 4, 256+len(doc))
	flags := byte(0)
	if r.private {
		flags |= flagPrivate
	}
	if r.anonymous {
		flags |= flagAnonymous
	}
	if r.brokers {
		flags |= flagBrokers
	}
	if r.kind == jiqiao.KindAchievement {
		flags |= flagAchievement
	}
	b = append(b, flags, r.trl)
	for _, n := range []int64{r.created, r.updated, r.priceLow, r.priceHigh, int64(r.deadline)} {
		b = binary.AppendVarint(b, n)
	}
	b = appendString(b, r.title)
	b = appendStrings(b, r.keywords)
	for _, values := range r.codes {
		b = appendStrings(b, values)
	}
	b = append(b, doc...)
	binary.LittleEndian.PutUint32(b, crc32.Checksum(b[4:], crcTable))
	return b
}

// decodeStored returns copies of its strings; doc is a part of data.
func decodeStored(data []byte) (r row, doc []byte, err error) {
	if len(data) < 6 || binary.LittleEndian.Uint32(data) != crc32.Checksum(data[4:], crcTable) {
		return row{}, nil, errStored
	}
	r.private = data[4]&flagPrivate != 0
	r.anonymous = data[4]&flagAnonymous != 0
	r.brokers = data[4]&flagBrokers != 0
	r.kind = jiqiao.KindNeed
	if data[4]&flagAchievement != 0 {
		r.kind = jiqiao.KindAchievement
	}
	r.trl = data[5]
	d := decoder{data: data[6:]}
	r.created, r.updated = d.number(), d.number()
	r.priceLow, r.priceHigh = d.number(), d.number()
	r.deadline = int32(d.number())
	r.title = d.string()
	r.keywords = d.strings()
	for f := range r.codes {
		r.codes[f] = d.strings()
	}
	if d.bad {
		return row{}, nil, errStored
	}
	return r, d.data, nil
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendStrings(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendString(b, s)
	}
	return b
}

// decoder reads until something does not fit.
type decoder struct {
	data []byte
	bad  bool
}

func (d *decoder) number() int64 {
	v, n := binary.Varint(d.data)
	if n <= 0 {
		d.bad, d.data = true, nil
		return 0
	}
	d.data = d.data[n:]
	return v
}

// length reads a length, which can never exceed what is left.
func (d *decoder) length() int {
	v, n := binary.Uvarint(d.data)
	if n <= 0 || v > uint64(len(d.data)-n) {
		d.bad, d.data = true, nil
		return 0
	}
	d.data = d.data[n:]
	return int(v)
}

func (d *decoder) string() string {
	n := d.length()
	s := string(d.data[:n])
	d.data = d.data[n:]
	return s
}

func (d *decoder) strings() []string {
	n := d.length()
	if n == 0 {
		return nil
	}
	list := make([]string, 0, n)
	for range n {
		if d.bad {
			return nil
		}
		list = append(list, d.string())
	}
	return list
}

// Dictionary entries are stored a batch at a time, under an id that sorts and says where they start.

func termsID(first int) string { return fmt.Sprintf("terms/%010d", first) }

const termsPrefix = "terms/"

func encodeTerms(first int, terms []string) []byte {
	b := binary.AppendUvarint(make([]byte, 4), uint64(first))
	b = appendStrings(b, terms)
	binary.LittleEndian.PutUint32(b, crc32.Checksum(b[4:], crcTable))
	return b
}

func decodeTerms(data []byte) (first int, terms []string, err error) {
	if len(data) < 5 || binary.LittleEndian.Uint32(data) != crc32.Checksum(data[4:], crcTable) {
		return 0, nil, errStored
	}
	v, n := binary.Uvarint(data[4:])
	if n <= 0 {
		return 0, nil, errStored
	}
	d := decoder{data: data[4+n:]}
	terms = d.strings()
	if d.bad || len(d.data) != 0 {
		return 0, nil, errStored
	}
	return int(v), terms, nil
}

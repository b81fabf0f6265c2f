package index

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"

	"jiqiao"
)

// position is where a page ends. Records are ordered by descending key, then by ascending id, so that ties keep their
// order and nobody is shown twice or left out.
type position struct {
	key int64
	id  string
}

func (p position) before(q position) bool {
	if p.key != q.key {
		return p.key > q.key
	}
	return p.id < q.id
}

// never sorts records that lack what is sorted by behind all others.
const never = math.MinInt64

// sortKey is larger for what comes first.
func sortKey(by jiqiao.Sort, r *columns, score float64) int64 {
	switch by {
	case jiqiao.SortUpdated:
		return r.updated
	case jiqiao.SortPriceHigh:
		if r.priceHigh == 0 {
			return never
		}
		return r.priceHigh
	case jiqiao.SortPriceLow:
		if r.priceHigh == 0 {
			return never
		}
		if r.priceLow == 0 { // 不超过: nobody knows the lower end
			return -r.priceHigh
		}
		return -r.priceLow
	case jiqiao.SortDeadline:
		if r.deadline == 0 {
			return never
		}
		return -int64(r.deadline)
	case jiqiao.SortRelevance:
		return int64(math.Float64bits(score)) // ordered as the number itself, for scores are not negative
	default:
		return r.created
	}
}

// A cursor is a position and the query it belongs to, so that the cursor of another query is refused.

func encodeCursor(q jiqiao.SearchQuery, p position) string {
	b := binary.LittleEndian.AppendUint32(nil, queryHash(q))
	b = binary.LittleEndian.AppendUint64(b, uint64(p.key))
	return base64.RawURLEncoding.EncodeToString(append(b, p.id...))
}

func decodeCursor(q jiqiao.SearchQuery) (position, error) {
	b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil || len(b) < 12 || binary.LittleEndian.Uint32(b) != queryHash(q) {
		return position{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "cursor", Message: "翻页标记与查询条件不符，请从第一页重新查找"}})
	}
	return position{int64(binary.LittleEndian.Uint64(b[4:])), string(b[12:])}, nil
}

// queryHash covers what decides about order and membership; the page's size may change on the way.
func queryHash(q jiqiao.SearchQuery) uint32 {
	h := fnv.New32a()
	fmt.Fprintf(h, "%q %q %q %+v", q.Kind, q.Text, q.Sort, q.Filter)
	return h.Sum32()
}

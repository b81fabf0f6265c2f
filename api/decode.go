package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// decode reads the request's JSON body into v. Whatever is wrong with it is said in Chinese, with the place: too much,
// another media type, invalid UTF-8, broken JSON, a wrong type, a field that v does not have.
func decode(c *gin.Context, v any) error {
	if kind := c.GetHeader("Content-Type"); kind != "" {
		if media, _, err := mime.ParseMediaType(kind); err != nil || media != "application/json" {
			return jiqiao.Fail(jiqiao.CodeUnsupported, "请求体应为 JSON（Content-Type: application/json）", err)
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxJSON))
	if err != nil {
		return unreadable(err)
	}
	return decodeJSON(body, v)
}

// unreadable is a body that could not be read to its end: too large, or the client went away.
func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return jiqiao.Fail(jiqiao.CodeInvalid, "请求体没有完整收到，请重试", err)
}

func decodeJSON(body []byte, v any) error {
	if at := invalidUTF8(body); at >= 0 {
		return jiqiao.Fail(jiqiao.CodeInvalid, "请求体不是有效的 UTF-8 文字，"+place(body, int64(at))+"有无法识别的字节", nil)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return jiqiao.Fail(jiqiao.CodeInvalid, "请求体是空的，应为 JSON", nil)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return badJSON(body, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return jiqiao.Fail(jiqiao.CodeInvalid, "JSON 之后还有多余的内容，"+place(body, dec.InputOffset()), nil)
	}
	return nil
}

func invalidUTF8(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// unknownField is how encoding/json begins its message about a field that the target lacks; it has no error type.
const unknownField = "json: unknown field "

func badJSON(body []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return jiqiao.Fail(jiqiao.CodeInvalid, "JSON 写法有误，"+place(body, syntax.Offset), err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return jiqiao.Fail(jiqiao.CodeInvalid, "JSON 不完整，"+place(body, int64(len(body)))+"就结束了", err)
	case errors.As(err, &kind):
		// The embedded Header is no part of the JSON.
		field := strings.TrimPrefix(strings.TrimPrefix(kind.Field, "Header"), ".")
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: field, Message: "类型不对，应为" + typeLabel(kind) + "，" + place(body, kind.Offset)}})
	case strings.HasPrefix(err.Error(), unknownField):
		field := strings.Trim(strings.TrimPrefix(err.Error(), unknownField), `"`)
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: field, Message: "没有这个字段，请去掉或改正名称"}})
	default:
		return jiqiao.Fail(jiqiao.CodeInvalid, "JSON 无法读取", err)
	}
}

func typeLabel(e *json.UnmarshalTypeError) string {
	switch kind := e.Type.Kind().String(); {
	case kind == "string":
		return "文字"
	case kind == "bool":
		return "true 或 false"
	case strings.HasPrefix(kind, "int"):
		return "整数"
	case strings.HasPrefix(kind, "float"):
		return "数字"
	case kind == "slice":
		return "列表"
	default:
		return "对象"
	}
}

// place says where in the body an offset is, as editors count: lines and characters from 1.
func place(body []byte, offset int64) string {
	before := body[:min(max(offset, 0), int64(len(body)))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fmt.Sprintf("第 %d 行第 %d 个字符处", line, max(column, 1))
}

const kindMessage = "应为 need（技术需求）或 achievement（科技成果）"

// query reads the parameters of a URL and gathers what is wrong with them.
type query struct {
	c       *gin.Context
	invalid []jiqiao.FieldError
}

func (q *query) err() error { return jiqiao.Invalid(q.invalid) }

func (q *query) wrong(field, message string) {
	q.invalid = append(q.invalid, jiqiao.FieldError{Field: field, Message: message})
}

func (q *query) text(name string) string {
	s := q.c.Query(name)
	if !utf8.ValidString(s) {
		q.wrong(name, "不是有效的 UTF-8 文字")
		return ""
	}
	return s
}

// list splits at commas; empty parts fall away.
func (q *query) list(name string) []string {
	var items []string
	for item := range strings.SplitSeq(q.text(name), ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func (q *query) number(name string, low, high int) int {
	s := q.text(name)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		q.wrong(name, fmt.Sprintf("应为 %d～%d 的整数", low, high))
		return 0
	}
	return n
}

func (q *query) flag(name string) bool {
	s := q.text(name)
	if s == "" {
		return false
	}
	on, err := strconv.ParseBool(s)
	if err != nil {
		q.wrong(name, "应为 true 或 false")
	}
	return on
}

func (q *query) kind() jiqiao.Kind {
	k := jiqiao.Kind(q.text("kind"))
	if !k.Valid() {
		q.wrong("kind", kindMessage)
	}
	return k
}

// maxOffset is how deep a list may be paged by offset.
const maxOffset = 1000

// filter reads the filter and narrows it to what the viewer may see.
func (q *query) filter() jiqiao.Filter {
	f := jiqiao.Filter{
		Industries:    q.list("industries"),
		Fields:        q.list("fields"),
		Emerging:      q.list("emerging"),
		Regions:       q.list("regions"),
		Cooperation:   q.list("cooperation"),
		Organisations: q.list("organisations"),
		Budgets:       q.list("budgets"),
		TRLMin:        q.number("trl_min", 0, jiqiao.MaxTRL),
		TRLMax:        q.number("trl_max", 0, jiqiao.MaxTRL),
	}
	for _, status := range q.list("statuses") {
		f.Statuses = append(f.Statuses, jiqiao.Status(status))
	}
	for _, year := range q.list("years") {
		n, err := strconv.Atoi(year)
		if err != nil {
			q.wrong("years", "年份应为整数，如 2026")
		}
		f.Years = append(f.Years, n)
	}
	return viewer(q.c).Narrow(f.Normalise())
}

// search reads a whole search; kind is given or a parameter.
func (q *query) search(kind jiqiao.Kind) jiqiao.SearchQuery {
	return jiqiao.SearchQuery{
		Kind:   kind,
		Text:   q.text("q"),
		Filter: q.filter(),
		Sort:   jiqiao.Sort(q.text("sort")),
		Limit:  q.number("limit", 1, jiqiao.MaxPageSize),
		Cursor: q.text("cursor"),
		Facets: q.flag("facets"),
	}
}

// match reads the page and filter of a list of matches, in canonical form.
func (q *query) match() jiqiao.MatchQuery {
	return jiqiao.MatchQuery{
		Filter: q.filter(),
		Limit:  q.number("limit", 1, jiqiao.MaxPageSize),
		Offset: q.number("offset", 0, maxOffset),
		Brief:  q.flag("brief"),
	}.Normalise()
}

// first is the first error: of reading the query, else of validating it.
func (q *query) first(validate func() error) error {
	if err := q.err(); err != nil {
		return err
	}
	return validate()
}

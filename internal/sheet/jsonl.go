package sheet

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"jiqiao"
)

// A line of a jsonl file is a record in the JSON of the API, with one more key: "organisation", the owner's details.

const (
	organisationKey = "organisation"
	maxLine         = 4 << 20
)

// assigned are keys that the store sets; a file cannot.
var assigned = []string{"id", "version", "created_at", "updated_at", "deleted_at", "merged_into"}

type jsonlReader struct {
	kind   jiqiao.Kind
	lines  *bufio.Scanner
	number int
	fields fields
	keys   map[string]bool
	reader *Reader
}

func openJSONL(path string, kind jiqiao.Kind, limits Limits) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, jiqiao.Fail(jiqiao.CodeNotFound, "上传的文件已不在，请重新上传", err)
	}
	j := &jsonlReader{kind: kind, lines: bufio.NewScanner(f), fields: fieldsOf(Columns(kind)), keys: jsonKeys(kind)}
	j.lines.Buffer(nil, maxLine)
	j.reader = &Reader{format: JSONL, limits: limits, read: j.next, close: f.Close}
	return j.reader, nil
}

func (j *jsonlReader) next() (*Row, error) {
	for j.lines.Scan() {
		j.number++
		line := bytes.TrimSpace(bytes.TrimPrefix(j.lines.Bytes(), utf8Mark))
		if len(line) > 0 {
			return j.row(bytes.Clone(line))
		}
	}
	if err := j.lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fail(jiqiao.CodeTooLarge, "第 "+strconv.Itoa(j.number+1)+" 行超过 "+strconv.Itoa(maxLine>>20)+" MB，请检查换行")
	} else if err != nil {
		return nil, damaged(err)
	}
	return nil, io.EOF
}

func (j *jsonlReader) row(line []byte) (*Row, error) {
	r := &Row{Number: j.number, Entry: NewEntry(j.kind)}
	fault := func(c *Column, message, value string) {
		e := jiqiao.CellError{Row: j.number, Message: message, Value: cutRunes(value, 100)}
		if c != nil {
			e.Column = c.Header
		}
		r.Errors = append(r.Errors, e)
	}
	var object map[string]json.RawMessage
	switch {
	case !utf8.Valid(line):
		fault(nil, "含有无法识别的字符（不是有效的 UTF-8），请用 UTF-8 编码保存", strings.ToValidUTF8(string(line), "�"))
		return r, nil
	case json.Unmarshal(line, &object) != nil:
		fault(nil, "不是有效的 JSON 对象，每行应是一条记录", string(line))
		return r, nil //nolint:nilerr // the row's error is in the row
	}
	if err := j.checkSide(object); err != nil {
		return nil, err
	}
	for _, key := range assigned {
		delete(object, key)
	}
	r.over = func(base Entry) Entry {
		e, err := overlay(base, object)
		if err != nil {
			return base // read before without error, so not reached
		}
		return e
	}
	j.fill(r, object, fault)
	return r, nil
}

// fill reads the fields into the row, or says which does not have its type.
func (j *jsonlReader) fill(r *Row, object map[string]json.RawMessage, fault func(*Column, string, string)) {
	e, err := overlay(r.Entry, object)
	if err != nil {
		j.typeFault(err, fault)
		return
	}
	r.Entry = e
	for _, c := range j.fields.columns {
		r.Cells = append(r.Cells, c.write(&r.Entry))
		if c.Required && blank(c.write(&r.Entry)) {
			fault(&c, "必填，请填写字段 "+c.Path, "")
		}
	}
	j.fields.validate(r, func(c *Column) bool {
		key, _, _ := strings.Cut(c.Path, ".")
		_, ok := object[key]
		return ok
	})
}

func (j *jsonlReader) typeFault(err error, fault func(*Column, string, string)) {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		fault(nil, "内容无法读取，请检查字段的格式", "")
		return
	}
	wrong.Field = strings.TrimPrefix(wrong.Field, "Header.") // embedded, and no part of the path
	fault(j.fields.column(wrong.Field), "字段 "+wrong.Field+" 的类型不对，不能是"+jsonType(wrong.Value), "")
}

// jsonType is what encoding/json calls a value's type, in Chinese. A number that does not fit comes with its digits.
func jsonType(value string) string {
	name, digits, _ := strings.Cut(value, " ")
	switch name {
	case "string":
		return "文字"
	case "number":
		return "数字" + digits
	case "bool":
		return " true 或 false"
	case "array":
		return "列表"
	default:
		return "对象"
	}
}

// checkSide refuses a file whose first line has fields of the other side and none that only this side has.
func (j *jsonlReader) checkSide(object map[string]json.RawMessage) error {
	other := jsonKeys(j.kind.Other())
	own, foreign := 0, 0
	for key := range object {
		switch {
		case j.keys[key] && !other[key]:
			own++
		case other[key] && !j.keys[key]:
			foreign++
		case !j.keys[key] && !slices.Contains(j.reader.ignored, key):
			j.reader.ignored = append(j.reader.ignored, key)
		}
	}
	if j.number == 1 && foreign > 0 && own == 0 {
		return fail(jiqiao.CodeInvalid, "这是"+j.kind.Other().Label()+"的数据，请到「"+j.kind.Other().Label()+"」一侧导入")
	}
	return nil
}

// overlay puts the keys of object over base's JSON: what the object does not name stays.
func overlay(base Entry, object map[string]json.RawMessage) (Entry, error) {
	was, err := json.Marshal(base.Record)
	if err != nil {
		return base, err
	}
	merged := make(map[string]json.RawMessage)
	if err := json.Unmarshal(was, &merged); err != nil {
		return base, err
	}
	for key, value := range object {
		merged[key] = value
	}
	text, err := json.Marshal(merged)
	if err != nil {
		return base, err
	}
	e := NewEntry(base.Record.Kind())
	e.Organisation = base.Organisation
	if err := json.Unmarshal(text, e.Record); err != nil {
		return base, err
	}
	if details, ok := object[organisationKey]; ok {
		if err := json.Unmarshal(details, &e.Organisation); err != nil {
			return base, err
		}
	}
	normalise(e.Record)
	e.keepAssigned(base)
	return e, nil
}

// keepAssigned restores what only the store sets.
func (e *Entry) keepAssigned(base Entry) {
	h, was := head(e), head(&base)
	h.ID, h.Version, h.CreatedAt, h.UpdatedAt, h.DeletedAt = was.ID, was.Version, was.CreatedAt, was.UpdatedAt, was.DeletedAt
	h.Owner.ID = was.Owner.ID
	o, had := &e.Organisation, base.Organisation
	o.ID, o.Version, o.CreatedAt, o.UpdatedAt, o.DeletedAt = had.ID, had.Version, had.CreatedAt, had.UpdatedAt, had.DeletedAt
	o.Name, o.CreditCode = h.Owner.Name, h.Owner.CreditCode
}

// jsonKeys are the keys of a side's JSON.
func jsonKeys(kind jiqiao.Kind) map[string]bool {
	keys := map[string]bool{organisationKey: true}
	var collect func(t reflect.Type)
	collect = func(t reflect.Type) {
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Anonymous {
				collect(f.Type)
			} else if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
				keys[name] = true
			}
		}
	}
	collect(reflect.TypeOf(jiqiao.NewRecord(kind)).Elem())
	return keys
}

// jsonLine is the entry as one line.
func jsonLine(e Entry) ([]byte, error) {
	line, err := json.Marshal(e.Record)
	if err != nil {
		return nil, err
	}
	if e.Organisation.Name == "" && e.Organisation.ID == "" {
		return append(line, '\n'), nil
	}
	details, err := json.Marshal(e.Organisation)
	if err != nil {
		return nil, err
	}
	line = append(line[:len(line)-1], `,"`+organisationKey+`":`...)
	return append(append(line, details...), "}\n"...), nil
}

package jiqiao

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// FieldChange is how one field of a record differs between two versions, as people read it.
type FieldChange struct {
	// Field is the JSON name, Label the form's.
	Field string `json:"field"`
	Label string `json:"label"`
	// Before and After are the texts; empty for lists, of which Removed and Added are the items.
	Before  string   `json:"before,omitempty"`
	After   string   `json:"after,omitempty"`
	Removed []string `json:"removed,omitempty"`
	Added   []string `json:"added,omitempty"`
}

// formField is one field of a record's form.
type formField struct {
	name, label string
	// codes is the list of codes it holds; "" for other texts.
	codes string
	// text or items give its value as people read it.
	text  func(Record) string
	items func(Record) []string
}

// Diff lists the fields in which the two differ, in the order of the form. Contacts are masked. Both must be of one side.
func Diff(before, after Record) []FieldChange {
	changes := []FieldChange{}
	for _, f := range formFields(before.Kind()) {
		c := FieldChange{Field: f.name, Label: f.label}
		if f.items != nil {
			was, is := f.items(before), f.items(after)
			if slices.Equal(was, is) {
				continue
			}
			c.Removed, c.Added = without(was, is), without(is, was)
			if c.Removed == nil && c.Added == nil {
				c.Before, c.After = strings.Join(was, "；"), strings.Join(is, "；") // only the order differs
			}
		} else if c.Before, c.After = f.text(before), f.text(after); c.Before == c.After {
			continue
		}
		changes = append(changes, c)
	}
	for i := range changes {
		if changes[i].Field == "contact" {
			changes[i].Before, changes[i].After = maskContact(before.Head().Contact), maskContact(after.Head().Contact)
		}
	}
	return changes
}

// ChangedFields are the names of the fields in which the two differ.
func ChangedFields(before, after Record) []string {
	names := []string{}
	for _, c := range Diff(before, after) {
		names = append(names, c.Field)
	}
	return names
}

// FormFields are the names of the fields that people fill in on the side, in the order of the form.
func FormFields(kind Kind) []string {
	var names []string
	for _, f := range formFields(kind) {
		if f.name != "status" && f.name != "merged_into" {
			names = append(names, f.name)
		}
	}
	return names
}

// FieldLabel is the form's name of a field, given as a JSON path; "" for none.
func FieldLabel(kind Kind, path string) string {
	name := path
	if end := strings.IndexAny(path, ".["); end >= 0 {
		name = path[:end]
	}
	for _, f := range formFields(kind) {
		if f.name == name {
			return f.label
		}
	}
	return ""
}

// without are the items of a that b lacks.
func without(a, b []string) []string {
	var left []string
	for _, item := range a {
		if !slices.Contains(b, item) {
			left = append(left, item)
		}
	}
	return left
}

// TakeFields copies the named fields of from into a copy of rec. An unknown name is CodeInvalid.
func TakeFields(rec, from Record, names []string) (Record, error) {
	known := FormFields(rec.Kind())
	values, given, err := jsonFields(rec, from)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, Invalid([]FieldError{{Field: "fields", Message: "没有「" + clip(name) + "」这一栏"}})
		}
		if v, ok := given[name]; ok {
			values[name] = v
		} else {
			delete(values, name)
		}
	}
	text, err := json.Marshal(values)
	if err != nil {
		return nil, fmt.Errorf("put the fields together: %w", err)
	}
	taken := NewRecord(rec.Kind())
	if err := json.Unmarshal(text, taken); err != nil {
		return nil, fmt.Errorf("put the fields together: %w", err)
	}
	return taken, nil
}

func jsonFields(rec, from Record) (values, given map[string]json.RawMessage, err error) {
	for _, side := range []struct {
		rec  Record
		into *map[string]json.RawMessage
	}{{rec, &values}, {from, &given}} {
		text, err := json.Marshal(side.rec)
		if err != nil {
			return nil, nil, fmt.Errorf("take a record apart: %w", err)
		}
		if err := json.Unmarshal(text, side.into); err != nil {
			return nil, nil, fmt.Errorf("take a record apart: %w", err)
		}
	}
	return values, given, nil
}

// Rebase lays the changes that were made from base onto the present record. Fields that both changed, and not alike, are
// CodeConflict, named.
func Rebase(base, present, changed Record) (Record, error) {
	var take []string
	var wrong []string
	for _, c := range Diff(base, changed) {
		if c.Field == "status" || c.Field == "owner" {
			continue
		}
		take = append(take, c.Field)
		if !sameField(base, present, c.Field) && !sameField(changed, present, c.Field) {
			wrong = append(wrong, c.Label)
		}
	}
	if wrong != nil {
		return nil, Fail(CodeConflict, "提交修改之后，这些栏目又被别人改过："+joinWords(wrong)+"，请退回由填报单位核对", nil)
	}
	return TakeFields(present, changed, take)
}

func sameField(a, b Record, name string) bool {
	left, right, err := jsonFields(a, b)
	return err == nil && reflect.DeepEqual(left[name], right[name])
}

// maskContact keeps enough to tell two contacts apart, and too little to use them.
func maskContact(c Contact) string {
	var parts []string
	for _, p := range []struct {
		text       string
		head, tail int
	}{{c.Name, 1, 0}, {c.Position, 100, 0}, {c.Mobile, 3, 2}, {c.Phone, 4, 1}, {c.Email, 1, 4}} {
		if p.text != "" {
			parts = append(parts, mask(p.text, p.head, p.tail))
		}
	}
	return strings.Join(parts, " ")
}

func mask(text string, head, tail int) string {
	runes := []rune(text)
	if len(runes) <= head+tail {
		return string(runes[:min(1, len(runes))]) + "*"
	}
	return string(runes[:head]) + strings.Repeat("*", min(len(runes)-head-tail, 4)) + string(runes[len(runes)-tail:])
}

func yesNo(b bool) string {
	if b {
		return "是"
	}
	return "否"
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func codeLabels(list string, codes []string) []string {
	labels := make([]string, len(codes))
	for i, code := range codes {
		labels[i] = codeText(list, code)
	}
	return labels
}

// codeText is the code's label, or the code itself where the list has lost it.
func codeText(list, code string) string {
	if label := CodeLabel(list, code); label != "" {
		return label
	}
	return code
}

func metricItems(metrics []Metric) []string {
	items := make([]string, len(metrics))
	for i, m := range metrics {
		items[i] = m.String()
		if m.Current != "" {
			items[i] += "（现状 " + m.Current + "）"
		}
	}
	return items
}

// FilledFields are the labels of the fields that the record states, in the order of the form.
func FilledFields(rec Record) []string {
	labels := []string{}
	for _, f := range formFields(rec.Kind()) {
		if f.items != nil && len(f.items(rec)) > 0 || f.text != nil && strings.TrimSpace(f.text(rec)) != "" {
			labels = append(labels, f.label)
		}
	}
	return labels
}

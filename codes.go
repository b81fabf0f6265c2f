package jiqiao

import "strings"

// CodeItem is one entry of a code list.
type CodeItem struct {
	Code   string `json:"code"`
	Label  string `json:"label"`
	Parent string `json:"parent,omitempty"`
	// Note holds a meaning, a source or a doubt about the wording.
	Note string `json:"note,omitempty"`
}

// CodeList is a named list, possibly a tree, in display order: parents before their children.
type CodeList struct {
	Name   string     `json:"name"`
	Label  string     `json:"label"`
	Source string     `json:"source"` // standard and edition
	Items  []CodeItem `json:"items"`
}

// CodeLists returns every list in display order. The lists are shared: do not change them.
func CodeLists() []CodeList { return codes().lists }

// LookupList returns the list with that name, which is shared: do not change it.
func LookupList(name string) (CodeList, bool) {
	t, ok := codes().byName[name]
	if !ok {
		return CodeList{}, false
	}
	return t.list, true
}

// CodeLabel is the label of exactly that code, "" when the list or the code is unknown.
func CodeLabel(list, code string) string {
	item, _ := lookupCode(list, code)
	return item.Label
}

// CodePath is the entry and what it stands under, from the top: 40 新材料, 401 金属. It is nil for an unknown code.
func CodePath(list, code string) []CodeItem {
	item, ok := lookupCode(list, code)
	if !ok {
		return nil
	}
	var path []CodeItem
	if item.Parent != "" {
		path = CodePath(list, item.Parent)
	}
	return append(path, item)
}

func lookupCode(list, code string) (CodeItem, bool) {
	t, ok := codes().byName[list]
	if !ok {
		return CodeItem{}, false
	}
	at, ok := t.byCode[code]
	if !ok {
		return CodeItem{}, false
	}
	return t.list.Items[at], true
}

// maxCodeText is in bytes, well above the longest path of region names; anything longer is a text in the wrong place.
const maxCodeText = 400

// CodeByLabel finds the code that a person meant by a label, a code or one of their usual spellings: 小试, ＴＲＬ６,
// 江苏/盐城, "c26". It reports false when nothing, or more than one entry, fits.
func CodeByLabel(list, labelOrCode string) (string, bool) {
	t, ok := codes().byName[list]
	if !ok {
		return "", false
	}
	if _, exact := t.byCode[labelOrCode]; exact {
		return labelOrCode, true
	}
	if len(labelOrCode) > maxCodeText {
		return "", false
	}
	key := foldCode(labelOrCode)
	if at, found := t.find(key); found {
		return t.list.Items[at].Code, true
	}
	if list == "region" {
		return t.regionByPath(key)
	}
	return "", false
}

// CodeMatches reports whether code is filter or stands under it in the list's tree: C holds C26, 20 holds 20101,
// 3 holds 3.1, 320900 holds 320981, development holds development.entrusted. In a list without levels only equal codes
// match.
func CodeMatches(list, filter, code string) bool {
	if filter == code {
		return true
	}
	switch list {
	case "region":
		return RegionMatches(filter, code)
	case "industry", "field":
		return filter != "" && strings.HasPrefix(code, filter)
	case "emerging":
		return filter != "" && strings.HasPrefix(code, filter+".")
	}
	for item, known := lookupCode(list, code); known && item.Parent != ""; item, known = lookupCode(list, item.Parent) {
		if item.Parent == filter {
			return true
		}
	}
	return false
}

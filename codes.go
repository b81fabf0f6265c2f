package jiqiao

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

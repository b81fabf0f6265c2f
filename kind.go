// Package jiqiao is the vocabulary of the service: enterprises' technical needs (技术需求), universities' achievements
// (科技成果), the organisations that own them, how they are searched, and how they match. It holds types, code lists,
// limits and validation, imports the standard library only, and does no input or output.
//
// Field and code lists follow the forms and standards of the trade; CONTEXT.md is the glossary.
package jiqiao

// Kind says which side of a match a record stands on.
type Kind string

const (
	// KindNeed is an enterprise's technical need, 技术需求.
	KindNeed Kind = "need"
	// KindAchievement is a university's or institute's achievement, 科技成果.
	KindAchievement Kind = "achievement"
)

// Kinds lists both sides, needs first.
var Kinds = [...]Kind{KindNeed, KindAchievement}

// Other is the opposite side.
func (k Kind) Other() Kind {
	if k == KindNeed {
		return KindAchievement
	}
	return KindNeed
}

// Valid reports whether k is one of the two sides.
func (k Kind) Valid() bool { return k == KindNeed || k == KindAchievement }

// Label is the Chinese name of the side.
func (k Kind) Label() string {
	if k == KindNeed {
		return "技术需求"
	}
	return "科技成果"
}

package jiqiao

import (
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Attachment is a file that belongs to an object: a record, an introduction, a deal.
type Attachment struct {
	ID     string `json:"id"` // "f_" and 20 characters
	Object Ref    `json:"object"`
	// Name is what people see and save it as; its ending follows from Type.
	Name string         `json:"name"`
	Type AttachmentType `json:"type"`
	Size int64          `json:"size"` // bytes
	// SHA256 is the digest of the content, hexadecimal.
	SHA256 string `json:"sha256"`
	// Width and Height are those of a picture, in pixels.
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
	// Public offers it to all who see the record's details; else it is for the owner, operators, brokers, and those whom the
	// record was opened to. Only records have public ones, and only once a reviewer has Approved them.
	Public   bool `json:"public"`
	Approved bool `json:"approved"`
	// TextState says whether its text was read; TextRunes how much there was.
	TextState TextState `json:"text_state"`
	TextRunes int       `json:"text_runes,omitempty"`
	// User and Organisation say who attached it.
	User         string    `json:"user,omitempty"`
	Organisation string    `json:"organisation,omitempty"`
	CreatedAt    time.Time `json:"created_at"`
}

// AttachmentType is what a file is, by its content.
type AttachmentType string

// The types that may be attached.
const (
	AttachmentPDF  AttachmentType = "pdf"
	AttachmentDocx AttachmentType = "docx"
	AttachmentXlsx AttachmentType = "xlsx"
	AttachmentPNG  AttachmentType = "png"
	AttachmentJPEG AttachmentType = "jpeg"
)

// MIME is the type's name on the wire.
func (t AttachmentType) MIME() string {
	switch t {
	case AttachmentPDF:
		return "application/pdf"
	case AttachmentDocx:
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case AttachmentXlsx:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case AttachmentPNG:
		return "image/png"
	case AttachmentJPEG:
		return "image/jpeg"
	default:
		return "application/octet-stream"
	}
}

// HasText reports whether text is read from files of the type.
func (t AttachmentType) HasText() bool { return t == AttachmentPDF || t == AttachmentDocx }

// TextState is whether the text of an attachment was read.
type TextState string

// The states.
const (
	TextNone    TextState = "none"    // there is none to read
	TextWaiting TextState = "waiting" // 等待提取
	TextDone    TextState = "done"    // 已提取
	TextFailed  TextState = "failed"  // 无法提取
)

// JobAttachmentText is the kind of job that reads an attachment's text; its key is the id.
const JobAttachmentText = "attachment.text"

// AttachmentUndo is how long a deleted file can be brought back. Nobody sees it meanwhile.
const AttachmentUndo = 5 * time.Minute

// JobAttachmentPurge is the kind of job that makes an end of a deleted file; its key is the id.
const JobAttachmentPurge = "attachment.purge"

// Limits of attachments.
const (
	MaxAttachment      = 20 << 20  // bytes of one
	MaxAttachments     = 20        // of one object
	MaxAttachmentsSize = 100 << 20 // bytes of all of one object
	MaxAttachmentName  = 120       // characters
	// MaxAttached is how many characters of the attachments of one record are searched.
	MaxAttached = 10_000
)

// AttachmentName is a name as a client gives it, made safe to show and to save under: the last element of a path, without
// characters that are invisible, turn the direction of writing, or mean something to a file system, and with the ending of
// what the file is.
func AttachmentName(name string, t AttachmentType) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case !unicode.IsPrint(r) && r != ' ' || strings.ContainsRune(`/:*?"<>|;%`, r):
			return -1
		default:
			return r
		}
	}, name)
	ending := "." + string(t)
	if t == AttachmentJPEG {
		ending = ".jpg"
	}
	if dot := strings.LastIndex(name, "."); dot >= 0 {
		name = name[:dot]
	}
	name = strings.Trim(name, ". ")
	if name == "" {
		name = "附件"
	}
	if runes := []rune(name); len(runes) > MaxAttachmentName-utf8.RuneCountInString(ending) {
		name = string(runes[:MaxAttachmentName-utf8.RuneCountInString(ending)])
	}
	return name + ending
}

// SeesAttachment reports whether an attachment of the record may be read.
func (a Access) SeesAttachment(r Record, file Attachment) bool {
	s := a.standing(r.Head())
	if s.any() {
		return true
	}
	return file.Public && file.Approved && a.Sees(r) && !r.Head().Disclosure.HidesDetail() && !r.Head().Disclosure.HidesOwner()
}

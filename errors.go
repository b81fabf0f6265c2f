package jiqiao

import (
	"errors"
	"strings"
)

// Code is an error's meaning for machines. The API maps it to an HTTP status, the page to a sentence.
type Code string

// The codes, with the HTTP status of each.
const (
	CodeInvalid         Code = "invalid"      // 400: the request itself is wrong; Fields says where
	CodeUnauthorized    Code = "unauthorized" // 401
	CodeForbidden       Code = "forbidden"    // 403
	CodeNotFound        Code = "not_found"    // 404
	CodeConflict        Code = "conflict"     // 409: the record was changed by someone else
	CodePrecondition    Code = "precondition" // 428: the version it was made from is missing
	CodeTooLarge        Code = "too_large"    // 413
	CodeUnsupported     Code = "unsupported"  // 415: a file or media type we do not read
	CodeTooManyRequests Code = "too_many"     // 429
	CodeUnavailable     Code = "unavailable"  // 503: store or index cannot answer now
	CodeTimeout         Code = "timeout"      // 504
	CodeInternal        Code = "internal"     // 500: logged, never shown
)

// Codes lists every Code; the page must have a sentence for each.
var Codes = [...]Code{
	CodeInvalid, CodeUnauthorized, CodeForbidden, CodeNotFound, CodeConflict, CodePrecondition, CodeTooLarge,
	CodeUnsupported, CodeTooManyRequests, CodeUnavailable, CodeTimeout, CodeInternal,
}

// Error is what a caller may be told: a code for machines and a Chinese sentence that says what to do. Any other
// error is internal.
type Error struct {
	Code    Code         `json:"code"`
	Message string       `json:"message"`
	Fields  []FieldError `json:"fields,omitempty"`
	cause   error
}

// FieldError is what is wrong with one field.
type FieldError struct {
	// Field is the JSON path: "title", "metrics[2].value".
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Fail makes an Error whose cause, if any, is kept for the log and for errors.Is.
func Fail(code Code, message string, cause error) *Error {
	return &Error{Code: code, Message: message, cause: cause}
}

// Invalid makes a CodeInvalid error from field errors, or nil when there are none.
func Invalid(fields []FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Code: CodeInvalid, Message: "填写的内容有误，请按提示修改", Fields: fields}
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code) + ": " + e.Message)
	for _, f := range e.Fields {
		b.WriteString("; " + f.Field + ": " + f.Message)
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.cause }

// CodeOf is the code of the first Error in err's chain, CodeInternal for any other error, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

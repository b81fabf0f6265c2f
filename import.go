package jiqiao

import (
	"errors"
	"time"
)

// Import is the durable report of one file read into the store. It is written when the file arrives and brought up to
// date while rows are read, so that a crash leaves a report that says how far it came.
type Import struct {
	ID       string `json:"id"` // "i_" and 20 characters
	Kind     Kind   `json:"kind"`
	FileName string `json:"file_name"`
	// Organisation is who imports for itself: the rows belong to it and are reviewed. Empty for those who may write any.
	Organisation string `json:"organisation,omitempty"`
	// User is the account that sent the file, empty for machines and the command line.
	User  string      `json:"-"`
	State ImportState `json:"state"`
	// Key is what the sender's page calls the upload: it finds the report by it when the answer never came.
	Key string `json:"key,omitempty"`
	// Rows is about how many the file has, 0 when that is not known before it is read; while it is checked, Total comes up
	// to it.
	Rows int `json:"rows,omitempty"`
	// Total counts the rows read; Created, Updated, Unchanged, Failed, Skipped and Dropped add up to it, once all are
	// written. In a preview they say what a commit would do.
	Total     int `json:"total"`
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Failed    int `json:"failed"`
	// Skipped are rows that the sender left out because there was nearly the same already.
	Skipped int `json:"skipped"`
	// Dropped are rows that the sender gave up after the import was stopped.
	Dropped int `json:"dropped,omitempty"`
	// Errors are in the order of rows, at most MaxImportErrors; MoreErrors counts those beyond.
	Errors     []CellError `json:"errors"`
	MoreErrors int         `json:"more_errors,omitempty"`
	// Warnings are what is unusual in rows that are imported all the same, in the order of rows, at most
	// MaxImportErrors; MoreWarnings counts those beyond.
	Warnings     []CellError `json:"warnings"`
	MoreWarnings int         `json:"more_warnings,omitempty"`
	// Duplicates are rows that would be new though there is nearly the same already, in the order of rows, at most
	// MaxImportDuplicates.
	Duplicates []ImportDuplicate `json:"duplicates,omitempty"`
	// Written are the records that the import wrote, in the order of rows, at most MaxImportErrors; the counts have all.
	Written []ImportedRow `json:"written,omitempty"`
	// Message says in Chinese why the import as a whole failed; empty otherwise.
	Message    string     `json:"message,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
}

// ErrImportStopped is why no more rows are written of an import that was stopped.
var ErrImportStopped = errors.New("the import was stopped")

// ImportFile is a file that is sent to be imported; Commit writes its good rows without asking.
type ImportFile struct {
	Kind   Kind
	Name   string
	Key    string // Import.Key
	Commit bool
}

// ImportState is where an import stands.
type ImportState string

// The states of an import, in the order it passes through them.
const (
	ImportChecking  ImportState = "checking"  // 正在检查
	ImportPreviewed ImportState = "previewed" // 已预览，等待确认
	ImportRunning   ImportState = "running"   // 正在写入
	ImportStopped   ImportState = "stopped"   // 已停止，写入的保留，其余可继续或放弃
	ImportDone      ImportState = "done"      // 已导入
	ImportFailed    ImportState = "failed"    // 未能导入
)

// MaxImportErrors bounds the errors kept in one report, and the warnings.
const MaxImportErrors = 1000

// CellError is what is wrong or unusual in one cell of an imported file.
type CellError struct {
	Row     int    `json:"row"`              // counted as the spreadsheet does, from 1
	Column  string `json:"column,omitempty"` // the column's heading; empty when the row as a whole is wrong
	Message string `json:"message"`          // Chinese
	Value   string `json:"value,omitempty"`  // as typed, cut to 100 characters
}

// MaxImportDuplicates bounds the near duplicates that one report holds side by side.
const MaxImportDuplicates = 200

// ImportDuplicate is a row of the file beside the record that is nearly the same.
type ImportDuplicate struct {
	Row   int    `json:"row"`
	Title string `json:"title"`
	// RecordID, RecordTitle and Status are the record's, Similarity how alike they are, 0–1.
	RecordID    string  `json:"record_id"`
	RecordTitle string  `json:"record_title"`
	Status      Status  `json:"status"`
	Similarity  float64 `json:"similarity"`
	// Fields are those in which they differ: Before is the record's, After the file's. Texts are cut to 400 characters.
	Fields []FieldChange `json:"fields"`
	// Same are the labels of the fields that are filled in and equal.
	Same []string `json:"same"`
	// Choice is what the sender decided; "" is RowNew.
	Choice RowChoice `json:"choice,omitempty"`
}

// RowChoice is what becomes of a row that has a near duplicate.
type RowChoice string

// The choices.
const (
	RowNew    RowChoice = "new"    // 仍按新记录写入
	RowSkip   RowChoice = "skip"   // 不写入
	RowUpdate RowChoice = "update" // 更新已有记录
)

// ImportChoice is the sender's choice for one row.
type ImportChoice struct {
	Row    int       `json:"row"`
	Choice RowChoice `json:"choice"`
}

// ImportedRow is a record that an import wrote.
type ImportedRow struct {
	Row     int        `json:"row"`
	ID      string     `json:"id"`
	Title   string     `json:"title"`
	Outcome PutOutcome `json:"outcome"`
}

// ImportQuery asks for reports of imports, the newest first. Empty fields do not restrict.
type ImportQuery struct {
	Organisation, User string
	State              ImportState
	Cursor             string
	Limit              int
}

// ImportPage is a page of reports, without their cells, duplicates and written rows.
type ImportPage struct {
	Total int      `json:"total"`
	Items []Import `json:"items"`
	Next  string   `json:"next,omitempty"`
}

// ImportRow is a row of an imported file as it was typed, with what was found in it.
type ImportRow struct {
	Row      int         `json:"row"`
	Cells    []string    `json:"cells"`
	Errors   []CellError `json:"errors"`
	Warnings []CellError `json:"warnings"`
	// Duplicate says that there is nearly the same already.
	Duplicate bool `json:"duplicate,omitempty"`
}

// ImportRowsQuery asks for rows of an imported file after a row; Only restricts to those with errors, warnings, or near
// duplicates.
type ImportRowsQuery struct {
	After int
	Only  string // "", error, warning, duplicate
	Limit int
}

// ImportRows is a part of an imported file. Cells are cut to 300 characters.
type ImportRows struct {
	Headers []string `json:"headers"`
	// Fields names for each header the field as which its column is read, as errors name it; "" is not read.
	Fields []string    `json:"fields"`
	Items  []ImportRow `json:"items"`
	// Next is the row after which the following part begins, 0 at the end.
	Next int `json:"next,omitempty"`
}

package jiqiao

import "time"

// Import is the durable report of one file read into the store. It is written when the file arrives and brought up to
// date while rows are read, so that a crash leaves a report that says how far it came.
type Import struct {
	ID       string `json:"id"` // "i_" and 20 characters
	Kind     Kind   `json:"kind"`
	FileName string `json:"file_name"`
	// Organisation is who imports for itself: the rows belong to it and are reviewed. Empty for those who may write any.
	Organisation string      `json:"organisation,omitempty"`
	State        ImportState `json:"state"`
	// Total counts the rows read; Created, Updated, Unchanged and Failed add up to it. In a preview they say what a
	// commit would do.
	Total     int `json:"total"`
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Failed    int `json:"failed"`
	// Errors are in the order of rows, at most MaxImportErrors; MoreErrors counts those beyond.
	Errors     []CellError `json:"errors"`
	MoreErrors int         `json:"more_errors,omitempty"`
	// Warnings are what is unusual in rows that are imported all the same, in the order of rows, at most
	// MaxImportErrors; MoreWarnings counts those beyond.
	Warnings     []CellError `json:"warnings"`
	MoreWarnings int         `json:"more_warnings,omitempty"`
	// Message says in Chinese why the import as a whole failed; empty otherwise.
	Message    string     `json:"message,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
}

// ImportState is where an import stands.
type ImportState string

// The states of an import, in the order it passes through them.
const (
	ImportRunning   ImportState = "running"   // 正在读取或写入
	ImportPreviewed ImportState = "previewed" // 已预览，等待确认
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

package jiqiao

// PutOutcome is what writing one imported record did.
type PutOutcome string

const (
	PutCreated   PutOutcome = "created"   // 新增
	PutUpdated   PutOutcome = "updated"   // 更新
	PutUnchanged PutOutcome = "unchanged" // 与库中相同，未写入
)

// PutResult is where one record of a batch ended up.
type PutResult struct {
	ID      string     `json:"id"`
	Version int64      `json:"version"`
	Outcome PutOutcome `json:"outcome"`
}

// StagedRow is one good row of a previewed import, kept until the import is committed or thrown away.
type StagedRow struct {
	Row    int // as in CellError
	Record Record
}

// OrganisationQuery asks for a page of organisations in the order of their creation.
type OrganisationQuery struct {
	Kind OrganisationKind // empty: every kind
	// Name is a part of the name, compared without regard to width and case; empty finds all.
	Name   string
	Limit  int    // 0 is DefaultPage, at most MaxPageSize
	Cursor string // from OrganisationPage.Next; empty for the first page
}

// OrganisationPage is one page of organisations.
type OrganisationPage struct {
	Organisations []Organisation `json:"organisations"`
	// Next continues after the last one; empty at the end.
	Next string `json:"next,omitempty"`
}

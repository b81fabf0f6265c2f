package jiqiao

// PutOutcome is what writing one imported record did.
type PutOutcome string

// What a write can do.
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

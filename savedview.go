package jiqiao

import (
	"regexp"
	"time"
)

// SavedView is what a list is narrowed and sorted by, under a name that its user gave it.
type SavedView struct {
	ID   string `json:"id"` // "v_" and 20 characters
	User string `json:"-"`
	// List names the list, as the page does: "queue", "deals".
	List string `json:"list"`
	Name string `json:"name"`
	// Query is the parameters of the list's address: "level=4&sort=due".
	Query     string    `json:"query"`
	CreatedAt time.Time `json:"created_at"`
}

// MaxSavedViews is how many views of one list an account keeps.
const MaxSavedViews = 50

var listName = regexp.MustCompile(`^[a-z][a-z-]{0,39}$`)

// Validate reports every field that breaks a rule.
func (v *SavedView) Validate() error {
	var ck checker
	if !listName.MatchString(v.List) {
		ck.add("list", "列表的名称应为小写英文字母和连字符")
	}
	ck.required("name", "视图的名称", v.Name)
	ck.line("name", "视图的名称", v.Name, MaxKeyword)
	ck.line("query", "筛选条件", v.Query, MaxNote)
	return Invalid(ck.found)
}

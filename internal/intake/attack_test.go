package intake

import (
	"testing"

	"jiqiao"
)

// What an organisation imports is in the audit under its account, from the upload to the last row, and the name of the
// file, which may be anything, is not.
func TestImportsAreAudited(t *testing.T) {
	b := open(t, t.TempDir())
	v := b.member(t, "乙公司")
	if _, err := b.send(t, v, jiqiao.KindNeed, "需求名称,单位名称,主要技术难题\n题目,乙公司,难题\n", true); err != nil {
		t.Fatal(err)
	}
	for _, act := range []string{"import.upload", "import.commit", "import.done"} {
		page, err := b.store.AuditEntries(t.Context(), jiqiao.AuditQuery{Act: act})
		if err != nil || page.Total != 1 || page.Entries[0].User != v.User || page.Entries[0].Object.Type != "import" {
			t.Errorf("%s: %+v, %v", act, page, err)
		}
	}
}

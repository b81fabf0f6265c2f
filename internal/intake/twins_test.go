package intake

import (
	"slices"
	"testing"

	"jiqiao"
)

const twinFile = "需求名称,单位名称,主要技术难题,手机\n" +
	"碳化硅外延炉气流场的优化,乙公司,片内不均匀,\n" + // nearly what is there
	"湿地水质在线监测,乙公司,漂移,\n"

func TestNearDuplicatesAreForTheSenderToDecide(t *testing.T) {
	for _, c := range []struct {
		choice                    jiqiao.RowChoice
		created, updated, skipped int
		problems                  []string
	}{
		{jiqiao.RowNew, 2, 0, 0, []string{"厚度不均匀", "片内不均匀", "漂移"}},
		{jiqiao.RowSkip, 1, 0, 1, []string{"厚度不均匀", "漂移"}},
		{jiqiao.RowUpdate, 1, 1, 0, []string{"片内不均匀", "漂移"}},
	} {
		t.Run(string(c.choice), func(t *testing.T) {
			b := open(t, t.TempDir())
			v := b.member(t, "乙公司")
			if _, err := b.send(t, v, jiqiao.KindNeed, "需求名称,单位名称,主要技术难题,约束条件,手机,状态\n碳化硅外延炉气流场优化,乙公司,厚度不均匀,六英寸,13800138000,草稿\n", true); err != nil {
				t.Fatal(err)
			}
			imp, err := b.send(t, v, jiqiao.KindNeed, twinFile, false)
			if err != nil || imp.Created != 2 || len(imp.Duplicates) != 1 {
				t.Fatalf("%+v %v", imp, err)
			}
			d := imp.Duplicates[0]
			if d.Row != 2 || d.RecordTitle != "碳化硅外延炉气流场优化" || d.Similarity < closeTitle || !slices.Contains(d.Same, "所属单位") {
				t.Errorf("%+v", d)
			}
			if i := slices.IndexFunc(d.Fields, func(f jiqiao.FieldChange) bool { return f.Field == "problem" }); i < 0 || d.Fields[i].Before != "厚度不均匀" || d.Fields[i].After != "片内不均匀" {
				t.Errorf("fields %+v", d.Fields)
			}
			if slices.Contains(d.Same, "揭榜挂帅") {
				t.Errorf("what every form says is told as equal: %q", d.Same)
			}
			if slices.ContainsFunc(d.Fields, func(f jiqiao.FieldChange) bool { return f.Field == "contact" || f.Field == "constraints" }) {
				t.Errorf("what the row leaves empty is no difference: %+v", d.Fields)
			}
			done, err := b.CommitChosen(as(t, v), imp.ID, []jiqiao.ImportChoice{{Row: 2, Choice: c.choice}})
			if err != nil || done.Created != c.created || done.Updated != c.updated || done.Skipped != c.skipped || len(done.Written) != c.created+c.updated {
				t.Fatalf("%+v %v", done, err)
			}
			var problems []string
			for _, n := range b.needs(t) {
				problems = append(problems, n.Problem)
				if n.Problem == "片内不均匀" && c.choice == jiqiao.RowUpdate && (n.Constraints != "六英寸" || n.Contact.Mobile != "13800138000") {
					t.Errorf("what the file lacks or leaves empty was cleared: %+v", n)
				}
			}
			slices.Sort(problems)
			slices.Sort(c.problems)
			if !slices.Equal(problems, c.problems) {
				t.Errorf("%v, want %v", problems, c.problems)
			}
		})
	}
}

func TestChoicesMustBeOfNearDuplicates(t *testing.T) {
	b := open(t, t.TempDir())
	v := b.member(t, "乙公司")
	imp, err := b.send(t, v, jiqiao.KindNeed, twinFile, false)
	if err != nil || len(imp.Duplicates) != 0 {
		t.Fatalf("%+v %v", imp, err)
	}
	if _, err := b.CommitChosen(as(t, v), imp.ID, []jiqiao.ImportChoice{{Row: 2, Choice: jiqiao.RowSkip}}); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		t.Errorf("a choice about nothing: %v", err)
	}
	if done, err := b.CommitImport(as(t, v), imp.ID); err != nil || done.Created != 2 {
		t.Errorf("then without: %+v %v", done, err)
	}
}

func TestRowsAreShownAsTyped(t *testing.T) {
	b := open(t, t.TempDir())
	v := b.member(t, "乙公司")
	imp, err := b.send(t, v, jiqiao.KindNeed, "需求名称*,单位名称,主要技术难题,拟投入资金,闲话\n甲,乙公司,一,好多,x\n乙,乙公司,二,20,y\n,乙公司,三,30,z\n", false)
	if err != nil || imp.Failed != 2 {
		t.Fatalf("%+v %v", imp, err)
	}
	rows, err := b.Rows(as(t, v), imp.ID, jiqiao.ImportRowsQuery{})
	if err != nil || len(rows.Items) != 3 || rows.Next != 0 {
		t.Fatalf("%+v %v", rows, err)
	}
	if want := []string{"需求名称", "单位名称", "主要技术难题", "拟投入资金", ""}; !slices.Equal(rows.Fields, want) {
		t.Errorf("fields %q, want %q", rows.Fields, want)
	}
	if first := rows.Items[0]; first.Row != 2 || first.Cells[3] != "好多" || len(first.Errors) != 1 || first.Errors[0].Column != "拟投入资金" {
		t.Errorf("%+v", first)
	}
	wrong, err := b.Rows(as(t, v), imp.ID, jiqiao.ImportRowsQuery{Only: "error", Limit: 1})
	if err != nil || len(wrong.Items) != 1 || wrong.Next != 2 {
		t.Fatalf("%+v %v", wrong, err)
	}
	if rest, err := b.Rows(as(t, v), imp.ID, jiqiao.ImportRowsQuery{Only: "error", Limit: 1, After: wrong.Next}); err != nil || rest.Items[0].Row != 4 || rest.Next != 0 {
		t.Errorf("%+v %v", rest, err)
	}
	if _, err := b.Rows(as(t, b.member(t, "丙公司")), imp.ID, jiqiao.ImportRowsQuery{}); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		t.Errorf("another's file: %v", err)
	}
}

func TestImportsAreListedToWhoSentThem(t *testing.T) {
	b := open(t, t.TempDir())
	v := b.member(t, "乙公司")
	first, err := b.send(t, v, jiqiao.KindNeed, twinFile, true)
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.send(t, v, jiqiao.KindNeed, twinFile, false)
	if err != nil {
		t.Fatal(err)
	}
	page, err := b.Imports(as(t, v), jiqiao.ImportQuery{Limit: 1})
	if err != nil || page.Total != 2 || page.Items[0].ID != second.ID || page.Items[0].Written != nil || page.Next == "" {
		t.Fatalf("%+v %v", page, err)
	}
	if page, err = b.Imports(as(t, v), jiqiao.ImportQuery{Cursor: page.Next}); err != nil || len(page.Items) != 1 || page.Items[0].ID != first.ID || page.Next != "" {
		t.Errorf("%+v %v", page, err)
	}
	for _, other := range []jiqiao.Viewer{b.member(t, "丙公司"), {User: "u_2", Role: jiqiao.RoleOperator}} {
		if page, err := b.Imports(as(t, other), jiqiao.ImportQuery{}); err != nil || page.Total != 0 {
			t.Errorf("%s: %+v %v", other.Role, page, err)
		}
	}
}

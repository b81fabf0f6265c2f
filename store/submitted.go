package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"jiqiao"
)

// submission is a record, or with change one that is shown and a change of it, that was laid before the operators.
type submission struct {
	review string
	rec    jiqiao.Record
	change bool
}

// listed is how many titles a notice about several names.
const listed = 5

// tellSubmitted tells the operators of each region what this transaction laid before them: of one thing by its title, of
// several in one notice. An operator who enters something for review knows.
func (t *logTx) tellSubmitted(ctx context.Context) error {
	all := t.submitted
	t.submitted = nil
	if len(all) == 0 || jiqiao.OriginOf(ctx).Role == jiqiao.RoleOperator {
		return nil
	}
	byRegion := map[string][]submission{}
	for _, s := range all {
		region := s.rec.Head().Region
		byRegion[region] = append(byRegion[region], s)
	}
	for _, region := range slices.Sorted(maps.Keys(byRegion)) {
		n := submittedNotice(byRegion[region])
		n.Roles = []jiqiao.Role{jiqiao.RoleOperator}
		if region != "" { // a record without one is every operator's
			n.Regions = []string{region}
		}
		if err := t.notify(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// submittedNotice is the notice about what was submitted, without whom it is for. The page of a review is its record's.
func submittedNotice(all []submission) jiqiao.Notice {
	first := all[0]
	head := first.rec.Head()
	if len(all) == 1 {
		label := first.rec.Kind().Label()
		what := "提交了这条" + label
		if first.change {
			what = "提交了对这条" + label + "的修改"
		}
		return jiqiao.Notice{
			Template: "review.submitted", Object: jiqiao.Ref{Type: "review", ID: head.ID}, Key: "review.submitted:" + first.review,
			Data: map[string]string{"kind": label, "title": head.Title, "what": what, "organisation": head.Owner.Name},
		}
	}
	var lines []string
	for i, s := range all[:min(len(all), listed)] {
		lines = append(lines, fmt.Sprintf("%d. %s：%s", i+1, s.rec.Kind().Label(), s.rec.Head().Title))
	}
	if more := len(all) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("……另有 %d 项", more))
	}
	return jiqiao.Notice{
		Template: "review.several", Object: jiqiao.Ref{Type: "review"}, Key: "review.several:" + first.review,
		Data: map[string]string{"count": strconv.Itoa(len(all)), "list": strings.Join(lines, "\n")},
	}
}

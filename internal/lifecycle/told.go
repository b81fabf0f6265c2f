package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiqiao"
)

const (
	// named is how many titles a notice about several names.
	named = 5
	// operatorsAtOnce is how many operators are read at a time.
	operatorsAtOnce = 200
)

// Told handles a job of the kind jiqiao.JobReviewsTold: each operator hears, in one notice, what was laid before those of the
// region and still waits: of one thing by its title, of several how many they are. What operators entered they know.
func (s *Service) Told(ctx context.Context, j jiqiao.Job) error {
	since, err := gatheredSince(j)
	if err != nil {
		return err
	}
	operators, err := s.operators(ctx)
	if err != nil {
		return err
	}
	for _, region := range slices.Sorted(maps.Keys(operators)) {
		page, err := s.store.Reviews(ctx, jiqiao.ReviewQuery{
			State: jiqiao.ReviewPending, Region: region, After: since, NotBy: jiqiao.RoleOperator, Limit: named,
		})
		if err != nil {
			return err
		}
		if len(page.Items) == 0 {
			continue
		}
		n := submittedNotice(page)
		n.Users, n.Key = operators[region], "reviews.told:"+j.ID+":"+region
		if err := s.store.Notify(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// operators are the accounts that review, by the region that they are bound to.
func (s *Service) operators(ctx context.Context) (map[string][]string, error) {
	found := map[string][]string{}
	for after := ""; ; {
		page, err := s.store.Recipients(ctx, jiqiao.Notice{Roles: []jiqiao.Role{jiqiao.RoleOperator}}, false, after, operatorsAtOnce)
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			found[r.Region] = append(found[r.Region], r.User)
		}
		if len(page) < operatorsAtOnce {
			return found, nil
		}
		after = page[len(page)-1].User
	}
}

// submittedNotice is the notice about the reviews, without whom it is for. The page of a review is its record's.
func submittedNotice(page jiqiao.ReviewPage) jiqiao.Notice {
	if first := page.Items[0]; page.Total == 1 && first.Record != nil {
		label, head := first.Kind.Label(), first.Record.Head()
		what := "提交了这条" + label
		if first.Revision {
			what = "提交了对这条" + label + "的修改"
		}
		return jiqiao.Notice{
			Template: "review.submitted", Object: jiqiao.Ref{Type: "review", ID: first.RecordID},
			Data: map[string]string{"kind": label, "title": head.Title, "what": what, "organisation": head.Owner.Name},
		}
	}
	return jiqiao.Notice{
		Template: "review.several", Object: jiqiao.Ref{Type: "review"},
		Data: map[string]string{"count": strconv.Itoa(page.Total), "list": listed(page.Items, page.Total)},
	}
}

// listed names the reviews, the first of all.
func listed(first []jiqiao.Review, total int) string {
	var lines []string
	for i, r := range first {
		if r.Record != nil {
			lines = append(lines, fmt.Sprintf("%d. %s：%s", i+1, r.Kind.Label(), r.Record.Head().Title))
		}
	}
	if more := total - len(first); more > 0 {
		lines = append(lines, fmt.Sprintf("……另有 %d 项", more))
	}
	return strings.Join(lines, "\n")
}

// gatheredSince reads the payload of a job that tells of what was gathered.
func gatheredSince(j jiqiao.Job) (time.Time, error) {
	var told jiqiao.QueueTold
	if err := json.Unmarshal(j.Payload, &told); err != nil {
		return time.Time{}, jiqiao.Fail(jiqiao.CodeInvalid, "任务的内容无法读取", err)
	}
	return told.Since, nil
}

// ToldApproved handles a job of the kind jiqiao.JobApprovedTold: the members of the organisation hear in one notice what of
// theirs was approved.
func (s *Service) ToldApproved(ctx context.Context, j jiqiao.Job) error {
	since, err := gatheredSince(j)
	if err != nil {
		return err
	}
	total, first, err := s.store.ApprovedSince(ctx, j.Key, since, named)
	if err != nil || len(first) == 0 {
		return err
	}
	n := jiqiao.Notice{Organisations: []string{j.Key}, Key: "approved.told:" + j.ID}
	if r := first[0]; total == 1 && r.Record != nil {
		head := r.Record.Head()
		n.Template, n.Object = "record.approved", jiqiao.Ref{Type: string(r.Kind), ID: r.RecordID}
		n.Data = map[string]string{
			"kind": r.Kind.Label(), "title": head.Title, "status": head.Status.Label(r.Kind), "valid_until": string(head.ValidUntil),
		}
	} else {
		n.Template, n.Object = "record.several", jiqiao.Ref{Type: "mine", ID: string(r.Kind)}
		n.Data = map[string]string{"count": strconv.Itoa(total), "list": listed(first, total)}
	}
	return s.store.Notify(ctx, n)
}

package lifecycle

import (
	"context"
	"slices"

	"jiqiao"
)

// Queue is a page of what waits for review in the viewer's region, with similar records as they are now.
func (s *Service) Queue(ctx context.Context, v jiqiao.Viewer, q jiqiao.ReviewQuery) (jiqiao.ReviewPage, error) {
	empty := jiqiao.ReviewPage{Items: []jiqiao.Review{}}
	if v.Region != "" {
		switch {
		case q.Region == "" || jiqiao.RegionMatches(q.Region, v.Region):
			q.Region = v.Region
		case !jiqiao.RegionMatches(v.Region, q.Region):
			return empty, nil
		}
	}
	page, err := s.store.Reviews(ctx, q)
	if err != nil {
		return empty, err
	}
	return page, s.present(ctx, v, page.Items)
}

// ReviewsOf is a page of the reviews of one record, the newest first, for its owner and operators.
func (s *Service) ReviewsOf(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id, cursor string, limit int) (jiqiao.ReviewPage, error) {
	if _, _, err := s.reach(ctx, v, kind, id); err != nil {
		return jiqiao.ReviewPage{}, err
	}
	page, err := s.store.Reviews(ctx, jiqiao.ReviewQuery{Kind: kind, RecordID: id, Newest: true, Cursor: cursor, Limit: limit})
	if err != nil {
		return jiqiao.ReviewPage{}, err
	}
	return page, s.present(ctx, v, page.Items)
}

// present shows the reviews as the viewer may see them. It reads all similar records of a page at once.
func (s *Service) present(ctx context.Context, v jiqiao.Viewer, items []jiqiao.Review) error {
	ids := map[jiqiao.Kind][]string{}
	var doubted []string
	for _, r := range items {
		if r.Diagnosis != nil && len(r.Diagnosis.Similar) > 0 {
			doubted = append(doubted, r.RecordID)
			for _, one := range r.Diagnosis.Similar {
				ids[r.Kind] = append(ids[r.Kind], one.ID)
			}
		}
	}
	known := map[string]jiqiao.Record{}
	for kind, list := range ids {
		recs, err := s.store.GetMany(ctx, kind, list)
		if err != nil {
			return err
		}
		for _, rec := range recs {
			known[rec.Head().ID] = rec
		}
	}
	if err := s.setDue(ctx, items); err != nil {
		return err
	}
	judged, err := s.judgements(ctx, doubted)
	if err != nil {
		return err
	}
	for i := range items {
		r := &items[i]
		if r.Record != nil {
			r.Record = v.Show(r.Record)
		}
		if r.Diagnosis == nil {
			continue
		}
		for j := range r.Diagnosis.Similar {
			one := &r.Diagnosis.Similar[j]
			one.Record, one.Distinct = known[one.ID], judged.of(r.RecordID, one.ID)
		}
		r.Diagnosis = showSimilar(v, r.Diagnosis)
	}
	return nil
}

// History is a page of the record's versions, the newest first, below the given one, for its owner and operators.
func (s *Service) History(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string, below int64, limit int) (jiqiao.RecordHistory, error) {
	if _, _, err := s.reach(ctx, v, kind, id); err != nil {
		return jiqiao.RecordHistory{}, err
	}
	return s.store.History(ctx, kind, id, below, limit)
}

// Version is the record as it was at the version.
func (s *Service) Version(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string, version int64) (jiqiao.Record, error) {
	present, _, err := s.reach(ctx, v, kind, id)
	if err != nil {
		return nil, err
	}
	rec, err := s.store.VersionOf(ctx, kind, id, version)
	if err != nil {
		return nil, err
	}
	// What may be seen is decided by the record as it is now: another may have owned it, with another's contact.
	if !v.Access().SeesContact(present) {
		rec.Head().Contact = jiqiao.Contact{}
	}
	return rec, nil
}

// Own is a page of the records of the viewer's organisation in every state, or in one.
func (s *Service) Own(ctx context.Context, v jiqiao.Viewer, q jiqiao.OwnQuery) (jiqiao.OwnRecords, error) {
	if v.Organisation == "" {
		return jiqiao.OwnRecords{}, jiqiao.Fail(jiqiao.CodeForbidden, "您的账号没有所属单位", nil)
	}
	q.Organisation = v.Organisation
	if side, ok := v.Role.KindOf(); ok && q.Kind == "" {
		q.Kind = side
	}
	if !q.Kind.Valid() {
		return jiqiao.OwnRecords{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "kind", Message: "应为 need（技术需求）或 achievement（科技成果）"}})
	}
	return s.own(ctx, v, q)
}

// Entered is a page of what the viewer entered on behalf of organisations, as far as it is still within reach.
func (s *Service) Entered(ctx context.Context, v jiqiao.Viewer, q jiqiao.OwnQuery) (jiqiao.OwnRecords, error) {
	if v.User == "" {
		return jiqiao.OwnRecords{}, jiqiao.Fail(jiqiao.CodeForbidden, "只有登录的账号有代填报的记录", nil)
	}
	if !q.Kind.Valid() {
		return jiqiao.OwnRecords{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "kind", Message: "应为 need（技术需求）或 achievement（科技成果）"}})
	}
	q.Organisation, q.EnteredBy = "", v.User
	page, err := s.own(ctx, v, q)
	page.Items = slices.DeleteFunc(page.Items, func(rec jiqiao.Record) bool { return !v.Sees(rec) })
	return page, err
}

func (s *Service) own(ctx context.Context, v jiqiao.Viewer, q jiqiao.OwnQuery) (jiqiao.OwnRecords, error) {
	page, err := s.store.OwnRecords(ctx, q)
	if err != nil {
		return jiqiao.OwnRecords{}, err
	}
	for i, rec := range page.Items {
		page.Items[i] = v.Show(rec)
		if s.clinic != nil {
			one, n := page.Standing[rec.Head().ID], s.clinic.Completeness(rec)
			one.Completeness = &n
			page.Standing[rec.Head().ID] = one
		}
	}
	return page, nil
}

// Merge makes two records one. The viewer must operate both.
func (s *Service) Merge(ctx context.Context, v jiqiao.Viewer, m jiqiao.MergeRequest) (jiqiao.RecordMerge, error) {
	for _, id := range []string{m.From, m.Into} {
		if err := s.operated(ctx, v, m.Kind, id); err != nil {
			if id == m.Into && jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
				return jiqiao.RecordMerge{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "into", Message: "没有这条" + m.Kind.Label() + "，可能已被删除"}})
			}
			return jiqiao.RecordMerge{}, err
		}
	}
	return s.store.MergeRecords(ctx, m)
}

// UndoMerge takes the latest merge of the record back.
func (s *Service) UndoMerge(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, from string) (jiqiao.Record, error) {
	if err := s.operated(ctx, v, kind, from); err != nil {
		return nil, err
	}
	rec, err := s.store.UndoMerge(ctx, kind, from)
	if err != nil {
		return nil, err
	}
	return v.Show(rec), nil
}

// Merges lists what was merged with the record, for its owner and operators.
func (s *Service) Merges(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) ([]jiqiao.RecordMerge, error) {
	if _, _, err := s.reach(ctx, v, kind, id); err != nil {
		return nil, err
	}
	return s.store.Merges(ctx, id)
}

// Survivor is where a merged record went, for viewers who may see that; "" when it was not merged or they may not.
func (s *Service) Survivor(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) (string, error) {
	into, err := s.store.MergedInto(ctx, kind, id)
	if err != nil || into == "" {
		return "", err
	}
	rec, err := s.store.Get(ctx, kind, into)
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound || err == nil && !v.Sees(rec):
		return "", nil
	case err != nil:
		return "", err
	}
	return into, nil
}

// operated refuses a record that the viewer does not operate.
func (s *Service) operated(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) error {
	_, actor, err := s.reach(ctx, v, kind, id)
	if err == nil && actor != jiqiao.ActorOperator {
		err = jiqiao.Fail(jiqiao.CodeForbidden, "合并由主管部门业务员操作，请在审核意见里提出", nil)
	}
	return err
}

package lifecycle

import (
	"context"

	"jiqiao"
)

// Distinguish keeps the viewer's judgement that two records are not duplicates of each other, or takes it back. The viewer
// must operate the first, and see the other.
func (s *Service) Distinguish(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id, other string, distinct bool) error {
	if err := s.operated(ctx, v, kind, id); err != nil {
		return err
	}
	rec, err := s.store.Get(ctx, kind, other)
	if err != nil {
		return err
	}
	if !v.Sees(rec) {
		return jiqiao.Fail(jiqiao.CodeNotFound, "没有这条"+kind.Label()+"，可能已被删除", nil)
	}
	if id == other {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "other", Message: "请选择另一条" + kind.Label()}})
	}
	if distinct {
		return s.store.Distinguish(ctx, kind, id, other)
	}
	return s.store.Undistinguish(ctx, kind, id, other)
}

// Doubtful are the similar records that nobody has told apart from the record yet.
func (s *Service) Doubtful(ctx context.Context, id string, similar []jiqiao.SimilarRecord) ([]jiqiao.SimilarRecord, error) {
	if id == "" || len(similar) == 0 {
		return similar, nil
	}
	judged, err := s.judgements(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	left := []jiqiao.SimilarRecord{}
	for _, one := range similar {
		if judged.of(id, one.ID) == nil {
			left = append(left, one)
		}
	}
	return left, nil
}

// judgements are distinctions by their pairs.
type judgements map[[2]string]jiqiao.Distinction

func (s *Service) judgements(ctx context.Context, ids []string) (judgements, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	all, err := s.store.Distinctions(ctx, ids)
	if err != nil {
		return nil, err
	}
	found := judgements{}
	for _, d := range all {
		found[[2]string{d.First, d.Second}] = d
	}
	return found, nil
}

func (j judgements) of(a, b string) *jiqiao.Distinction {
	if d, ok := j[[2]string{min(a, b), max(a, b)}]; ok {
		return &d
	}
	return nil
}

package lifecycle

import (
	"context"
	"fmt"
	"time"

	"jiqiao"
)

// ReviewPolicy is what operators set, and its version, 0 for the service's own.
func (s *Service) ReviewPolicy(ctx context.Context) (jiqiao.ReviewPolicy, int64, error) {
	p := jiqiao.DefaultReviewPolicy
	version, err := s.store.Setting(ctx, jiqiao.ReviewSetting, &p)
	if err != nil {
		return p, 0, fmt.Errorf("read the policy of reviews: %w", err)
	}
	return p, version, nil
}

// SetReviewPolicy changes it when the version is still the present one; CodeConflict otherwise. It holds at once, also for
// what waits already.
func (s *Service) SetReviewPolicy(ctx context.Context, version int64, p jiqiao.ReviewPolicy) (int64, error) {
	if err := p.Validate(); err != nil {
		return 0, err
	}
	return s.store.PutSetting(ctx, jiqiao.ReviewSetting, version, p)
}

// Clock tells what is late at the moment.
func (s *Service) Clock(ctx context.Context, now time.Time) (jiqiao.WaitingClock, error) {
	policy, _, err := s.ReviewPolicy(ctx)
	if err != nil {
		return jiqiao.WaitingClock{}, err
	}
	calendar, err := s.workdays(ctx)
	if err != nil {
		return jiqiao.WaitingClock{}, fmt.Errorf("read the calendar: %w", err)
	}
	return jiqiao.NewWaitingClock(now, func(submitted time.Time) time.Time { return calendar.Due(submitted, policy.AnswerDays) }), nil
}

// setDue says of what waits until when it should be answered.
func (s *Service) setDue(ctx context.Context, items []jiqiao.Review) error {
	clock, err := s.Clock(ctx, s.now())
	if err != nil {
		return err
	}
	for i := range items {
		if r := &items[i]; r.State == jiqiao.ReviewPending {
			due := clock.ReviewDue(r.SubmittedAt)
			r.DueAt = &due
		}
	}
	return nil
}

// everyDay is the calendar of a service that was given none: each day is worked.
type everyDay struct{}

func (everyDay) Due(from time.Time, n int) time.Time { return jiqiao.DayStart(from).AddDate(0, 0, n+1) }

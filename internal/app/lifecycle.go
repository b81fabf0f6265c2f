package app

import (
	"context"

	"jiqiao"
	"jiqiao/internal/lifecycle"
)

// openLifecycle makes what enters, reviews and looks after records.
func (a *App) openLifecycle(clinic lifecycle.Clinic) *lifecycle.Service {
	months := a.cfg.RecordConfirmMonths
	if months == 0 {
		months = -1 // never
	}
	a.lifecycle = lifecycle.New(lifecycle.Options{
		Store: a.Store, Clinic: clinic, ValidDays: a.cfg.RecordValidDays, ConfirmMonths: months, Log: a.log, Now: a.now,
		Workdays: func(ctx context.Context) (lifecycle.Workdays, error) { return a.calendar.Calendar(ctx) },
	})
	return a.lifecycle
}

// doRecords is the daily round over all records.
func (a *App) doRecords(ctx context.Context, j jiqiao.Job) error { return a.lifecycle.Daily(ctx, j) }

// tellReviewers tells the operators of what was submitted.
func (a *App) tellReviewers(ctx context.Context, j jiqiao.Job) error { return a.lifecycle.Told(ctx, j) }

// tellOwners tells organisations of what was approved.
func (a *App) tellOwners(ctx context.Context, j jiqiao.Job) error {
	return a.lifecycle.ToldApproved(ctx, j)
}

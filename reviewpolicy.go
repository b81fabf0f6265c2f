package jiqiao

import (
	"strconv"
	"time"
)

// ReviewPolicy is what a bureau promises to whom submits (审核时限).
type ReviewPolicy struct {
	// AnswerDays are the working days in which a submission should be answered.
	AnswerDays int `json:"answer_days"`
}

// ReviewSetting is the name under which the policy is kept.
const ReviewSetting = "reviews"

// DefaultReviewPolicy is in force until an operator sets another.
var DefaultReviewPolicy = ReviewPolicy{AnswerDays: 3}

const maxAnswerDays = 60

// Validate reports a policy that makes no sense.
func (p ReviewPolicy) Validate() error {
	var ck checker
	if p.AnswerDays < 1 || p.AnswerDays > maxAnswerDays {
		ck.add("answer_days", "审核时限（工作日）应为 1～"+strconv.Itoa(maxAnswerDays)+" 的整数")
	}
	return Invalid(ck.found)
}

// WaitingClock is the moment at which one looks at what waits, with what is late then. Candidates and introductions keep
// their own ends; submissions are late by the policy in force.
type WaitingClock struct {
	Now time.Time
	// ReviewDue is the first instant at which the answer to what was submitted then is late.
	ReviewDue func(submitted time.Time) time.Time
	// ReviewLate: what was submitted before it is late now.
	ReviewLate time.Time
}

// maxLateDays bounds the walk back to what is late.
const maxLateDays = 400

// NewWaitingClock makes the clock of a moment. The day of a submission decides when it is due, and a later day is not due
// sooner.
func NewWaitingClock(now time.Time, reviewDue func(time.Time) time.Time) WaitingClock {
	day := DayStart(now)
	for range maxLateDays {
		before := day.AddDate(0, 0, -1)
		if reviewDue(before).Before(now) {
			break
		}
		day = before
	}
	return WaitingClock{Now: now, ReviewDue: reviewDue, ReviewLate: day}
}

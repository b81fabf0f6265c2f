package jiqiao

import (
	"slices"
	"testing"
)

// Every state is reached from the first, the ends are ends, and no move leads back.
func TestIntroductionStates(t *testing.T) {
	reached := []IntroductionState{IntroductionInvited}
	for n := 0; n < len(reached); n++ {
		for _, to := range IntroductionStates {
			if reached[n].May(to) && !slices.Contains(reached, to) {
				reached = append(reached, to)
			}
		}
	}
	if len(reached) != len(IntroductionStates) {
		t.Errorf("reached %v", reached)
	}
	for _, s := range IntroductionStates {
		if s.Label() == "" {
			t.Errorf("%s has no name", s)
		}
		if s.May(IntroductionInvited) || s.May(s) {
			t.Errorf("%s leads back", s)
		}
		if open := s == IntroductionInvited || s == IntroductionInterested; s.Open() != open {
			t.Errorf("%s is open: %t", s, s.Open())
		}
	}
	if IntroductionInterested.May(IntroductionDeclined) || IntroductionState("x").Open() {
		t.Error("what both wanted is declined, or an unknown state is open")
	}
}

func TestAnswerMoves(t *testing.T) {
	want := map[AnswerState][]AnswerState{
		AnswerWaiting:    {AnswerInterested, AnswerDeclined, AnswerMoreInfo},
		AnswerInterested: {AnswerDeclined},
		AnswerDeclined:   nil, // a refusal stands
		AnswerMoreInfo:   {AnswerWaiting, AnswerInterested, AnswerDeclined},
	}
	for _, from := range AnswerStates {
		if from.Label() == "" {
			t.Errorf("%s has no name", from)
		}
		for _, to := range AnswerStates {
			if got := from.May(to); got != slices.Contains(want[from], to) {
				t.Errorf("%s to %s: %t", from, to, got)
			}
		}
	}
}

// A side awaits itself, or whom it asked, or nobody.
func TestAwaited(t *testing.T) {
	for _, tc := range []struct {
		side IntroductionSide
		want Party
	}{
		{IntroductionSide{State: AnswerWaiting}, PartyNeed},
		{IntroductionSide{State: AnswerMoreInfo, Asked: PartyBroker}, PartyBroker},
		{IntroductionSide{State: AnswerInterested}, ""},
		{IntroductionSide{State: AnswerDeclined}, ""},
	} {
		if got := tc.side.Awaited(PartyNeed); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.side.State, got, tc.want)
		}
	}
	i := Introduction{Need: IntroductionSide{Organisation: "o_1"}, Achievement: IntroductionSide{Organisation: "o_2"}}
	if i.PartyOf("") != "" || i.PartyOf("o_3") != "" || i.PartyOf("o_2") != PartyAchievement || i.Side(PartyBroker) != nil {
		t.Error("an organisation is on the wrong side")
	}
}

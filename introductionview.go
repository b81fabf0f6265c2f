package jiqiao

// IntroductionView is an introduction as one person may see it.
type IntroductionView struct {
	Introduction
	StateLabel string `json:"state_label"`
	// Party is the viewer's part; empty looks on.
	Party Party `json:"party,omitempty"`
	// NeedRecord and AchievementRecord are the records as the viewer may see them; nil when deleted.
	NeedRecord        Record `json:"need_record,omitempty"`
	AchievementRecord Record `json:"achievement_record,omitempty"`
	// Shown is the evidence, as it was shown to the viewer's side when it was invited.
	Shown *Match `json:"evidence,omitempty"`
	// Contacts are the other side's contact, for a side, once both are interested.
	Contacts *ExchangedContact `json:"contacts,omitempty"`
	// Overdue says that an answer is late; Awaited of whom something is awaited.
	Overdue bool    `json:"overdue"`
	Awaited []Party `json:"awaited"`
	// May lists what the viewer may do now.
	May []IntroductionVerb `json:"may"`
	// Unread counts the messages that others wrote and the viewer, who takes part, has not read.
	Unread int `json:"unread,omitempty"`
	// Warning says that the calendar does not know the holidays of the time that the clock runs in.
	Warning string `json:"warning,omitempty"`
}

// ExchangedContact is whom to call on the other side.
type ExchangedContact struct {
	Organisation string  `json:"organisation"`
	Contact      Contact `json:"contact"`
}

// IntroductionVerb is what can be done with an introduction.
type IntroductionVerb string

// The verbs.
const (
	IntroductionAnswer    IntroductionVerb = "answer"
	IntroductionSay       IntroductionVerb = "message"
	IntroductionMeet      IntroductionVerb = "meeting"
	IntroductionAgree     IntroductionVerb = "agree"
	IntroductionUndertake IntroductionVerb = "undertake"
	IntroductionRemind    IntroductionVerb = "remind"
	IntroductionHand      IntroductionVerb = "hand"
	IntroductionClose     IntroductionVerb = "close"
)

// ReminderResult is what came of reminding in one introduction of several.
type ReminderResult struct {
	ID string `json:"id"`
	// Sides were reminded.
	Sides []Party `json:"sides"`
	// Error says why nobody was; nil for success.
	Error *Error `json:"error,omitempty"`
}

// IntroductionViewPage is a page of introductions as somebody may see them.
type IntroductionViewPage struct {
	Total int                `json:"total"`
	Items []IntroductionView `json:"items"`
	Next  string             `json:"next,omitempty"`
}

// IntroductionInput asks for an introduction that came of no candidate.
type IntroductionInput struct {
	NeedID        string `json:"need_id"`
	AchievementID string `json:"achievement_id"`
	// Message is written to both sides.
	Message string `json:"message,omitempty"`
}

// Validate reports every field that breaks a rule; whether the records exist is not known here.
func (in *IntroductionInput) Validate() error {
	var ck checker
	ck.required("need_id", "技术需求的编号", in.NeedID)
	ck.required("achievement_id", "科技成果的编号", in.AchievementID)
	ck.text("message", "附言", in.Message, MaxNote)
	return Invalid(ck.found)
}

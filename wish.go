package jiqiao

import "time"

// Wish (对接申请) is an owner's asking for an introduction: in the matches of a record of his own, or by searching, he found
// one of the other side. A broker answers it like every candidate.
type Wish struct {
	NeedID        string `json:"need_id"`
	AchievementID string `json:"achievement_id"`
	// Note tells the broker why; the other side does not see it.
	Note string `json:"note"`
	// Side is which of the two is the asking organisation's own; both follow from who asks.
	Side         Kind   `json:"-"`
	Organisation string `json:"-"`
	User         string `json:"-"`
	// Changed is when one of the two records was last changed: what was turned down before then may be asked again.
	Changed time.Time `json:"-"`
	// DueAt is when it should be decided.
	DueAt time.Time `json:"-"`
}

// WishAnswer is what the owner of one side was told whose wish was turned down, while the pair goes on because the other
// side asks, too.
type WishAnswer struct {
	Side                 Kind
	WishedAt, AnsweredAt time.Time
	// Reason is a code of "rejection", DecisionID the decision.
	Reason, DecisionID string
}

// MaxWishes is how many wishes of one record may wait for a broker's decision.
const MaxWishes = 20

// Validate reports every field that breaks a rule.
func (w *Wish) Validate() error {
	var ck checker
	ck.required("need_id", "技术需求的编号", w.NeedID)
	ck.required("achievement_id", "科技成果的编号", w.AchievementID)
	ck.text("note", "申请说明", w.Note, MaxNote)
	return Invalid(ck.found)
}

// WishedBy reports whether the owner of that side asks for an introduction.
func (c *Candidate) WishedBy(side Kind) bool {
	if side == KindNeed {
		return c.NeedWish != nil
	}
	return c.AchievementWish != nil
}

// Wished reports whether one of the two owners asks for an introduction.
func (c *Candidate) Wished() bool { return c.NeedWish != nil || c.AchievementWish != nil }

// SetWish notes since when the owner of that side asks, nil that he does not.
func (c *Candidate) SetWish(side Kind, at *time.Time) {
	if side == KindNeed {
		c.NeedWish = at
		return
	}
	c.AchievementWish = at
}

// Wish is who owns the record of that side, and since when he asks for an introduction; nil for one who does not.
func (c *Candidate) Wish(side Kind) (owner string, since *time.Time) {
	if side == KindNeed {
		return c.NeedOwner, c.NeedWish
	}
	return c.AchievementOwner, c.AchievementWish
}

// Wishers are the organisations that ask for an introduction.
func (c *Candidate) Wishers() []string {
	var found []string
	if c.NeedWish != nil {
		found = append(found, c.NeedOwner)
	}
	if c.AchievementWish != nil {
		found = append(found, c.AchievementOwner)
	}
	return found
}

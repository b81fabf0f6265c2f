package matcher

import (
	"slices"

	"jiqiao"
)

// Features are what of a pair is compared, in a fixed order, the same numbers whichever side is the subject. What is
// compared of the texts is 0–1, and more means more in common; facts are -1 to 1; one feature says only what kind of
// pair it is.
type Features [featureCount]float64

type feature int

const (
	featureCharacters feature = iota
	featurePairs
	featureCodes
	featurePhrases

	featureNeedMet
	featureNeedMetByTitle
	featureNeedTitleMet
	featureNeedTitleMetByTitle
	featureAchievementMet
	featureAchievementMetByTitle
	featureAchievementTitleMet
	featureAchievementTitleMetByTitle

	featureTitlesAlike
	featureNeedTitleAlike
	featureAchievementTitleAlike
	featureTextsAlike

	featureAchievementText

	featureFacts // factCount of them
	featureCount = featureFacts + factCount
)

// featureNames are for models and machines, their labels for people.
var featureNames = [featureFacts]struct{ name, label string }{
	// The sums over common terms of rarity × weight in the need × weight in the achievement, half of a usual one at ½.
	featureCharacters: {"characters", "用字相近"},
	featurePairs:      {"pairs", "用词相同"},
	featureCodes:      {"codes", "型号、缩写与数值相同"},
	featurePhrases:    {"phrases", "短语与型号相同"},
	// How much of the key words of one side, all or the title's, find a word that means the same on the other side,
	// anywhere or in its title. The first four weigh the need's words.
	featureNeedMet:                    {"need_met", "需求要点在成果中"},
	featureNeedMetByTitle:             {"need_met_by_title", "需求要点在成果名称中"},
	featureNeedTitleMet:               {"need_title_met", "需求名称要点在成果中"},
	featureNeedTitleMetByTitle:        {"need_title_met_by_title", "需求名称要点在成果名称中"},
	featureAchievementMet:             {"achievement_met", "成果要点在需求中"},
	featureAchievementMetByTitle:      {"achievement_met_by_title", "成果要点在需求名称中"},
	featureAchievementTitleMet:        {"achievement_title_met", "成果名称要点在需求中"},
	featureAchievementTitleMetByTitle: {"achievement_title_met_by_title", "成果名称要点在需求名称中"},
	// Cosines of the vectors of titles and of whole texts; a record without a title has its text for one.
	featureTitlesAlike:           {"titles_alike", "名称语义相近"},
	featureNeedTitleAlike:        {"need_title_alike", "需求名称与成果全文语义相近"},
	featureAchievementTitleAlike: {"achievement_title_alike", "成果名称与需求全文语义相近"},
	featureTextsAlike:            {"texts_alike", "全文语义相近"},
	// The characters of the achievement's text, title apart; no measure of likeness.
	featureAchievementText: {"achievement_text", "成果正文字数"},
}

// FeatureNames are the names of the features in their order, facts.go's at the end.
func FeatureNames() []string {
	names := make([]string, 0, featureCount)
	for _, f := range featureNames {
		names = append(names, f.name)
	}
	for _, f := range factNames {
		names = append(names, f.name)
	}
	return names
}

// nothing reports whether the two texts have nothing in common.
func (f *Features) nothing() bool {
	return !slices.ContainsFunc(f[:featureAchievementText], func(v float64) bool { return v != 0 })
}

// features compares the subject with one profile of the other side that m has met.
func (w *Weights) features(s *subject, m *meeting, other *Profile) Features {
	var f Features
	sums := w.lexical(s, other, nil)
	for class, sum := range sums.classes {
		f[featureCharacters+feature(class)] = sum / (sum + w.Half)
	}
	f[featurePhrases] = sums.phrases / (sums.phrases + w.Phrases.Half)
	need, achievement := &s.profile.facts, &other.facts
	mine, theirs := s.cover(m, other)
	title, whole := s.rays(other)
	myTitle, theirTitle := s.title.cosine(whole), s.whole.cosine(title)
	if s.profile.Kind == jiqiao.KindAchievement {
		mine, theirs = theirs, mine
		myTitle, theirTitle = theirTitle, myTitle
		need, achievement = achievement, need
	}
	mine.fill(f[featureNeedMet:])
	theirs.fill(f[featureAchievementMet:])
	f[featureTitlesAlike] = s.title.cosine(title)
	f[featureNeedTitleAlike] = myTitle
	f[featureAchievementTitleAlike] = theirTitle
	f[featureTextsAlike] = s.whole.cosine(whole)
	s.feel(&f, other.ID)
	offer := other
	if s.profile.Kind == jiqiao.KindAchievement {
		offer = s.profile
	}
	f[featureAchievementText] = float64(offer.lengths[partMain])
	compareFacts(need, achievement, f[featureFacts:])
	return f
}

func (c covered) fill(dst []float64) {
	dst[0], dst[1], dst[2], dst[3] = c.all, c.allByTitle, c.title, c.titleByTitle
}

// rays makes the other side's vectors ready, in room that the next pair uses again.
func (s *subject) rays(other *Profile) (title, whole ray) {
	s.other[0] = other.title.expanded(s.other[0])
	title = ray{s.other[0], other.title.inverse}
	if !other.oneVector() {
		s.other[1] = other.whole.expanded(s.other[1])
		return title, ray{s.other[1], other.whole.inverse}
	}
	return title, title
}

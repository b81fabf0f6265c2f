package train

import "jiqiao/matcher/rank"

// titleTerms are the features that order pairs of which the achievement is a title. On such pairs several of the
// matcher's features are one and the same, and more of them give nothing (docs/ranker.md has the table).
var titleTerms = []Term{
	{"characters", "用字相近", 1},
	{"pairs", "用词相同", 1},
	{"achievement_title_met", "成果名称要点在需求中", 1},
	{"titles_alike", "名称语义相近", 1},
	{"achievement_title_alike", "成果名称与需求全文语义相近", 1},
}

// keptTitle: the graded titles have lost their Latin letters and numbers, and codes must count nevertheless.
var keptTitle = []string{"codes"}

// textTerms are those for achievements with a text. Straight lines, and few: what they are trained on is only like what
// they are for.
var textTerms = []Term{
	{"characters", "用字相近", 1},
	{"pairs", "用词相同", 1},
	{"codes", "型号、缩写与数值相同", 1},
	{"need_met", "需求要点在成果中", 1},
	{"achievement_met", "成果要点在需求中", 1},
	{"titles_alike", "名称语义相近", 1},
	{"texts_alike", "全文语义相近", 1},
}

// Defaults are the options by which the shipped ranker was fitted, for feature vectors with these names. Version and
// Provenance are the caller's to fill.
func Defaults(names []string) Options {
	return Options{Names: names, Title: titleTerms, KeepTitle: keptTitle, Text: textTerms, Base: rank.Fallback()}
}

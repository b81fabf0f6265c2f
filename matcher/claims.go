package matcher

import (
	"strings"
	"unicode/utf8"

	"jiqiao"
)

// claims are what a record's sentences say beyond its fields about readiness and about whom it will work with. Each keeps
// the sentence, which is quoted.
type claims struct {
	// level is the readiness that a need demands or an achievement admits, 0 for none.
	level      int
	levelQuote string
	refusals   []refusal
}

// refusal is a sentence that rules out modes of cooperation or places.
type refusal struct {
	quote string
	modes []string // codes of the list "cooperation" that are ruled out
	// region is the code of the only place that will do; province and city mean that of the record itself.
	region         string
	province, city bool
}

// scope is the region that will do for a record of the given region, "" for any.
func (r refusal) scope(own string) string {
	switch {
	case r.region != "":
		return r.region
	case len(own) != 6 || !r.province && !r.city:
		return ""
	case r.province, municipal[own[:2]]:
		return own[:2] + "0000"
	default:
		return own[:4] + "00"
	}
}

// municipal are the cities that are provinces: 北京, 天津, 上海, 重庆.
var municipal = map[string]bool{"11": true, "12": true, "31": true, "50": true}

// saying is a phrase and the readiness that it stands for, after [jiqiao.MaturityRange].
type saying struct {
	phrase string
	level  int
}

var levelSayings = map[jiqiao.Kind][]saying{
	jiqiao.KindNeed: {
		{"已通过中试", 6}, {"已完成中试", 6}, {"通过中试的", 6}, {"完成中试的", 6}, {"经过中试", 6}, {"中试以上", 6},
		{"可直接产业化", 8}, {"能直接产业化", 8}, {"可直接应用", 8}, {"已产业化的", 8}, {"可以量产的", 8}, {"已量产的", 8},
	},
	jiqiao.KindAchievement: {
		{"尚未中试", 5}, {"未进行中试", 5}, {"没有中试", 5}, {"未开展中试", 5}, {"尚未开展中试", 5}, {"尚处于实验室", 4}, {"仍处于实验室", 4}, {"处于实验室阶段", 4},
		{"仅完成实验室", 4}, {"目前完成实验室", 4}, {"仅在实验室", 4}, {"处于研发阶段", 3}, {"尚在研发", 3}, {"原理验证阶段", 3},
	},
}

// wantWords have to stand in the sentence of a need that demands a readiness: 已通过中试 may tell of what the enterprise has.
var wantWords = []string{"要求", "希望", "需", "应", "须", "必须", "优先", "寻求", "征集", "寻找"}

var (
	modeWords = []struct{ word, code string }{
		{"转让", "transfer"}, {"许可", "licence"}, {"入股", "equity"}, {"联合开发", "joint"}, {"合作开发", "joint"}, {"合作研发", "joint"}, {"联合研发", "joint"},
		{"委托", "commission"}, {"咨询", "consulting"}, {"技术服务", "service"}, {"共建", "joint_entity"},
	}
	// refuseWords rule out what follows them, onlyWords everything else.
	refuseWords = []string{"不接受", "不考虑", "不同意", "不采用", "不采取", "拒绝", "不做", "不"}
	onlyWords   = []string{"只接受", "仅接受", "仅限", "只限", "只考虑", "仅考虑", "仅以", "只以", "限于", "仅面向", "只面向", "只做", "仅做"}
)

// claimsOf reads them. A record without any of the phrases, the usual one, costs a few searches.
func claimsOf(kind jiqiao.Kind, texts []passage) claims {
	var c claims
	sayings := levelSayings[kind]
	for _, s := range texts {
		if s.Field == jiqiao.FieldTitle || s.Field == jiqiao.FieldKeywords || s.Label == metricsLabel || !suspicious(s.Text, sayings) {
			continue
		}
		for _, span := range s.sentences {
			c.read(kind, s.Text[span.Start:span.End], sayings)
		}
	}
	return c
}

func suspicious(text string, sayings []saying) bool {
	for _, s := range sayings {
		if strings.Contains(text, s.phrase) {
			return true
		}
	}
	return containsAny(text, []string{"仅", "只", "限于", "拒绝"}) || refuses(text)
}

// refuses reports whether a 不 stands before what refuses or is refused: 不接受, 不转让.
func refuses(text string) bool {
	for {
		_, rest, ok := strings.Cut(text, "不")
		if !ok {
			return false
		}
		if r, _ := utf8.DecodeRuneInString(rest); strings.ContainsRune("接考同采做转许入委咨共联合技", r) {
			return true
		}
		text = rest
	}
}

func (c *claims) read(kind jiqiao.Kind, sentence string, sayings []saying) {
	for _, s := range sayings {
		if c.level == 0 && strings.Contains(sentence, s.phrase) && (kind != jiqiao.KindNeed || containsAny(sentence, wantWords)) {
			c.level, c.levelQuote = s.level, quote(sentence, s.phrase)
		}
	}
	for clause := range strings.FieldsFuncSeq(sentence, func(r rune) bool { return strings.ContainsRune("，,；;。：:", r) }) {
		r := refusal{modes: refusedModes(clause)}
		r.readRegion(clause)
		if len(r.modes) > 0 || r.region != "" || r.province || r.city {
			r.quote = strings.TrimSpace(clause)
			c.refusals = append(c.refusals, r)
		}
	}
}

// maxQuote bounds what is quoted in a sentence of ours, in bytes: about forty characters.
const maxQuote = 120

// quote is the sentence, or of a long one the clause with the phrase.
func quote(sentence, phrase string) string {
	if len(sentence) > maxQuote {
		for clause := range strings.FieldsFuncSeq(sentence, func(r rune) bool { return strings.ContainsRune("，,；;", r) }) {
			if strings.Contains(clause, phrase) {
				return strings.Trim(clause, " 。")
			}
		}
	}
	return strings.Trim(sentence, " 。；;")
}

// refusedModes lists the modes that a clause rules out: by name (不接受技术转让), or all but one (仅限技术许可).
func refusedModes(clause string) []string {
	for _, w := range onlyWords {
		_, rest, ok := strings.Cut(clause, w)
		if !ok {
			continue
		}
		named := modesIn(rest)
		if len(named) == 0 {
			return nil
		}
		var refused []string
		for _, m := range modeWords {
			if !containsString(named, m.code) && !containsString(refused, m.code) {
				refused = append(refused, m.code)
			}
		}
		return refused
	}
	for _, w := range refuseWords {
		_, rest, ok := strings.Cut(clause, w)
		if !ok {
			continue
		}
		if w != "不" {
			return modesIn(rest)
		}
		for _, m := range modeWords { // 不转让, but not 不少于三项许可
			if strings.HasPrefix(rest, m.word) {
				return []string{m.code}
			}
		}
		return nil
	}
	return nil
}

func modesIn(text string) []string {
	var codes []string
	for _, m := range modeWords {
		if strings.Contains(text, m.word) && !containsString(codes, m.code) {
			codes = append(codes, m.code)
		}
	}
	return codes
}

func containsString(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// partnerWords say that a clause about a place is about whom to work with.
var partnerWords = []string{"单位", "高校", "院校", "企业", "团队", "机构", "院所", "合作", "转化", "实施", "落地"}

// readRegion reads 仅限省内高校, 只接受江苏省企业.
func (r *refusal) readRegion(clause string) {
	for _, w := range onlyWords {
		_, rest, ok := strings.Cut(clause, w)
		if !ok || !containsAny(rest, partnerWords) {
			continue
		}
		rest = strings.TrimLeft(rest, "在与和 ")
		switch {
		case anyPrefix(rest, []string{"省内", "本省"}):
			r.province = true
		case anyPrefix(rest, []string{"市内", "本市", "本地"}):
			r.city = true
		default:
			r.region = regionAt(rest)
		}
		return
	}
}

// regionAt is the region with the longest name that text begins with.
func regionAt(text string) string {
	found := ""
	for n, end := 0, 0; n < 8 && end < len(text); n++ {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
		if code, ok := jiqiao.CodeByLabel("region", text[:end]); ok && n > 0 {
			found = code
		}
	}
	return found
}

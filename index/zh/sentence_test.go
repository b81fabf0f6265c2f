package zh

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func sentencesOf(text string) []string {
	var all []string
	for _, s := range Sentences(text) {
		all = append(all, text[s.Start:s.End])
	}
	return all
}

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"only white space", " \n\t\r\n　", nil},
		{"marks", "结温高。寿命短！怎么办？换材料；", []string{"结温高。", "寿命短！", "怎么办？", "换材料；"}},
		{"closing quote stays", "他说：“可以。”然后走了。", []string{"他说：“可以。”", "然后走了。"}},
		{"no mark at the end", "第一句。第二句", []string{"第一句。", "第二句"}},
		{"line breaks", "第一行\r\n\r\n第二行\n", []string{"第一行", "第二行"}},
		{"not inside a number", "误差小于0.05mm，温度3.5℃", []string{"误差小于0.05mm，温度3.5℃"}},
		{"not inside a standard", "符合GB/T 1.1的要求", []string{"符合GB/T 1.1的要求"}},
		{"journals' full stop", "提出了一种方法.仿真结果表明有效.", []string{"提出了一种方法.", "仿真结果表明有效."}},
		{"full stop after a bracket", "差异显著(P＜0.05).结论可靠.", []string{"差异显著(P＜0.05).", "结论可靠."}},
		{"full stop after a number", "系数为0.95.结果可信", []string{"系数为0.95.", "结果可信"}},
		{"list with points", "1.提高产率\n2.降低成本", []string{"1.提高产率", "2.降低成本"}},
		{"list in a line", "主要问题：1、温度高；2、寿命短", []string{"主要问题：", "1、温度高；", "2、寿命短"}},
		{"list in brackets", "需求：（1）材料。（2）工艺，(3)评估", []string{"需求：", "（1）材料。", "（2）工艺，", "(3)评估"}},
		{"circled list", "创新点：①材料；②工艺", []string{"创新点：", "①材料；", "②工艺"}},
		{"circled reference", "反应①和②", []string{"反应①和②"}},
		{"Chinese list", "一、背景\n二、目标", []string{"一、背景", "二、目标"}},
		{"enumeration is no list", "共有三、四、五级", []string{"共有三、四、五级"}},
		{"reference is no list", "由式(1)和图1、图2可知", []string{"由式(1)和图1、图2可知"}},
		{"English", "We use YOLO. Results are good.", []string{"We use YOLO.", "Results are good."}},
		{"English abbreviation", "See Fig. 1 and J. Smith.", []string{"See Fig. 1 and J. Smith."}},
		{"version", "基于Vue 3.5和Go1.26构建", []string{"基于Vue 3.5和Go1.26构建"}},
		{"ellipsis", "很多……还有", []string{"很多……", "还有"}},
		{"invalid UTF-8", "坏\xff字。好", []string{"坏\xff字。", "好"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, sentencesOf(c.text)); diff != "" {
				t.Errorf("Sentences(%q): %s", c.text, diff)
			}
		})
	}
}

func TestLongSentencesAreCutAtCommas(t *testing.T) {
	clause := strings.Repeat("长", 30) + "，"
	got := sentencesOf(strings.Repeat(clause, 20) + "完。")
	if len(got) < 5 {
		t.Fatalf("a sentence of 600 characters gave %d pieces", len(got))
	}
	for _, s := range got[:len(got)-1] {
		if !strings.HasSuffix(s, "，") || len(s) > maxSentence {
			t.Errorf("piece of %d bytes: %q", len(s), s)
		}
	}
	for _, s := range sentencesOf(strings.Repeat("长", 2000)) {
		if len(s) > 2*maxSentence+utf8.UTFMax || !utf8.ValidString(s) {
			t.Errorf("piece of %d bytes, valid %v", len(s), utf8.ValidString(s))
		}
	}
}

func FuzzSentences(f *testing.F) {
	for _, s := range []string{"", "a.b。c", "1、2、3", "（1）x\xff\xfe", strings.Repeat("长，", 400), "①②", "。。。", ".\n."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		done := 0
		for _, s := range Sentences(text) {
			if s.Start < done || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("span %v after %d in %d bytes", s, done, len(text))
			}
			if strings.TrimSpace(text[done:s.Start]) != "" {
				t.Fatalf("lost %q", text[done:s.Start])
			}
			done = s.End
		}
		if strings.TrimSpace(text[done:]) != "" {
			t.Fatalf("lost %q", text[done:])
		}
	})
}

package main

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"jiqiao"
)

const vagueDraft = "液压支架立柱激光熔覆涂层\n目前涂层容易出现横向裂纹，返修率较高。需要提高涂层耐磨性，尽快解决。"

func TestClinicCommand(t *testing.T) {
	s := withSample(t)
	text := s.ok("clinic", s.file("需求.txt", vagueDraft))
	for _, want := range []string{"完整度", "指标", "不够具体", "提高涂层耐磨性", "现在是多少", "“尽快”", "建议关键词：", "激光熔覆", "40105"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	if got := s.feed(vagueDraft, "clinic", "-"); got.out != text {
		t.Errorf("standard input gives something else:\n%s", got.out)
	}
	var d jiqiao.Diagnosis
	s.json(&d, "clinic", s.file("草稿.json", `{"title":"激光熔覆涂层","problem":"涂层开裂，返修率较高","deadline":"2020-01-01"}`))
	if d.Kind != jiqiao.KindNeed || len(d.Aspects) == 0 || len(d.Remarks) == 0 {
		t.Errorf("%+v", d)
	}
	var needs answer
	s.json(&needs, "search", "need", "碳化硅模块", "--limit", "1")
	if text := s.ok("clinic", needs.Hits[0].Record.ID); !strings.Contains(text, "可以发布") {
		t.Errorf("a stored need:\n%s", text)
	}
	if text := s.ok("clinic", "--kind", "achievement", s.file("成果.txt", "蒸发结晶装置\n性能优异，国内领先。")); !strings.Contains(text, "由成果方回答") || !strings.Contains(text, "优势与对比") {
		t.Errorf("an achievement:\n%s", text)
	}
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(vagueDraft)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.ok("clinic", s.file("记事本.txt", gbk)); got != text {
		t.Errorf("a text in GB18030 is read as:\n%s", got)
	}
	s.fails(exitFailed, []string{"无法打开文件 无此文件.txt"}, "clinic", "无此文件.txt")
	s.fails(exitFailed, []string{"不是有效的 JSON"}, "clinic", s.file("坏.json", "{"))
	s.fails(exitFailed, []string{"titel"}, "clinic", s.file("错.json", `{"titel":"x"}`))
	s.fails(exitFailed, []string{"text"}, "clinic", s.file("空.txt", "……"))
	s.fails(exitUsage, []string{"类别应为"}, "clinic", "x.txt", "--kind", "thing")
	s.fails(exitUsage, []string{"用法为：jiqiao clinic"}, "clinic")
}

func TestTrainCodesAsksWhatToDo(t *testing.T) {
	s := newSession(t)
	s.fails(exitUsage, []string{"--out", "--report"}, "train", "codes")
	s.fails(exitUsage, []string{"--out", "--report"}, "train", "codes", "--report", "--out", "x")
	s.fails(exitFailed, []string{"abstracts.jsonl.gz"}, "train", "codes", "--report", "--corpus", t.TempDir())
}

package notify

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jiqiao"
)

func loaded(t testing.TB) Templates {
	t.Helper()
	all, err := LoadTemplates()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryTemplateRendersItsSample(t *testing.T) {
	for name, tpl := range loaded(t) {
		title, body, missing, err := loaded(t).Render(jiqiao.Notice{Template: name, Data: tpl.Sample})
		if err != nil || len(missing) > 0 {
			t.Errorf("%s: %v, missing %v", name, err, missing)
		}
		if title == "" || strings.Contains(title, "\n") || strings.Contains(title+body, "<no value>") || strings.Contains(body, "{{") {
			t.Errorf("%s: title %q\n%s", name, title, body)
		}
		if text := title + body; !tpl.Secret && Redact(text) != text {
			t.Errorf("%s holds a phone number or mail address:\n%s", name, text)
		}
		if !tpl.Topic().Valid() {
			t.Errorf("%s: topic %q", name, tpl.Topic())
		}
		// Without what may be left out it still reads.
		for key := range tpl.Optional {
			if tpl.Optional[key] {
				data := map[string]string{}
				for k, v := range tpl.Sample {
					if k != key {
						data[k] = v
					}
				}
				if _, _, missing, err := loaded(t).Render(jiqiao.Notice{Template: name, Data: data}); err != nil || len(missing) > 0 {
					t.Errorf("%s without %s: %v, missing %v", name, key, err, missing)
				}
			}
		}
	}
}

func TestDatesReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-27": "2026年11月27日（周五）", "2027-01-03": "2027年1月3日（周日）", "2026-11-30 14:00": "2026年11月30日（周一）14:00",
		unstated: unstated, "": "", "2026-13-01": "2026-13-01", "…": "…", "下周三 14:00": "下周三 14:00",
	} {
		if got := day(text); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
	all := loaded(t)
	machine := regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)
	for name, tpl := range all {
		title, body, _, err := all.Render(jiqiao.Notice{Template: name, Data: tpl.Sample})
		if err != nil || machine.MatchString(title+body) {
			t.Errorf("%s: %v\n%s\n%s", name, err, title, body)
		}
	}
	_, body, _, err := all.Render(jiqiao.Notice{Template: "introduction.nudge", Data: map[string]string{"title": "甲", "due": "2026-11-27"}})
	if err != nil || body != "对方在等您的答复。答复期限是2026年11月27日（周五）。" {
		t.Errorf("%q %v", body, err)
	}
}

// used finds the names of templates in the sources of the service.
var used = regexp.MustCompile(`(?:Template:|Template =)\s*"([a-z_.]+)"`)

func TestEveryTemplateThatCodeNamesIsThere(t *testing.T) {
	all := loaded(t)
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "frontend") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range used.FindAllStringSubmatch(string(text), -1) {
			if all[m[1]] == nil {
				t.Errorf("%s tells %q, for which there is no text in internal/notify/templates", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBadTemplatesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"text before":       "标题\n@ a.b\n标题",
		"no name":           "@ \n标题",
		"no title":          "@ a.b\n\n正文",
		"no lines":          "@ a.b",
		"unknown flag":      "@ a.b loud\n标题",
		"undeclared key":    "@ a.b\n标题 {{.need}}",
		"undeclared inside": "@ a.b\n: need x\n标题\n{{if .need}}{{.other}}{{end}}",
		"broken":            "@ a.b\n标题 {{.need",
		"broken body":       "@ a.b\n标题\n{{end}}",
	} {
		if found, err := parse(text); err == nil {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func parsed(t *testing.T, text string) Templates {
	t.Helper()
	found, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	all := Templates{}
	for _, tpl := range found {
		all[tpl.Name] = tpl
	}
	return all
}

func TestDataIsTextAndNothingElse(t *testing.T) {
	all := parsed(t, "# 说明\n@ deal.note\n: deal x\n:? note\n进展：{{.deal}}\n{{.deal}}{{with .note}}：{{.}}{{end}}\n")
	for name, c := range map[string]struct {
		data        map[string]string
		title, body string
		missing     string
	}{
		"a template":  {map[string]string{"deal": `{{.note}}{{define "x"}}`, "note": "{{.}}"}, `进展：{{.note}}{{define "x"}}`, `{{.note}}{{define "x"}}：{{.}}`, "[]"},
		"a header":    {map[string]string{"deal": "甲\r\nBcc: x\x00\u2028乙"}, "进展：甲 Bcc: x 乙", "甲\r\nBcc: x\x00\u2028乙", "[]"},
		"a phone":     {map[string]string{"deal": "电话 138-0013-8000 找我", "note": "a@b.cn"}, "进展：电话 " + hiddenNumber + " 找我", "电话 " + hiddenNumber + " 找我：" + hiddenNumber, "[]"},
		"missing":     {nil, "进展：" + unstated, unstated, "[deal]"},
		"blank":       {map[string]string{"deal": " "}, "进展：" + unstated, unstated, "[deal]"},
		"too much":    {map[string]string{"deal": "甲", "spare": "乙"}, "进展：甲", "甲", "[]"},
		"broken text": {map[string]string{"deal": "甲\xff"}, "进展：甲", "甲", "[]"},
	} {
		title, body, missing, err := all.Render(jiqiao.Notice{Template: "deal.note", Data: c.data})
		if err != nil || title != c.title || body != c.body || fmt.Sprint(missing) != c.missing {
			t.Errorf("%s: %q, %q, missing %v, %v", name, title, body, missing, err)
		}
	}
	if _, _, _, err := all.Render(jiqiao.Notice{Template: "deal.none"}); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		t.Errorf("an unknown template: %v", err)
	}
	title, body, _, err := all.Render(jiqiao.Notice{Template: "deal.note", Data: map[string]string{"deal": strings.Repeat("长", 10_000)}})
	if err != nil || len([]rune(title)) != maxTitle || len([]rune(body)) != maxBody {
		t.Errorf("long: %d and %d characters, %v", len([]rune(title)), len([]rune(body)), err)
	}
}

func TestLabelsNameNobody(t *testing.T) {
	all, err := LoadTemplates()
	if err != nil {
		t.Fatal(err)
	}
	for name, tmpl := range all {
		label := tmpl.Label()
		if label == name || label == "" {
			t.Errorf("%s has no label", name)
		}
		for _, sample := range tmpl.Sample {
			if len([]rune(sample)) > 4 && strings.Contains(label, sample) {
				t.Errorf("%s is labelled with its sample: %s", name, label)
			}
		}
	}
	if label := all["account.approved"].Label(); label != "注册申请已通过：…" {
		t.Errorf("the label is %q", label)
	}
}

func TestTopicsOfTemplates(t *testing.T) {
	for name, want := range map[string]jiqiao.NoticeTopic{
		"deal.stage": jiqiao.TopicDeal, "candidate.waiting": jiqiao.TopicQueue, "contract.signed": jiqiao.TopicPayment, "digest.weekly": jiqiao.TopicMatch,
		"review.signup": jiqiao.TopicReview, "review.submitted": jiqiao.TopicReview, "candidate.placed": jiqiao.TopicQueue,
		"signup.approved": jiqiao.TopicAccount, "merge.done": jiqiao.TopicRecord, "job.dead": jiqiao.TopicSystem,
	} {
		if got := (&Template{Name: name}).Topic(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestPhoneNumbersAndAddressesAreTakenOut(t *testing.T) {
	for _, text := range []string{
		"13800138000", "138 0013 8000", "138-0013-8000", "+8613800138000", "+86 138 0013 8000", "0086-13800138000", "１３８００１３８０００",
		"0515-88001234", "051588001234", "(0515)88001234", "（0515）88001234", "010-12345678", "400-800-1234", "4008001234", "400-8001-234",
		"zhang.san@example.com", "zhang@mail.example.com.cn",
	} {
		for _, around := range []string{"%s", "电话%s找我", "请拨 %s。", "（%s）", "A：%s\nB：%s"} {
			said := strings.ReplaceAll(around, "%s", text)
			if got, want := Redact(said), strings.ReplaceAll(around, "%s", hiddenNumber); got != want {
				t.Errorf("%q → %q, want %q", said, got, want)
			}
		}
	}
	for _, text := range []string{
		"", "统一社会信用代码 91320900MA1XXXXX0A", "专利号 202610123456.7", "金额 13800138000000 元", "n_01jdqv1380013800000", "2026-11-22", "第 13800 条",
		"GB/T 22900-2022", "温度 1380 ℃", "320981", "1 号楼 2026 年",
	} {
		if got := Redact(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("电话138-0013-8000")
	f.Add("a@b.cn\xff")
	f.Fuzz(func(t *testing.T, text string) {
		once := Redact(text)
		if phones.MatchString(once) && Redact(once) != once && !strings.Contains(once, hiddenNumber) {
			t.Errorf("%q → %q", text, once)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("@ a.b secret\n: need x\n标题 {{.need}}\n正文")
	f.Fuzz(func(t *testing.T, text string) {
		found, err := parse(text)
		if err != nil {
			return
		}
		for _, tpl := range found {
			if _, _, err := tpl.render(tpl.Sample); err != nil {
				t.Errorf("%s was accepted: %v", tpl.Name, err)
			}
		}
	})
}

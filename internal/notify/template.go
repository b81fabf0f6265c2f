package notify

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/template"

	"jiqiao"
)

//go:embed templates/*.txt
var templateFiles embed.FS

// Template is the text of one kind of notice.
type Template struct {
	Name string
	// Essential goes out by mail whatever the recipient's preferences, Personal never to bots and webhooks. MailOnly is
	// mailed alone, also to accounts that cannot sign in; Secret is that and holds a link as good as a password: its text
	// is forgotten once it is sent.
	Essential, Personal, MailOnly, Secret bool
	// Sample has an example of every key; Optional marks those that a notice may leave out.
	Sample   map[string]string
	Optional map[string]bool

	title, body *template.Template
}

// Topic is the first part of the name, for those names that are no topic the one they belong to.
func (t *Template) Topic() jiqiao.NoticeTopic {
	part, _, _ := strings.Cut(t.Name, ".")
	switch part {
	case "contract", "subsidy":
		return jiqiao.TopicPayment
	case "candidate":
		return jiqiao.TopicQueue
	case "digest", "alert":
		return jiqiao.TopicMatch
	case "signup", "organisation", "user", "security":
		return jiqiao.TopicAccount
	case "attachment", "merge":
		return jiqiao.TopicRecord
	}
	if topic := jiqiao.NoticeTopic(part); topic.Valid() {
		return topic
	}
	return jiqiao.TopicSystem
}

// Label is the title of the template for reports, with dots for what differs from notice to notice.
func (t *Template) Label() string {
	blank := make(map[string]string, len(t.Sample))
	for name := range t.Sample {
		blank[name] = "…"
	}
	title, _, err := t.render(blank)
	if err != nil {
		return t.Name
	}
	return title
}

// Templates are all texts, by name.
type Templates map[string]*Template

// LoadTemplates reads the built-in texts.
func LoadTemplates() (Templates, error) {
	all := Templates{}
	names, err := fs.Glob(templateFiles, "templates/*.txt")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := templateFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		found, err := parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, t := range found {
			if all[t.Name] != nil {
				return nil, fmt.Errorf("%s: %s is there twice", name, t.Name)
			}
			all[t.Name] = t
		}
	}
	return all, nil
}

// parse reads templates:
//
//	@ introduction.invited personal
//	: need 高温合金叶片激光熔覆修复
//	:? note 请提前准备图纸
//	对接邀请：{{.need}}
//	请在五个工作日内答复。{{with .note}}
//	备注：{{.}}{{end}}
//
// "@" begins one with its name and its flags (essential, personal, mail, secret); ":" declares a key with an example, ":?" one
// that may be missing; the next line is the title, and all up to the next "@" the body. A line that starts with "#" before
// the first template is a comment. The language is that of text/template, and {{day .due}} writes a date; a key that is not
// declared is an error.
func parse(text string) ([]*Template, error) {
	var (
		found []*Template
		lines []string
	)
	finish := func() error {
		if len(found) == 0 {
			return nil
		}
		return found[len(found)-1].compile(lines)
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		head, isHead := strings.CutPrefix(line, "@ ")
		switch {
		case isHead:
			if err := finish(); err != nil {
				return nil, err
			}
			t, err := newTemplate(head)
			if err != nil {
				return nil, err
			}
			found, lines = append(found, t), nil
		case len(found) == 0 && strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#"):
			return nil, fmt.Errorf("%q stands before the first template", line)
		case len(found) > 0:
			lines = append(lines, line)
		}
	}
	return found, finish()
}

func newTemplate(head string) (*Template, error) {
	words := strings.Fields(head)
	if len(words) == 0 {
		return nil, errors.New("a template has no name")
	}
	t := &Template{Name: words[0], Sample: map[string]string{}, Optional: map[string]bool{}}
	for _, flag := range words[1:] {
		switch flag {
		case "essential":
			t.Essential = true
		case "personal":
			t.Personal = true
		case "mail":
			t.MailOnly, t.Personal, t.Essential = true, true, true
		case "secret":
			t.Secret, t.MailOnly, t.Personal, t.Essential = true, true, true, true
		default:
			return nil, fmt.Errorf("%s: no flag %q", t.Name, flag)
		}
	}
	return t, nil
}

func (t *Template) compile(lines []string) error {
	for len(lines) > 0 && strings.HasPrefix(lines[0], ":") {
		declared, optional := strings.CutPrefix(lines[0], ":?")
		key, sample, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(declared, ":")), " ")
		t.Sample[key], t.Optional[key] = strings.TrimSpace(sample), optional
		lines = lines[1:]
	}
	if len(lines) == 0 || strings.TrimSpace(lines[0]) == "" {
		return fmt.Errorf("%s: no title", t.Name)
	}
	var err error
	if t.title, err = t.text().Parse(lines[0]); err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	t.body, err = t.text().Parse(strings.TrimSpace(strings.Join(lines[1:], "\n")))
	if err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	_, _, err = t.render(t.Sample)
	return err
}

// text is an empty text in the templates' language.
func (t *Template) text() *template.Template {
	return template.New(t.Name).Option("missingkey=error").Funcs(template.FuncMap{"day": day})
}

func (t *Template) render(data map[string]string) (title, body string, err error) {
	var b strings.Builder
	if err := t.title.Execute(&b, data); err != nil {
		return "", "", fmt.Errorf("the title of %s: %w", t.Name, err)
	}
	title = b.String()
	b.Reset()
	if err := t.body.Execute(&b, data); err != nil {
		return "", "", fmt.Errorf("the text of %s: %w", t.Name, err)
	}
	return title, b.String(), nil
}

// day writes 2026-11-27 as people read it, 2026年11月27日（周五）, and behind it the time of day of "2026-11-27 14:00". Anything
// else it leaves as it is.
func day(text string) string {
	date, clock, _ := strings.Cut(text, " ")
	at, err := jiqiao.Date(date).Time()
	if err != nil {
		return text
	}
	weekdays := [...]string{"日", "一", "二", "三", "四", "五", "六"}
	return at.Format("2006年1月2日") + "（周" + weekdays[at.Weekday()] + "）" + clock
}

// unstated stands for what a notice should have said and did not: a person who hears most of it is better off than one
// who hears nothing.
const unstated = "（未注明）"

const (
	// maxTitle and maxBody bound a text; data comes from people.
	maxTitle = 200
	maxBody  = 8_000
)

// Render makes the text of a notice. Data is text: nothing in it is a template. Phone numbers and mail addresses are
// taken out, and a title is one line. missing names the keys that the notice should have had.
func (ts Templates) Render(n jiqiao.Notice) (title, body string, missing []string, err error) {
	t := ts[n.Template]
	if t == nil {
		return "", "", nil, jiqiao.Fail(jiqiao.CodeInvalid, "没有名为 "+n.Template+" 的通知模板", nil)
	}
	data := make(map[string]string, len(t.Sample))
	for key := range t.Sample {
		value, ok := n.Data[key]
		switch {
		case !ok && t.Optional[key]:
		case !ok || strings.TrimSpace(value) == "" && !t.Optional[key]:
			missing = append(missing, key)
			value = unstated
		case !t.Secret:
			value = Redact(value)
		}
		data[key] = clip(strings.ToValidUTF8(value, ""), maxBody)
	}
	slices.Sort(missing)
	if title, body, err = t.render(data); err != nil {
		return "", "", missing, err
	}
	return clip(oneLine(title), maxTitle), clip(body, maxBody), missing, nil
}

// Names lists the templates in order.
func (ts Templates) Names() []string { return slices.Sorted(maps.Keys(ts)) }

// oneLine joins lines and drops control characters: a title becomes a header of a mail.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' }), " ")
}

// clip cuts a text to n characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	count := 0
	for i := range s {
		if count == n-1 {
			if len([]rune(s[i:])) > 1 {
				return s[:i] + "…"
			}
			return s
		}
		count++
	}
	return s
}

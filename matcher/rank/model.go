package rank

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"jiqiao"
)

//go:embed ranker.json
var rankerJSON string

//go:embed fallback.json
var fallbackJSON string

// Model is a ranker as it is written in its file. It is read-only after [Read].
type Model struct {
	// Version is stamped on every match that the model scores.
	Version string `json:"version"`
	// Provenance says in Chinese what the model was trained on and how.
	Provenance string `json:"provenance"`
	// Figures are what it measured in cross-validation on needs left out.
	Figures map[string]float64 `json:"figures,omitempty"`
	// Blend says how much of a pair is the Text regime's business.
	Blend Blend `json:"blend"`
	// Title scores pairs whose achievement says little more than its title, Text those where it has a text.
	Title Regime `json:"title"`
	Text  Regime `json:"text"`
	// Facts are offsets for what the forms' fields say; 0 where a field is empty.
	Facts []Shape `json:"facts,omitempty"`
	// Abstain is the probability of being related at all (弱 or better) below which the best candidate of a list is
	// not worth showing as an answer.
	Abstain float64 `json:"abstain"`
}

// Blend goes over from titles to texts: none of Text up to Low, all of it from High on. Feature counts the characters
// of the achievement's text: needs are hardly ever a title alone.
type Blend struct {
	Feature string  `json:"feature"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`

	at int
}

func (b *Blend) text(x []float64) float64 {
	return min(max((x[b.at]-b.Low)/(b.High-b.Low), 0), 1)
}

// Regime is the model for one kind of pair.
type Regime struct {
	// Base is the strength of a pair that has nothing in common, in log odds.
	Base   float64 `json:"base"`
	Shapes []Shape `json:"shapes"`
	// Levels give, from the strength, the chance of 弱 or better, of 较强 or better given 弱, and of 强 given 较强.
	Levels [3]Step `json:"levels"`
}

// Step is one logistic step from a level to the next; the slope is not negative, so that strength never lowers a level.
type Step struct {
	Slope  float64 `json:"slope"`
	Offset float64 `json:"offset"`
}

func (s Step) chance(strength float64) float64 { return logistic(s.Slope*strength + s.Offset) }

// Default is the model that ships with the program.
func Default() *Model { return mustRead("ranker.json", rankerJSON) }

// Fallback holds round weights on the lexical features alone, set by hand. It serves when a model cannot be used.
func Fallback() *Model { return mustRead("fallback.json", fallbackJSON) }

func mustRead(name, text string) *Model {
	m, err := Read(strings.NewReader(text))
	if err != nil {
		panic(fmt.Errorf("%s: %w", name, err)) // the file is part of the program, and a test reads it
	}
	return m
}

// Read reads a model and checks it. Unknown names are errors: a misspelt one would be 0 in silence.
func Read(r io.Reader) (*Model, error) {
	var m Model
	in := json.NewDecoder(r)
	in.DisallowUnknownFields()
	if err := in.Decode(&m); err != nil {
		return nil, fmt.Errorf("read ranker: %w", err)
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return &m, nil
}

// Write writes the model as Read reads it, indented so that versions can be compared line by line.
func (m *Model) Write(w io.Writer) error {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(m); err != nil {
		return fmt.Errorf("write ranker %s: %w", m.Version, err)
	}
	if _, err := w.Write(joinNumbers(b.Bytes())); err != nil {
		return fmt.Errorf("write ranker %s: %w", m.Version, err)
	}
	return nil
}

// joinNumbers puts lists of numbers on one line: a knot a line would hide the shape.
func joinNumbers(text []byte) []byte {
	var out bytes.Buffer
	for rest := text; ; {
		open := bytes.IndexByte(rest, '[')
		if open < 0 {
			out.Write(rest)
			return out.Bytes()
		}
		out.Write(rest[:open+1])
		rest = rest[open+1:]
		shut := bytes.IndexAny(rest, "[]{")
		if shut >= 0 && rest[shut] == ']' {
			fields := bytes.Fields(rest[:shut])
			out.Write(bytes.Join(fields, []byte(" ")))
			rest = rest[shut:]
		}
	}
}

// Validate names every value that cannot be right, as an Invalid error.
func (m *Model) Validate() error {
	var wrong []jiqiao.FieldError
	need := func(field string, ok bool, message string) {
		if !ok {
			wrong = append(wrong, jiqiao.FieldError{Field: field, Message: message})
		}
	}
	need("version", m.Version != "", "不能为空")
	need("provenance", m.Provenance != "", "不能为空")
	need("blend", m.Blend.Feature != "" && m.Blend.Low < m.Blend.High, "应指明特征，且下限小于上限")
	need("abstain", m.Abstain >= 0 && m.Abstain < 1, "应在 0 到 1 之间")
	for name, r := range map[string]*Regime{"title": &m.Title, "text": &m.Text} {
		need(name+".base", finite([]float64{r.Base}), "应为有限的数")
		need(name+".shapes", len(r.Shapes) > 0, "不能为空")
		for _, s := range r.Levels {
			need(name+".levels", s.Slope >= 0 && finite([]float64{s.Slope, s.Offset}), "斜率不能为负")
		}
	}
	for name, shapes := range m.shapeLists() {
		for i := range *shapes {
			wrong = append(wrong, (*shapes)[i].check(name)...)
		}
	}
	slices.SortStableFunc(wrong, func(a, b jiqiao.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return jiqiao.Invalid(wrong)
}

func (m *Model) shapeLists() map[string]*[]Shape {
	return map[string]*[]Shape{"title": &m.Title.Shapes, "text": &m.Text.Shapes, "facts": &m.Facts}
}

// Bind answers the model made ready for feature vectors whose places have these names. A model that asks for a feature
// that is not among them cannot be used: CodeInvalid.
func (m *Model) Bind(names []string) (*Ranker, error) {
	bound := *m
	var missing []jiqiao.FieldError
	place := func(feature string) int {
		at := slices.Index(names, feature)
		if at < 0 {
			missing = append(missing, jiqiao.FieldError{Field: feature, Message: "本版本没有这个特征，请重新训练排序模型"})
		}
		return at
	}
	bound.Blend.at = place(m.Blend.Feature)
	for _, shapes := range []*[]Shape{&bound.Title.Shapes, &bound.Text.Shapes, &bound.Facts} {
		*shapes = slices.Clone(*shapes)
		for i := range *shapes {
			(*shapes)[i].at = place((*shapes)[i].Feature)
		}
	}
	if err := jiqiao.Invalid(missing); err != nil {
		return nil, err
	}
	return &Ranker{model: bound, width: len(names)}, nil
}

package zh

// Kind says what a token is.
type Kind uint8

// What a token may be.
const (
	Word     Kind = iota + 1 // a dictionary word, of Han characters or mixed: 传感器, 3d打印
	Bigram                   // two neighbouring Han characters that are not also a Word at that place
	Single                   // a Han character alone between other things, or a one-character material such as 钢
	Latin                    // letters: bert, c++
	Number                   // 304, 0.5, -40
	Measure                  // a number with its unit: 0.5mm, 85℃
	Unit                     // the unit of a Measure: mm
	Formula                  // a chemical formula: al2o3, sic
	Model                    // letters and digits mixed or joined: yolov8, 6061-t6, li-ion
	Standard                 // a standard's number: gb/t19001-2016
	Compound                 // two things joined by a stroke of which one is Han: 石墨烯/pe
)

var kindNames = [...]string{"", "word", "bigram", "single", "latin", "number", "measure", "unit", "formula", "model", "standard", "compound"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "?"
}

// Token is one term of a text.
type Token struct {
	// Term is the folded term. It may share memory with the whole folded text: strings.Clone it before keeping it
	// for longer than the text. Terms of dictionary words are shared with the dictionary and may be kept.
	Term string
	// Start and End are the byte range in the original text. A term made of one character of several (㎡ → m2) covers
	// the whole character.
	Start, End int
	// Pos is the number of the word in the text, from 0. A Part, a Bigram and a synonym have the Pos of the word in
	// which they start. Stop words count.
	Pos  int
	Kind Kind
	// AlsoBigram marks a Word of two Han characters, which stands for the bigram of the same characters too.
	AlsoBigram bool
	// Part marks a token inside a longer one of the same place: 传感 in 传感器, yolo in yolov8.
	Part bool
	// Synonym marks what QueryTokens added. Weight is 1 for what the text says and less for a synonym.
	Synonym bool
	Weight  float32
}

// Span is a byte range of a text, End excluded.
type Span struct{ Start, End int }

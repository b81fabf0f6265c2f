package jiqiao

// Reading is what a language model read in the raw text of a need. Whatever has no words of the text to stand on is left
// out.
type Reading struct {
	Fields []ReadField `json:"fields"`
	// Dropped counts what the model said and the text does not.
	Dropped int `json:"dropped"`
	// Model is the name of the language model.
	Model string `json:"model"`
}

// ReadField is one statement of a Reading.
type ReadField struct {
	// Name is title, problem, metrics, conditions, budget, deadline or keywords; a name may occur several times.
	Name  string `json:"name"`
	Label string `json:"label"` // Chinese
	Value string `json:"value"`
	// Quote is where the text says so, in its own words, and Start its place, in characters from 0.
	Quote string `json:"quote"`
	Start int    `json:"start"`
}

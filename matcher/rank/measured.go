package rank

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"
)

//go:embed measured.json
var measuredJSON []byte

// Measured is what the model that ships with the program measured on graded pairs that it was not fitted to, with 95 %
// intervals in the names that end in _low and _high. A test holds it against the reviewed report of matcher/eval.
type Measured struct {
	Version string             `json:"version"`
	Day     string             `json:"day"` // when, YYYY-MM-DD
	Set     string             `json:"set"` // on what, in Chinese
	Figures map[string]float64 `json:"figures"`
}

// Measurement is that of Default.
var Measurement = sync.OnceValue(func() Measured {
	var m Measured
	if err := json.Unmarshal(measuredJSON, &m); err != nil {
		panic(fmt.Errorf("measured.json: %w", err)) // the file is part of the program, and a test reads it
	}
	return m
})

//go:build race

package app

// raceDetector says that tests run some ten times slower; the longest leave themselves to the run without it.
const raceDetector = true

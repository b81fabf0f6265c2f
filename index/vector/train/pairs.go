package train

import (
	"math/rand/v2"

	"jiqiao/index/vector"
)

// minWords is how many words a part needs to say something.
const minWords = 2

// Pair is two texts about one thing.
type Pair struct{ A, B []vector.ID }

// Splits pairs parts of each document, other ones in each epoch, of at most most documents (0 is all of them).
func Splits(docs []Document, most int, seed uint64) func(epoch int) []Pair {
	return func(epoch int) []Pair {
		random := rand.New(rand.NewPCG(seed, uint64(epoch))) //nolint:gosec // a fixed seed is the point
		order := random.Perm(len(docs))
		if most > 0 && most < len(order) {
			order = order[:most]
		}
		var out []Pair
		for _, i := range order {
			if a, b := split(docs[i].Title, docs[i].Body, random); len(a) >= minWords && len(b) >= minWords {
				out = append(out, Pair{a, b})
			}
		}
		return out
	}
}

// split divides one document in two: the title and the body, the beginning and the end, or, when there is one sentence
// only, its words at random.
func split[T any](title []T, body [][]T, random *rand.Rand) (a, b []T) {
	switch titled := len(title) >= minWords; {
	case titled && len(body) > 0 && random.Float64() < 0.5:
		return title, flat(body)
	case len(body) > 1:
		at := 1 + random.IntN(len(body)-1)
		return flat(body[:at]), flat(body[at:])
	case len(body) == 1 && (!titled || random.Float64() < 0.5):
		return halves(body[0], random)
	default:
		return halves(title, random)
	}
}

func halves[T any](words []T, random *rand.Rand) (a, b []T) {
	for i, k := range random.Perm(len(words)) {
		if i%2 == 0 {
			a = append(a, words[k])
		} else {
			b = append(b, words[k])
		}
	}
	return a, b
}

func flat[T any](sentences [][]T) []T {
	var out []T
	for _, s := range sentences {
		out = append(out, s...)
	}
	return out
}

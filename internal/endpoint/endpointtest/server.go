// Package endpointtest is a server that speaks the OpenAI protocol and misbehaves on demand, for tests at the wire.
package endpointtest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Key is the key that the server accepts, beside none.
const Key = "sk-test"

// Server answers with vectors that are alike for texts that share pairs of characters.
type Server struct {
	// URL is the base for a client.
	URL string

	http *httptest.Server
	mu   sync.Mutex
	do   Behaviour
	dim  int
	seen []Request
}

// Request is what the server was asked.
type Request struct {
	Path, Model string
	Input       []string
	Dimensions  int
	System      string
	User        string
}

// Behaviour answers a request in the server's place. It calls honest for the answer as it should be; nil is honest.
type Behaviour func(w http.ResponseWriter, r Request, honest func() []byte)

// New starts a server of vectors of dim dimensions, which ends with the test.
func New(t testing.TB, dim int) *Server {
	t.Helper()
	s := &Server{dim: dim}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL + "/v1"
	t.Cleanup(s.http.Close)
	return s
}

// Behave changes how the server answers from now on.
func (s *Server) Behave(b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.do = b
}

// Requests are those seen so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.seen...)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Model      string
		Input      []string
		Dimensions int
		Messages   []struct{ Role, Content string }
	}
	raw, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(raw, &body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	req := Request{Path: r.URL.Path, Model: body.Model, Input: body.Input, Dimensions: body.Dimensions}
	for _, m := range body.Messages {
		if m.Role == "system" {
			req.System = m.Content
		} else {
			req.User = m.Content
		}
	}
	s.mu.Lock()
	s.seen = append(s.seen, req)
	do := s.do
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if auth := r.Header.Get("Authorization"); auth != "" && auth != "Bearer " && auth != "Bearer "+Key {
		Fail(http.StatusUnauthorized, "Incorrect API key provided")(w, req, nil)
		return
	}
	honest := func() []byte { return Embeddings(Vectors(body.Input, s.dim)) }
	if do == nil {
		_, _ = w.Write(honest())
		return
	}
	do(w, req, honest)
}

// Embeddings is the body of an answer.
func Embeddings(vectors [][]float64) []byte {
	type item struct {
		Object    string    `json:"object"`
		Index     int       `json:"index"`
		Embedding []float64 `json:"embedding"`
	}
	items := make([]item, len(vectors))
	for i, v := range vectors {
		items[i] = item{"embedding", i, v}
	}
	body, _ := json.Marshal(map[string]any{"object": "list", "data": items, "model": "test"})
	return body
}

// Vectors are the honest vectors of texts.
func Vectors(texts []string, dim int) [][]float64 {
	vectors := make([][]float64, len(texts))
	for i, text := range texts {
		v := make([]float64, dim)
		v[0] = 0.1
		last := rune(0)
		for _, r := range text {
			h := fnv.New32a()
			fmt.Fprint(h, string(last)+string(r))
			v[h.Sum32()%uint32(dim)]++
			last = r
		}
		norm := 0.0
		for _, x := range v {
			norm += x * x
		}
		for j := range v {
			v[j] /= math.Sqrt(norm)
		}
		vectors[i] = v
	}
	return vectors
}

// Fail refuses with a status.
func Fail(status int, message string) Behaviour {
	return func(w http.ResponseWriter, _ Request, _ func() []byte) {
		w.WriteHeader(status)
		body, _ := json.Marshal(map[string]any{"error": map[string]any{"message": message, "type": "test"}})
		_, _ = w.Write(body)
	}
}

// RateLimit refuses with 429 and a Retry-After header.
func RateLimit(retryAfter string) Behaviour {
	return func(w http.ResponseWriter, r Request, honest func() []byte) {
		w.Header().Set("Retry-After", retryAfter)
		Fail(http.StatusTooManyRequests, "rate limit reached")(w, r, honest)
	}
}

// Slow answers honestly after a while.
func Slow(d time.Duration) Behaviour {
	return func(w http.ResponseWriter, _ Request, honest func() []byte) {
		time.Sleep(d)
		_, _ = w.Write(honest())
	}
}

// CutOff closes the connection in the middle of the answer.
func CutOff(w http.ResponseWriter, _ Request, honest func() []byte) {
	body := honest()
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	_, _ = w.Write(body[:len(body)/2])
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}

// Rewritten changes the honest vectors before they are sent.
func Rewritten(change func([][]float64) [][]float64) Behaviour {
	return func(w http.ResponseWriter, _ Request, honest func() []byte) {
		var body struct {
			Data []struct{ Embedding []float64 }
		}
		_ = json.Unmarshal(honest(), &body)
		vectors := make([][]float64, len(body.Data))
		for i, d := range body.Data {
			vectors[i] = d.Embedding
		}
		_, _ = w.Write(Embeddings(change(vectors)))
	}
}

// HalfBatch leaves the second half out.
func HalfBatch(w http.ResponseWriter, r Request, honest func() []byte) {
	Rewritten(func(v [][]float64) [][]float64 { return v[:len(v)/2] })(w, r, honest)
}

// OtherLength answers with vectors one number too long.
func OtherLength(w http.ResponseWriter, r Request, honest func() []byte) {
	Rewritten(func(v [][]float64) [][]float64 {
		for i := range v {
			v[i] = append(v[i], 0.5)
		}
		return v
	})(w, r, honest)
}

// NotANumber puts NaN where a number was, which no JSON allows and some servers send.
func NotANumber(w http.ResponseWriter, _ Request, honest func() []byte) {
	body := string(honest())
	start := strings.Index(body, `"embedding":[`) + len(`"embedding":[`)
	end := start + strings.IndexAny(body[start:], ",]")
	_, _ = io.WriteString(w, body[:start]+"NaN"+body[end:])
}

// Shuffled sends the vectors last first, with their right indices.
func Shuffled(w http.ResponseWriter, _ Request, honest func() []byte) {
	var body struct {
		Object string            `json:"object"`
		Data   []json.RawMessage `json:"data"`
	}
	_ = json.Unmarshal(honest(), &body)
	for i, j := 0, len(body.Data)-1; i < j; i, j = i+1, j-1 {
		body.Data[i], body.Data[j] = body.Data[j], body.Data[i]
	}
	out, _ := json.Marshal(body)
	_, _ = w.Write(out)
}

// Saying answers a question with a completion.
func Saying(text string) Behaviour {
	return func(w http.ResponseWriter, _ Request, _ func() []byte) {
		body, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{
			"index": 0, "message": map[string]any{"role": "assistant", "content": text}, "finish_reason": "stop",
		}}})
		_, _ = w.Write(body)
	}
}

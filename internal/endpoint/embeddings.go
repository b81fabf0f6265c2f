package endpoint

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/sashabaranov/go-openai"
)

func isCutOff(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) }

// Embed turns texts into vectors, in their order, in as many requests as it takes. It is for the background: it tries
// again what may pass, for minutes. A text that the server refuses by itself, or has no usable vector for, gets nil; any
// other failure is an *Error and no vectors.
func (c *Client) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, 0, len(texts))
	for len(texts) > 0 {
		n := min(c.cfg.Batch, len(texts))
		batch, err := c.embedBatch(ctx, texts[:n])
		if err != nil {
			return nil, err
		}
		vectors, texts = append(vectors, batch...), texts[n:]
	}
	return vectors, nil
}

// embedBatch halves a batch that the server cannot digest, so that one bad text costs itself alone.
func (c *Client) embedBatch(ctx context.Context, texts []string) ([][]float32, error) {
	var vectors [][]float32
	err := c.patiently(ctx, "embed", func(ctx context.Context) (err error) {
		vectors, err = c.request(ctx, texts)
		return err
	})
	if err == nil {
		return vectors, nil
	}
	if kind := faultOf(err).Kind; kind != Refused && kind != WrongAnswer {
		return nil, err
	}
	if len(texts) == 1 {
		c.cfg.Log.Warn("a text has no vector", "endpoint", c.cfg.Name, "err", err)
		return make([][]float32, 1), nil
	}
	half := len(texts) / 2
	first, err := c.embedBatch(ctx, texts[:half])
	if err != nil {
		return nil, err
	}
	second, err := c.embedBatch(ctx, texts[half:])
	if err != nil {
		return nil, err
	}
	return append(first, second...), nil
}

// EmbedQuery turns one text into a vector while someone waits: once, within QueryBudget.
func (c *Client) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	var vectors [][]float32
	err := c.once(ctx, "query", c.queries, QueryBudget, func(ctx context.Context) (err error) {
		vectors, err = c.request(ctx, []string{text})
		return err
	})
	if err != nil {
		return nil, err
	}
	return vectors[0], nil
}

// Probe asks for one vector without regard to earlier failures and tells how long it is; for those who look after the
// service.
func (c *Client) Probe(ctx context.Context) (dimensions int, err error) {
	fresh := &breaker{now: c.cfg.Now, failures: 1}
	err = c.once(ctx, "probe", fresh, AttemptTimeout, func(ctx context.Context) error {
		vectors, err := c.request(ctx, []string{"污水处理技术"})
		if err == nil {
			dimensions = len(vectors[0])
		}
		return err
	})
	return dimensions, err
}

func (c *Client) request(ctx context.Context, texts []string) ([][]float32, error) {
	res, err := c.api.CreateEmbeddings(ctx, openai.EmbeddingRequestStrings{
		Input: texts, Model: openai.EmbeddingModel(c.cfg.Model), Dimensions: c.cfg.Dimensions,
		EncodingFormat: openai.EmbeddingEncodingFormatFloat,
	})
	if err != nil {
		return nil, err
	}
	return c.arrange(res.Data, len(texts))
}

// arrange checks an answer and brings it into the order of the texts.
func (c *Client) arrange(data []openai.Embedding, n int) ([][]float32, error) {
	if len(data) != n {
		return nil, c.wrong(WrongAnswer, fmt.Errorf("%d vectors for %d texts", len(data), n))
	}
	vectors := make([][]float32, n)
	for _, d := range data {
		if d.Index < 0 || d.Index >= n || vectors[d.Index] != nil {
			return nil, c.wrong(WrongAnswer, fmt.Errorf("index %d, of %d texts, is out of place", d.Index, n))
		}
		if !usable(d.Embedding) {
			return nil, c.wrong(WrongAnswer, errors.New("a vector is zero, empty or holds what is no number"))
		}
		if want := int(c.dimensions.Load()); want != 0 && len(d.Embedding) != want {
			fault := c.wrong(WrongLength, fmt.Errorf("%d dimensions, not %d", len(d.Embedding), want))
			fault.Message = "模型 " + c.cfg.Model + " 给出 " + strconv.Itoa(len(d.Embedding)) + " 维向量，应为 " + strconv.Itoa(want) +
				" 维；请改正 embedding_dimensions，或核对模型名称"
			return nil, fault
		}
		c.dimensions.CompareAndSwap(0, int64(len(d.Embedding)))
		vectors[d.Index] = d.Embedding
	}
	return vectors, nil
}

func (c *Client) wrong(kind Kind, cause error) *Error {
	return &Error{Kind: kind, Message: kind.message(c.cfg.Model), cause: cause}
}

func usable(vec []float32) bool {
	sum := 0.0
	for _, v := range vec {
		sum += float64(v) * float64(v)
	}
	return sum > 0 && !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

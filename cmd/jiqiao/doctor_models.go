package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"jiqiao/internal/app"
	"jiqiao/internal/endpoint"
)

// examineEmbedding asks the embedding server for one vector.
func (c *cli) examineEmbedding(ctx context.Context) finding {
	start := time.Now()
	n, err := endpoint.New(app.EmbeddingServer(c.cfg)).Probe(ctx)
	f := finding{Part: "嵌入模型", State: stateOK}
	if err != nil {
		return c.modelFault(f, c.cfg.EmbeddingURL, c.cfg.EmbeddingModel, err)
	}
	took := time.Since(start).Round(time.Millisecond)
	f.Detail = fmt.Sprintf("%s，%d 维，应答用时 %s", c.cfg.EmbeddingModel, n, took)
	if took > endpoint.QueryBudget {
		f.State = stateNote
		f.Advice = fmt.Sprintf("查询时最多等 %s，超过就不用向量：粘贴文本的匹配会标明降级，已登记的记录不受影响；可换用更快的模型或 GPU", endpoint.QueryBudget)
	}
	return f
}

// examineLanguage asks the language model for an empty object.
func (c *cli) examineLanguage(ctx context.Context) finding {
	start := time.Now()
	_, err := endpoint.New(app.LanguageServer(c.cfg)).Ask(ctx, endpoint.Question{
		System: "输出空的 JSON 对象。", User: "{}", Name: "nothing", MaxTokens: 50,
		Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":[],"properties":{}}`),
	})
	f := finding{Part: "语言模型", State: stateOK}
	if err != nil {
		return c.modelFault(f, c.cfg.LLMURL, c.cfg.LLMModel, err)
	}
	f.Detail = fmt.Sprintf("%s，应答用时 %s", c.cfg.LLMModel, time.Since(start).Round(time.Millisecond))
	return f
}

// modelFault says what a model server is to blame for. Matching goes on without it.
func (c *cli) modelFault(f finding, url, model string, err error) finding {
	f.State, f.Detail = stateFault, fmt.Sprintf("%s（%s）：", url, model)
	var fault *endpoint.Error
	if errors.As(err, &fault) {
		f.Detail += fault.Message
		f.Advice = "改正并重启服务即可；在此之前匹配照常进行，只是不用这个模型"
		return f
	}
	f.Detail += messageOf(err)
	return f
}

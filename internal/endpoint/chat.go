package endpoint

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/sashabaranov/go-openai"
)

// Question asks a language model for an object.
type Question struct {
	// System says what to do, User what with; User is data and never part of the instruction.
	System, User string
	// Name and Schema describe the object wanted (JSON Schema). Servers that know no schemas are asked for JSON, and
	// see the schema in the instruction.
	Name   string
	Schema json.RawMessage
	// MaxTokens bounds the answer.
	MaxTokens int
}

// Ask returns the object as the server wrote it: JSON, and nothing more is checked. It tries again what may pass.
func (c *Client) Ask(ctx context.Context, q Question) (json.RawMessage, error) {
	var answer json.RawMessage
	ask := func(ctx context.Context) (err error) {
		answer, err = c.complete(ctx, q)
		return err
	}
	err := c.patiently(ctx, "ask", ask)
	if err != nil && faultOf(err).Kind == Refused && c.plainJSON.CompareAndSwap(false, true) {
		err = c.patiently(ctx, "ask", ask)
	}
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func (c *Client) complete(ctx context.Context, q Question) (json.RawMessage, error) {
	res, err := c.api.CreateChatCompletion(ctx, openai.ChatCompletionRequest{
		Model: c.cfg.Model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: q.System + "\n\n只输出符合下列 JSON Schema 的一个 JSON 对象：\n" + string(q.Schema)},
			{Role: openai.ChatMessageRoleUser, Content: q.User},
		},
		MaxTokens:      q.MaxTokens, //nolint:staticcheck // its successor is unknown to servers one runs oneself
		ResponseFormat: c.responseFormat(q),
	})
	if err != nil {
		return nil, err
	}
	if len(res.Choices) == 0 {
		return nil, c.wrong(WrongAnswer, errors.New("no choice"))
	}
	object := json.RawMessage(bare(res.Choices[0].Message.Content))
	if !json.Valid(object) {
		return nil, c.wrong(WrongAnswer, errors.New("the completion is no JSON, or was cut off"))
	}
	return object, nil
}

func (c *Client) responseFormat(q Question) *openai.ChatCompletionResponseFormat {
	if c.plainJSON.Load() {
		return &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	return &openai.ChatCompletionResponseFormat{
		Type: openai.ChatCompletionResponseFormatTypeJSONSchema,
		JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{
			Name: q.Name, Schema: q.Schema, Strict: true,
		},
	}
}

// bare takes the fence off that some models put around JSON, and the thoughts before it.
func bare(text string) string {
	if _, after, found := strings.Cut(text, "</think>"); found {
		text = after
	}
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, "```json"); ok {
		text = strings.TrimSuffix(strings.TrimSpace(inner), "```")
	}
	return strings.TrimSpace(text)
}

package jiqiao

import (
	"strconv"
	"strings"
)

// EmbeddingProgress is how far the vectors of an embedding model have been made.
type EmbeddingProgress struct {
	// Model makes the vectors; Serving are those that answer: another model's while they are being made anew, or "".
	Model   string `json:"model"`
	Serving string `json:"serving"`
	// Records have a text, Done have a vector of Model, Failed got none when last tried.
	Records int `json:"records"`
	Done    int `json:"done"`
	Failed  int `json:"failed"`
	// Problem is what the server said when it last failed, in Chinese; empty while it works.
	Problem string `json:"problem,omitempty"`
}

// Note is the progress in one Chinese sentence.
func (p EmbeddingProgress) Note() string {
	var b strings.Builder
	b.WriteString("语义向量 " + strconv.Itoa(p.Done) + "/" + strconv.Itoa(p.Records))
	if p.Serving != p.Model && p.Serving != "" {
		b.WriteString("，正在由 " + p.Serving + " 更换为 " + p.Model + "，期间沿用旧向量")
	}
	if p.Failed > 0 {
		b.WriteString("，" + strconv.Itoa(p.Failed) + " 条暂无向量，稍后重试")
	}
	if p.Problem != "" {
		b.WriteString("；" + p.Problem)
	}
	return b.String()
}

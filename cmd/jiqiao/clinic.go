package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"jiqiao"
)

func (c *cli) clinicCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "clinic <文件 | - | 编号>", Short: "需求诊断：检查一份草稿写清了什么、还缺什么", Args: takes(1, 1),
		Example: `  jiqiao clinic 需求.txt                      一段需求文字
  jiqiao clinic - --kind achievement < 成果.txt  标准输入中的成果文字
  jiqiao clinic 草稿.json                     结构化的草稿，字段同接口
  jiqiao clinic n_0000…                      已登记的一条需求`,
	}
	server := serverFlag(cmd)
	kind := cmd.Flags().String("kind", "need", "文字是什么：need 或 achievement")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		side, err := kindArg(*kind)
		if err != nil {
			return err
		}
		return c.clinic(cmd.Context(), *server, side, args[0])
	}
	return cmd
}

// draftBody is the body of POST /api/v1/clinic.
type draftBody struct {
	Kind   jiqiao.Kind     `json:"kind"`
	Text   string          `json:"text,omitempty"`
	Record json.RawMessage `json:"record,omitempty"`
}

func (c *cli) clinic(ctx context.Context, server string, kind jiqiao.Kind, what string) (err error) {
	stored := storedClinic(what)
	var body draftBody
	if stored == "" {
		if body, err = c.readDraft(kind, what); err != nil {
			return err
		}
	}
	svc, err := c.service(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = joinStop(err, svc.close()) }()
	var raw json.RawMessage
	if stored != "" {
		err = svc.get(ctx, stored, nil, &raw)
	} else {
		err = svc.post(ctx, "/api/v1/clinic", body, &raw)
	}
	if err != nil {
		return err
	}
	return c.printDiagnosis(raw)
}

// storedClinic is the path of a stored record's diagnosis, "" for anything that is no record's id.
func storedClinic(what string) string {
	const idLength = 22
	if len(what) != idLength {
		return ""
	}
	switch what[:2] {
	case "n_":
		return "/api/v1/needs/" + what + "/clinic"
	case "a_":
		return "/api/v1/achievements/" + what + "/clinic"
	}
	return ""
}

func (c *cli) readDraft(kind jiqiao.Kind, path string) (draftBody, error) {
	text, err := c.readText(path)
	if err != nil {
		return draftBody{}, err
	}
	if filepath.Ext(path) != ".json" {
		return draftBody{Kind: kind, Text: string(text)}, nil
	}
	if !json.Valid(text) {
		return draftBody{}, jiqiao.Fail(jiqiao.CodeInvalid, path+" 不是有效的 JSON，请检查格式；纯文字请存为 .txt", nil)
	}
	return draftBody{Kind: kind, Record: text}, nil
}

// diagnosis is what the text output shows of the answer: records come without their side's type.
type diagnosis struct {
	jiqiao.Diagnosis
	Similar []struct {
		ID         string `json:"id"`
		LevelLabel string `json:"level_label"`
		Why        string `json:"why"`
		Record     record `json:"record"`
	} `json:"similar"`
}

func (c *cli) printDiagnosis(raw json.RawMessage) error {
	if c.json {
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			return fmt.Errorf("read the diagnosis: %w", err)
		}
		return c.print(v, nil)
	}
	var d diagnosis
	if err := json.Unmarshal(raw, &d); err != nil {
		return fmt.Errorf("read the diagnosis: %w", err)
	}
	fmt.Fprintf(c.out, "%s（完整度 %d/100）\n%s\n\n", d.VerdictLabel, d.Completeness, d.Summary)
	rows := [][]string{}
	for _, a := range d.Aspects {
		rows = append(rows, []string{a.Label, a.StateLabel, fmt.Sprintf("%d/%d", a.Points, a.Max), clip(a.Found, 72)})
	}
	if err := table(c.out, rows); err != nil {
		return err
	}
	return printAdvice(c.out, d)
}

func printAdvice(w io.Writer, d diagnosis) error {
	if len(d.Questions) > 0 {
		fmt.Fprintln(w, "\n请企业补充：")
		if d.Kind == jiqiao.KindAchievement {
			fmt.Fprintln(w, "（由成果方回答）")
		}
	}
	for i, q := range d.Questions {
		fmt.Fprintf(w, "%2d. %s\n", i+1, q.Text)
	}
	if len(d.Remarks) > 0 {
		fmt.Fprintln(w, "\n请留意：")
	}
	for _, r := range d.Remarks {
		fmt.Fprintf(w, "  - %s\n", r.Message)
	}
	var words []string
	for _, k := range d.Keywords {
		words = append(words, k.Word)
	}
	fmt.Fprintf(w, "\n建议关键词：%s\n", orNone(words))
	fmt.Fprintf(w, "建议行业：%s\n建议领域：%s\n", orNone(suggested(d.Industries)), orNone(suggested(d.Fields)))
	for _, s := range d.Similar {
		fmt.Fprintf(w, "%s：%s %s（%s）\n", s.LevelLabel, s.ID, s.Record.Title, s.Why)
	}
	_, err := fmt.Fprintln(w)
	return err
}

func suggested(all []jiqiao.CodeSuggestion) []string {
	var out []string
	for _, s := range all {
		out = append(out, fmt.Sprintf("%s %s（把握 %.0f%%）", s.Code, s.Label, s.Confidence*100))
	}
	return out
}

func orNone(items []string) string {
	if len(items) == 0 {
		return "文字里看不出来"
	}
	return strings.Join(items, "；")
}

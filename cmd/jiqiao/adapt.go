package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"jiqiao/internal/app"
)

func (c *cli) adaptCommand() *cobra.Command {
	return &cobra.Command{
		Use: "adapt", Short: "让词向量适应本平台的需求与成果；测得不比原来差才启用", Args: takes(0, 0),
		Long: `读取库中全部需求与成果，在内置词向量上补充新词、调整向量与词的权重，
再用留出的十分之一记录与正在使用的词向量比较：不比原来差才启用，否则保留原来的。
每个版本都保存在库中；运行中的服务会自动换用。`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			st, err := c.openStore(ctx)
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			analyzer, err := app.OpenAnalyzer(c.cfg)
			if err != nil {
				return err
			}
			stages := c.stages()
			o := app.AdaptOptions{Analyzer: analyzer.Get(), Force: true}
			o.Train.Progress = stages.set
			result, err := app.AdaptWords(ctx, st, o)
			stages.end()
			if err != nil {
				return err
			}
			return c.print(result, func(w io.Writer) error {
				fmt.Fprintln(w, result.Message)
				if result.Version == "" {
					return nil
				}
				state := "已保存，未启用"
				if result.Active {
					state = "已启用"
				}
				_, err := fmt.Fprintf(w, "词向量 %s %s\n", result.Version, state)
				return err
			})
		},
	}
}

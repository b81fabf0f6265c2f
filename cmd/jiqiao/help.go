package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// speakChinese replaces what cobra writes by itself, which is English: usage, help, completion and errors.
func speakChinese(root *cobra.Command) {
	root.SetUsageFunc(func(cmd *cobra.Command) error { return usage(cmd.OutOrStderr(), cmd) })
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{flagSentence(err)} })
	root.SetHelpCommand(helpCommand())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	if cmd, _, err := root.Find([]string{"completion"}); err == nil {
		translateCompletion(cmd)
	}
	finish(root)
}

// finish gives every command a Chinese help flag, and those with commands below them an answer to unknown ones.
func finish(cmd *cobra.Command) {
	cmd.InitDefaultHelpFlag()
	cmd.Flags().Lookup("help").Usage = "显示说明"
	cmd.DisableFlagsInUseLine = true
	cmd.SuggestionsMinimumDistance = 2
	if cmd.HasSubCommands() {
		cmd.Args = noSuchCommand
		if cmd.RunE == nil {
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
	for _, sub := range cmd.Commands() {
		finish(sub)
	}
}

func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "，用 " + cmd.CommandPath() + " --help 查看全部命令"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "，是不是 " + strings.Join(near, "、") + "？"
	}
	return &usageError{fmt.Errorf("没有名为 %q 的命令%s", args[0], hint)}
}

// takes accepts from least to most arguments.
func takes(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && len(args) <= most {
			return nil
		}
		return &usageError{fmt.Errorf("给出了 %d 个参数，用法为：%s", len(args), cmd.UseLine())}
	}
}

// flagSentence says what is wrong with a flag.
func flagSentence(err error) error {
	var (
		unknown *pflag.NotExistError
		empty   *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return fmt.Errorf("没有名为 -%s 的参数", unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		return fmt.Errorf("没有名为 --%s 的参数", unknown.GetSpecifiedName())
	case errors.As(err, &empty):
		return fmt.Errorf("参数 --%s 后面缺少值", empty.GetFlag().Name)
	case errors.As(err, &invalid):
		wanted := "格式不对"
		switch invalid.GetFlag().Value.Type() {
		case "int":
			wanted = "应为整数"
		case "bool":
			wanted = "应为 true 或 false"
		}
		return fmt.Errorf("参数 --%s：%s，现为 %q", invalid.GetFlag().Name, wanted, invalid.GetValue())
	}
	return fmt.Errorf("参数写法不对：%w", err)
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [命令]", Short: "查看命令的说明",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if about.HasSubCommands() {
				if err := noSuchCommand(about, rest); err != nil {
					return err
				}
			}
			return about.Help()
		},
	}
}

func translateCompletion(completion *cobra.Command) {
	completion.Short = "生成命令行补全脚本（bash、zsh、fish、powershell）"
	completion.Long = ""
	load := map[string]string{
		"bash":       "  source <(jiqiao completion bash)\n  jiqiao completion bash > /etc/bash_completion.d/jiqiao   以后都生效，需装有 bash-completion",
		"zsh":        "  source <(jiqiao completion zsh)\n  jiqiao completion zsh > \"${fpath[1]}/_jiqiao\"           以后都生效",
		"fish":       "  jiqiao completion fish | source\n  jiqiao completion fish > ~/.config/fish/completions/jiqiao.fish   以后都生效",
		"powershell": "  jiqiao completion powershell | Out-String | Invoke-Expression",
	}
	for _, shell := range completion.Commands() {
		shell.Short, shell.Long, shell.Example = "生成 "+shell.Name()+" 的补全脚本", "", load[shell.Name()]
		shell.Args = takes(0, 0)
		if f := shell.Flags().Lookup("no-descriptions"); f != nil {
			f.Usage = "不带说明"
		}
	}
}

// usage writes how a command is called. The settings, which every command takes, are listed by the root alone.
func usage(w io.Writer, cmd *cobra.Command) error {
	var b strings.Builder
	line := cmd.UseLine()
	if cmd.HasSubCommands() {
		line = cmd.CommandPath() + " 命令"
	}
	fmt.Fprintf(&b, "用法：\n  %s [选项]\n", line)
	if cmd.HasExample() {
		fmt.Fprintf(&b, "\n示例：\n%s\n", cmd.Example)
	}
	var commands [][]string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			commands = append(commands, []string{"  " + sub.Name(), sub.Short})
		}
	}
	for _, part := range []struct {
		title string
		rows  [][]string
	}{{"命令", commands}, {"选项", flagRows(cmd.LocalFlags())}} {
		if len(part.rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s：\n", part.title)
		if err := table(&b, part.rows); err != nil {
			return err
		}
	}
	if cmd.HasSubCommands() {
		fmt.Fprintf(&b, "\n用 %s 命令 --help 查看某个命令的说明。\n", cmd.CommandPath())
	}
	if cmd.HasParent() {
		fmt.Fprintf(&b, "\n通用选项（--data-dir、--json 等）见 %s --help。\n", cmd.Root().Name())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func flagRows(flags *pflag.FlagSet) [][]string {
	var rows [][]string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "      --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		text := f.Usage
		if f.Value.Type() != "bool" {
			name += " 值"
			if d := strings.Trim(f.DefValue, "[]"); d != "" && d != "0" {
				text += "（默认 " + d + "）"
			}
		}
		rows = append(rows, []string{name, text})
	})
	return rows
}

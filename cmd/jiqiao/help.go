package main

import (
	"github.com/spf13/cobra"
)

// usageTemplate is cobra's, in Chinese.
const usageTemplate = `用法：{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [命令]{{end}}{{if gt (len .Aliases) 0}}

别名：
  {{.NameAndAliases}}{{end}}{{if .HasExample}}

示例：
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

命令：{{range .Commands}}{{if (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

参数：
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

通用参数：
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

用 "{{.CommandPath}} [命令] --help" 查看某个命令的说明。{{end}}
`

// speakChinese replaces the English that cobra writes by itself.
func speakChinese(root *cobra.Command) {
	root.SetUsageTemplate(usageTemplate)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Short = "查看命令的说明"
		case "completion":
			cmd.Short = "生成命令行补全脚本（bash、zsh、fish、powershell）"
			for _, shell := range cmd.Commands() {
				shell.Short = "生成 " + shell.Name() + " 的补全脚本"
				if f := shell.Flags().Lookup("no-descriptions"); f != nil {
					f.Usage = "不带说明"
				}
			}
		}
	}
	var helpFlags func(*cobra.Command)
	helpFlags = func(cmd *cobra.Command) {
		cmd.InitDefaultHelpFlag()
		cmd.Flags().Lookup("help").Usage = "显示说明"
		for _, sub := range cmd.Commands() {
			helpFlags(sub)
		}
	}
	helpFlags(root)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
}

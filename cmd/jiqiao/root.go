package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/config"
)

// Exit codes of the program.
const (
	exitOK     = 0
	exitFailed = 1 // what was asked could not be done
	exitUsage  = 2 // the command line or the configuration is wrong
)

// cli is what every command needs: the streams, the configuration and whether results are printed as JSON.
type cli struct {
	in       io.Reader
	out, err io.Writer
	cfg      config.Config
	json     bool
	log      *slog.Logger
}

// run executes one command line and returns the exit code. SIGINT and SIGTERM end the context of the command; a second
// one ends the program.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return execute(ctx, args, in, out, errOut)
}

// execute is run until ctx ends.
func execute(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	c := &cli{in: in, out: out, err: errOut}
	root := c.rootCommand() //nolint:contextcheck // cobra hands the context to each command
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	c.printError(err)
	var usage *usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// usageError is a fault in how the program was called.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

func (c *cli) printError(err error) {
	var known *jiqiao.Error
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(c.err, "已中断")
	case errors.As(err, &known):
		fmt.Fprintln(c.err, "错误："+known.Message)
		for _, f := range known.Fields {
			fmt.Fprintf(c.err, "  %s：%s\n", f.Field, f.Message)
		}
		if cause := known.Unwrap(); cause != nil {
			fmt.Fprintf(c.err, "  （原因：%v）\n", cause)
		}
	default:
		fmt.Fprintln(c.err, "错误："+err.Error())
	}
}

func (c *cli) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "jiqiao",
		Short:         "技桥：技术需求与科技成果的采集、检索与双向匹配",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	flags := root.PersistentFlags()
	file := flags.String("config", os.Getenv("JIQIAO_CONFIG"), "配置文件（YAML），默认读取当前目录的 jiqiao.yaml")
	flags.BoolVar(&c.json, "json", false, "以 JSON 输出结果")
	for _, s := range config.Settings() {
		// All are strings here: config reads them, so that a wrong one is reported beside the other problems.
		flags.String(flagName(s.Key), fmt.Sprint(s.Default), s.Usage)
	}
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if name := cmd.Name(); name != "serve" && name != "demo" { // what the service does is nobody's at this machine
			cmd.SetContext(byCommand(cmd.Context()))
		}
		if skipsConfig(cmd) {
			return nil
		}
		return c.configure(cmd, *file)
	}
	root.AddCommand(
		c.serveCommand(), c.demoCommand(),
		c.importCommand(), c.exportCommand(), c.templateCommand(),
		c.searchCommand(), c.matchCommand(), c.assignCommand(), c.clinicCommand(),
		c.evalCommand(), c.benchCommand(),
		c.modelsCommand(), c.trainCommand(), c.adaptCommand(),
		c.reindexCommand(), c.migrateCommand(), c.backupCommand(), c.restoreCommand(),
		c.userCommand(), c.tokenCommand(), c.auditCommand(), c.doctorCommand(), c.versionCommand(),
	)
	speakChinese(root)
	return root
}

func flagName(key string) string { return strings.ReplaceAll(key, "_", "-") }

// configure reads the settings for cmd.
func (c *cli) configure(cmd *cobra.Command, file string) error {
	given := map[string]any{}
	for _, s := range config.Settings() {
		if f := cmd.Flags().Lookup(flagName(s.Key)); f != nil && f.Changed {
			given[s.Key] = f.Value.String()
		}
	}
	cfg, err := config.Load(config.Sources{File: file, Environ: os.Environ(), Flags: given})
	if err != nil {
		return &usageError{fmt.Errorf("配置有误：\n%w", err)}
	}
	c.cfg = cfg
	if serves := cmd.Name() == "serve" || cmd.Name() == "demo"; !serves && cfg.LogLevel == "info" {
		cfg.LogLevel = "warn" // what a service tells about its work is noise beside the result of one command
	}
	c.log = newLogger(c.err, cfg)
	return nil
}

// skipsConfig lets the commands that need no settings work with a broken configuration.
func skipsConfig(cmd *cobra.Command) bool {
	if cmd.HasSubCommands() {
		return true
	}
	for p := cmd; p != nil; p = p.Parent() {
		switch p.Name() {
		case "completion", "help", "version", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
			return true
		}
	}
	return false
}

func newLogger(w io.Writer, cfg config.Config) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(cfg.LogLevel)) // config has checked it
	opts := &slog.HandlerOptions{Level: level}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

func (c *cli) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "显示版本", Args: takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			return c.print(map[string]string{"version": version}, func(w io.Writer) error {
				_, err := fmt.Fprintln(w, "jiqiao "+version)
				return err
			})
		},
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"jiqiao/internal/app"
	"jiqiao/store"
)

func (c *cli) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "启动服务（接口与网页）", Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.serve(cmd.Context(), func(_ context.Context, address string, _ *app.App) error {
				return c.print(map[string]string{"address": "http://" + address}, func(w io.Writer) error {
					_, err := fmt.Fprintf(w, "服务已启动：http://%s\n", address)
					return err
				})
			})
		},
	}
}

// serve runs the service until ctx ends; started is called once it listens. SIGHUP reads the dictionaries again.
func (c *cli) serve(ctx context.Context, started func(ctx context.Context, address string, a *app.App) error) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		c.log.Info("stopping")
		err = errors.Join(err, a.Stop())
	}()
	address, err := a.Start(ctx)
	if err != nil {
		return err
	}
	c.log.Info("serving", "address", address, "version", version)
	if err := started(ctx, address, a); err != nil {
		return err
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangup:
			if err := a.Reload(); err != nil {
				c.log.Error("dictionaries were not read again", "err", err)
			}
		}
	}
}

// open opens the service in this process.
func (c *cli) open(ctx context.Context) (*app.App, error) {
	return app.New(ctx, c.cfg, app.Options{Log: c.log, Version: version})
}

// openStore opens the database alone.
func (c *cli) openStore(ctx context.Context) (*store.Store, error) {
	return app.OpenStore(ctx, c.cfg, app.Options{Log: c.log})
}

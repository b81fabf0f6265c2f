package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/internal/sheet"
	"jiqiao/sample"
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

func (c *cli) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use: "demo", Short: "装入示例数据并启动服务", Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.serve(cmd.Context(), c.showDemo)
		},
	}
}

// demoToken is the name of the token made for trying writes; an older one is revoked, so that the printed one works.
const demoToken = "演示"

func (c *cli) showDemo(ctx context.Context, address string, a *app.App) error {
	needs, achievements, err := loadSample(ctx, a.Store)
	if err != nil {
		return fmt.Errorf("装入示例数据：%w", err)
	}
	if err := a.WaitCaughtUp(ctx); err != nil {
		return err
	}
	secret, err := renewToken(ctx, a.Store, demoToken, jiqiao.ScopeWrite)
	if err != nil {
		return err
	}
	template := filepath.Join(c.cfg.DataDir, "需求导入模板.xlsx")
	if err := writeFile(template, func(f *os.File) error { return sheet.Template(f, jiqiao.KindNeed, sheet.XLSX) }); err != nil {
		return err
	}
	base := "http://" + address
	result := map[string]any{"address": base, "needs": needs, "achievements": achievements, "template": template, "token": secret}
	return c.print(result, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, `
技桥已启动：%s
示例数据：技术需求 %d 条，科技成果 %d 条

可以试试：
  打开网页      %s
  检索          %s/search?kind=achievement&q=碳化硅
  粘贴需求匹配  %s/match
  导入表格      %s/import （模板：%s）
  接口说明      %s/api/docs
  写入用令牌    %s

按 Ctrl-C 停止。
`, base, needs, achievements, base, base, base, base, template, base, secret)
		return err
	})
}

// loadSample brings the sample records in once; a second time changes nothing.
func loadSample(ctx context.Context, st *store.Store) (needs, achievements int, err error) {
	if err := loadOrganisations(ctx, st); err != nil {
		return 0, 0, err
	}
	for _, kind := range jiqiao.Kinds {
		recs, err := sample.Records(kind)
		if err != nil {
			return 0, 0, err
		}
		if _, err := st.PutMany(ctx, recs); err != nil {
			return 0, 0, err
		}
	}
	if needs, err = st.Count(ctx, jiqiao.KindNeed); err != nil {
		return 0, 0, err
	}
	achievements, err = st.Count(ctx, jiqiao.KindAchievement)
	return needs, achievements, err
}

// loadOrganisations writes the sample's organisations unless a database already holds any.
func loadOrganisations(ctx context.Context, st *store.Store) error {
	if n, err := st.CountOrganisations(ctx); err != nil || n > 0 {
		return err
	}
	orgs, err := sample.Organisations()
	if err != nil {
		return err
	}
	for _, org := range orgs {
		if err := st.PutOrganisation(ctx, org); err != nil {
			return err
		}
	}
	return nil
}

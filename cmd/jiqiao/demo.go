package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/internal/sheet"
	"jiqiao/sample"
	"jiqiao/store"
)

func (c *cli) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use: "demo", Short: "装入示例城市并启动服务", Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			password, err := demoPassword(filepath.Join(c.cfg.DataDir, "demo-password"))
			if err != nil {
				return err
			}
			c.log.Info("preparing the sample city")
			if err := app.Populate(ctx, c.cfg, c.log, password); err != nil {
				return fmt.Errorf("装入示例数据：%w", err)
			}
			return c.serve(ctx, func(ctx context.Context, address string, a *app.App) error {
				return c.showDemo(ctx, address, a, password)
			})
		},
	}
}

// demoPassword is the password of all accounts of the demonstration: chance, but the same at every start.
func demoPassword(path string) (string, error) {
	kept, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(kept)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	password := "Jq-" + strings.ToLower(rand.Text()[:8]) + "7"
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return "", err
	}
	return password, os.WriteFile(path, []byte(password+"\n"), 0o600)
}

// demoToken is the name of the token made for trying writes; an older one is revoked, so that the printed one works.
const demoToken = "演示"

func (c *cli) showDemo(ctx context.Context, address string, a *app.App, password string) error {
	needs, err := a.Store.Count(ctx, jiqiao.KindNeed)
	if err != nil {
		return err
	}
	achievements, err := a.Store.Count(ctx, jiqiao.KindAchievement)
	if err != nil {
		return err
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
	accounts, err := demoAccounts(ctx, a.Store)
	if err != nil {
		return err
	}
	base := "http://" + address
	result := map[string]any{
		"address": base, "needs": needs, "achievements": achievements, "template": template, "token": secret,
		"accounts": accounts, "password": password,
	}
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
%s
按 Ctrl-C 停止。
`, base, needs, achievements, base, base, base, base, template, base, secret, accountLines(accounts, base, password))
		return err
	})
}

// demoAccount is an account to try.
type demoAccount struct {
	Login string      `json:"login"`
	Name  string      `json:"name"`
	Role  jiqiao.Role `json:"role"`
}

// demoAccounts are the sample's accounts that the database has: one of an older version has none.
func demoAccounts(ctx context.Context, st *store.Store) ([]demoAccount, error) {
	users, err := sample.Users()
	if err != nil {
		return nil, err
	}
	accounts := []demoAccount{}
	for _, u := range users {
		_, err := st.AccountByLogin(ctx, u.Login)
		switch {
		case err == nil:
			accounts = append(accounts, demoAccount{u.Login, u.Name, u.Role})
		case jiqiao.CodeOf(err) != jiqiao.CodeNotFound:
			return nil, err
		}
	}
	return accounts, nil
}

// accountLines lists the accounts by role, and where one signs in with them.
func accountLines(accounts []demoAccount, base, password string) string {
	if len(accounts) == 0 {
		return "\n数据目录里是旧版的示例数据，没有账号；删除该目录后再启动，可得到完整的示例城市。\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n登录账号（密码都是 %s），登录页面 %s/login：\n", password, base)
	for _, role := range jiqiao.Roles {
		var logins []string
		for _, a := range accounts {
			if a.Role == role {
				logins = append(logins, a.Login)
			}
		}
		if len(logins) > 0 {
			fmt.Fprintf(&b, "  %s：%s\n", jiqiao.CodeLabel("role", string(role)), strings.Join(logins, "、"))
		}
	}
	return b.String()
}

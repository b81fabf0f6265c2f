package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/store"
)

func (c *cli) tokenCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "token", Short: "管理接口的访问令牌"}
	cmd.AddCommand(c.tokenCreate(), c.tokenList(), c.tokenRevoke())
	return cmd
}

// withStore runs a command that needs the database alone.
func (c *cli) withStore(run func(ctx context.Context, st *store.Store, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		st, err := c.openStore(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }()
		return run(cmd.Context(), st, args)
	}
}

func (c *cli) tokenCreate() *cobra.Command {
	cmd := &cobra.Command{
		Use: "create 名称", Short: "生成令牌，密文只显示这一次", Args: takes(1, 1),
		Example: "  jiqiao token create 科技局导入 --scope write --days 90",
	}
	scopes := cmd.Flags().StringSlice("scope", []string{string(jiqiao.ScopeRead)}, "权限：read（看联系方式）、read_private（看未公开的记录）、write（写入）、admin（启用模型、管理任务）")
	days := cmd.Flags().Int("days", 0, "有效天数，0 为长期有效")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if *days < 0 {
			return &usageError{errors.New("--days 不能为负数，0 为长期有效")}
		}
		return nil
	}
	cmd.RunE = c.withStore(func(ctx context.Context, st *store.Store, args []string) error {
		var expires time.Time
		if *days > 0 {
			expires = time.Now().AddDate(0, 0, *days)
		}
		var rights []jiqiao.Scope
		for _, s := range *scopes {
			rights = append(rights, jiqiao.Scope(s))
		}
		secret, token, err := st.CreateToken(ctx, args[0], rights, expires)
		if err != nil {
			return err
		}
		return c.print(map[string]any{"secret": secret, "token": token}, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "令牌 %s（%s）已生成，请妥善保存，今后无法再看到：\n%s\n", token.Name, token.ID, secret)
			return err
		})
	})
	return cmd
}

func (c *cli) tokenList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "列出令牌", Args: takes(0, 0),
		RunE: c.withStore(func(ctx context.Context, st *store.Store, _ []string) error {
			tokens, err := st.Tokens(ctx)
			if err != nil {
				return err
			}
			if tokens == nil {
				tokens = []store.Token{} // an empty list in JSON, not null
			}
			return c.print(tokens, func(w io.Writer) error {
				rows := [][]string{{"编号", "名称", "权限", "生成于", "状态", "最近使用"}}
				for _, t := range tokens {
					var rights []string
					for _, s := range t.Scopes {
						rights = append(rights, string(s))
					}
					rows = append(rows, []string{t.ID, t.Name, strings.Join(rights, "、"), t.CreatedAt.In(shanghai).Format(time.DateOnly), tokenState(t, time.Now()), shown(t.LastUsedAt)})
				}
				return table(w, rows)
			})
		}),
	}
}

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

func shown(t *time.Time) string {
	if t == nil {
		return "—"
	}
	return t.In(shanghai).Format("2006-01-02 15:04")
}

func tokenState(t store.Token, now time.Time) string {
	switch {
	case t.RevokedAt != nil:
		return "已撤销"
	case t.ExpiresAt != nil && t.ExpiresAt.Before(now):
		return "已过期"
	case t.ExpiresAt != nil:
		return "有效至 " + t.ExpiresAt.In(shanghai).Format(time.DateOnly)
	default:
		return "长期有效"
	}
}

func (c *cli) tokenRevoke() *cobra.Command {
	return &cobra.Command{
		Use: "revoke 编号", Short: "撤销令牌，立即生效", Args: takes(1, 1),
		RunE: c.withStore(func(ctx context.Context, st *store.Store, args []string) error {
			if err := st.RevokeToken(ctx, args[0]); err != nil {
				return err
			}
			return c.print(map[string]string{"revoked": args[0]}, func(w io.Writer) error {
				_, err := fmt.Fprintln(w, "已撤销 "+args[0])
				return err
			})
		}),
	}
}

// renewToken revokes the tokens of that name and makes a new one.
func renewToken(ctx context.Context, st *store.Store, name string, scope jiqiao.Scope) (secret string, err error) {
	tokens, err := st.Tokens(ctx)
	if err != nil {
		return "", err
	}
	for _, t := range tokens {
		if t.Name == name && t.RevokedAt == nil {
			if err := st.RevokeToken(ctx, t.ID); err != nil {
				return "", err
			}
		}
	}
	secret, _, err = st.CreateToken(ctx, name, []jiqiao.Scope{scope}, time.Time{})
	return secret, err
}

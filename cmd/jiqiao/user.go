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
	"jiqiao/internal/account"
	"jiqiao/internal/app"
	"jiqiao/store"
)

func (c *cli) userCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "管理登录账号：建立首批管理员，重设密码，锁定与停用"}
	cmd.AddCommand(
		c.userCreate(), c.userList(), c.userReset(),
		c.userState("lock", "锁定账号，立即退出登录", jiqiao.UserActLock), c.userState("unlock", "解除锁定", jiqiao.UserActUnlock),
		c.userState("disable", "停用账号", jiqiao.UserActDisable), c.userState("enable", "启用账号", jiqiao.UserActEnable),
	)
	return cmd
}

// withAccounts runs a command that needs the accounts alone; it may run beside a serving process.
func (c *cli) withAccounts(run func(ctx context.Context, accounts account.Console, args []string) error) func(*cobra.Command, []string) error {
	return c.withStore(func(ctx context.Context, st *store.Store, args []string) error {
		return run(ctx, app.NewAccounts(c.cfg, st, app.Options{Log: c.log, Now: time.Now}).Console(), args)
	})
}

func roleNames() string {
	var all []string
	for _, r := range jiqiao.Roles {
		all = append(all, string(r)+"（"+jiqiao.CodeLabel("role", string(r))+"）")
	}
	return strings.Join(all, "、")
}

func (c *cli) userCreate() *cobra.Command {
	cmd := &cobra.Command{
		Use: "create 登录名", Short: "建立账号，一次性密码只显示这一次，首次登录须修改", Args: takes(1, 1),
		Example: "  jiqiao user create zhang --name 张三 --role operator --region 320900\n  jiqiao user create anquan --name 李四 --role security_admin",
	}
	var u jiqiao.User
	flags := cmd.Flags()
	flags.StringVar(&u.Name, "name", "", "姓名")
	flags.StringVar(&u.Email, "email", "", "邮箱")
	flags.StringVar(&u.Mobile, "mobile", "", "手机")
	role := flags.String("role", "", "角色："+roleNames())
	flags.StringVar(&u.OrganisationID, "organisation", "", "所属单位的编号（o_…）")
	flags.BoolVar(&u.Lead, "lead", false, "单位管理员")
	flags.StringVar(&u.Region, "region", "", "管辖地区代码，如 320900；留空为全部")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if u.Role = jiqiao.Role(*role); !u.Role.Valid() {
			return &usageError{errors.New("--role 应为 " + roleNames() + " 之一")}
		}
		return nil
	}
	cmd.RunE = c.withAccounts(func(ctx context.Context, accounts account.Console, args []string) error {
		u.Login = args[0]
		made, password, err := accounts.Create(ctx, u)
		if err != nil {
			return err
		}
		return c.printPassword(made, password, "已建立账号")
	})
	return cmd
}

// printPassword shows a one-time password.
func (c *cli) printPassword(u jiqiao.User, password, done string) error {
	return c.print(map[string]any{"user": u, "password": password}, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s %s（%s，%s）。一次性密码如下，首次登录后须修改，今后无法再看到：\n%s\n",
			done, u.Login, u.Name, jiqiao.CodeLabel("role", string(u.Role)), password)
		return err
	})
}

func (c *cli) userReset() *cobra.Command {
	cmd := &cobra.Command{
		Use: "reset 登录名", Short: "重设密码并解除锁定，一次性密码只显示这一次", Args: takes(1, 1),
	}
	factor := cmd.Flags().Bool("totp", false, "同时清除丢失的两步验证")
	cmd.RunE = c.withAccounts(func(ctx context.Context, accounts account.Console, args []string) error {
		u, password, err := accounts.Reset(ctx, args[0], *factor)
		if err != nil {
			return err
		}
		return c.printPassword(u, password, "已重设")
	})
	return cmd
}

func (c *cli) userState(name, short string, act jiqiao.UserAct) *cobra.Command {
	return &cobra.Command{
		Use: name + " 登录名", Short: short, Args: takes(1, 1),
		RunE: c.withAccounts(func(ctx context.Context, accounts account.Console, args []string) error {
			u, err := accounts.SetState(ctx, args[0], act)
			if err != nil {
				return err
			}
			return c.print(u, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "%s 现在的状态：%s\n", u.Login, u.State.Label())
				return err
			})
		}),
	}
}

func (c *cli) userList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "列出账号", Args: takes(0, 0)}
	role := cmd.Flags().String("role", "", "只列出这个角色")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if *role != "" && !jiqiao.Role(*role).Valid() {
			return &usageError{errors.New("--role 应为 " + roleNames() + " 之一")}
		}
		return nil
	}
	cmd.RunE = c.withAccounts(func(ctx context.Context, accounts account.Console, _ []string) error {
		all := []jiqiao.User{}
		q := jiqiao.UserQuery{Role: jiqiao.Role(*role), Sort: jiqiao.UsersOldest, Limit: jiqiao.MaxPageSize}
		for {
			page, err := accounts.Users(ctx, q)
			if err != nil {
				return err
			}
			all = append(all, page.Items...)
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		return c.print(all, func(w io.Writer) error {
			rows := [][]string{{"登录名", "姓名", "角色", "单位", "地区", "状态", "最近登录"}}
			for _, u := range all {
				rows = append(rows, []string{
					u.Login, u.Name, jiqiao.CodeLabel("role", string(u.Role)), u.OrganisationName, jiqiao.CodeLabel("region", u.Region), u.State.Label(), shown(u.LastLoginAt),
				})
			}
			return table(w, rows)
		})
	})
	return cmd
}

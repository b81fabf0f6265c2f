package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/internal/cache"
)

// finding is what doctor has to say about one part.
type finding struct {
	Part string `json:"part"`
	// State is ok, note or fault.
	State  string `json:"state"`
	Detail string `json:"detail"`
	Advice string `json:"advice,omitempty"`
}

const (
	stateOK    = "ok"
	stateNote  = "note"
	stateFault = "fault"
)

var stateMarks = map[string]string{stateOK: "正常", stateNote: "注意", stateFault: "故障"}

func (c *cli) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "检查数据目录、数据库、索引、Redis、词典与配置的模型服务，并告诉你怎么办", Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := c.examine(cmd.Context())
			err := c.print(findings, func(w io.Writer) error {
				for _, f := range findings {
					fmt.Fprintf(w, "[%s] %s：%s\n", stateMarks[f.State], f.Part, f.Detail)
					if f.Advice != "" {
						fmt.Fprintf(w, "       → %s\n", f.Advice)
					}
				}
				return nil
			})
			for _, f := range findings {
				if f.State == stateFault {
					return errors.Join(err, errors.New("检查发现故障，请按上面的提示处理"))
				}
			}
			return err
		},
	}
}

func (c *cli) examine(ctx context.Context) []finding {
	findings := []finding{c.examineDirectory(), c.examineDisk(), c.examineDatabase(ctx)}
	analysis := c.examineAnalysis()
	if findings[0].State != stateFault && findings[2].State == stateOK && analysis.State == stateOK {
		findings = append(findings, c.examineIndex(ctx)) // it cannot be opened without the others
	}
	findings = append(findings, c.examineRedis(ctx), analysis)
	if c.cfg.EmbeddingURL != "" {
		findings = append(findings, c.examineEmbedding(ctx))
	}
	if c.cfg.LLMURL != "" {
		findings = append(findings, c.examineLanguage(ctx))
	}
	return findings
}

func (c *cli) examineDirectory() finding {
	f := finding{Part: "数据目录", State: stateOK, Detail: c.cfg.DataDir}
	lock, err := app.Lock(c.cfg.DataDir)
	var busy *app.InUseError
	switch {
	case errors.As(err, &busy):
		f.State, f.Detail = stateNote, c.cfg.DataDir+" 正由进程 "+busy.PID+" 使用"
		if busy.Address != "" {
			f.Detail += "（http://" + busy.Address + "）"
		}
	case err != nil:
		f.State, f.Detail, f.Advice = stateFault, messageOf(err), "检查路径、权限与磁盘空间，或用 --data-dir 指定别的目录"
	default:
		_ = lock.Close()
	}
	return f
}

// lowDisk is where an import of a large file may fail.
const lowDisk = 1 << 30

func (c *cli) examineDisk() finding {
	f := finding{Part: "磁盘", State: stateOK}
	var st syscall.Statfs_t
	if err := syscall.Statfs(c.cfg.DataDir, &st); err != nil {
		f.State, f.Detail = stateFault, "无法读取数据目录所在磁盘的信息"
		return f
	}
	free := st.Bavail * uint64(st.Bsize)
	f.Detail = fmt.Sprintf("剩余 %.1f GiB", float64(free)/(1<<30))
	if free < lowDisk {
		f.State, f.Advice = stateNote, "请清理磁盘或扩容：索引更新和导入可能因空间不足而暂停"
	}
	return f
}

func (c *cli) examineDatabase(ctx context.Context) finding {
	db := finding{Part: "数据库", State: stateOK}
	start := time.Now()
	st, err := c.openStore(ctx)
	if err != nil {
		db.State, db.Detail, db.Advice = stateFault, messageOf(err), "检查 database_url、数据库是否启动、账号与网络；SQLite 请检查 "+filepath.Join(c.cfg.DataDir, "jiqiao.db")
		return db
	}
	counts := ""
	for _, kind := range jiqiao.Kinds {
		n, err := st.Count(ctx, kind)
		if err != nil {
			db.State, db.Detail = stateFault, messageOf(err)
		}
		counts += fmt.Sprintf("，%s %d 条", kind.Label(), n)
	}
	schema, _, err := st.Schema(ctx)
	err = errors.Join(err, st.Close())
	if err != nil {
		db.State, db.Detail = stateFault, messageOf(err)
	}
	if db.State == stateOK {
		db.Detail = fmt.Sprintf("结构版本 %d%s，打开用时 %s", schema, counts, time.Since(start).Round(time.Millisecond))
	}
	return db
}

// examineIndex looks at the index when no other process has it.
func (c *cli) examineIndex(ctx context.Context) finding {
	f := finding{Part: "索引", State: stateOK}
	cfg := c.cfg
	cfg.RedisURL = "" // has a finding of its own
	a, err := app.New(ctx, cfg, app.Options{Log: c.log, Version: version})
	var busy *app.InUseError
	switch {
	case errors.As(err, &busy):
		f.State, f.Detail = stateNote, "另一个进程正在使用索引"
		if busy.Address != "" {
			f.Advice = "查看 http://" + busy.Address + "/readyz"
		}
		return f
	case err != nil:
		f.State, f.Detail, f.Advice = stateFault, messageOf(err), "运行 jiqiao reindex 重建索引"
		return f
	}
	defer func() { _ = a.Stop() }()
	last, err := a.Store.LastSeq(ctx)
	reason := a.Index.Stale()
	switch {
	case err != nil:
		f.State, f.Detail = stateFault, messageOf(err)
	case reason != "":
		f.State, f.Detail, f.Advice = stateNote, "需要重建", "启动服务时自动重建，也可以运行 jiqiao reindex"
	case a.Index.Seq() < last:
		f.State, f.Detail, f.Advice = stateNote, fmt.Sprintf("落后 %d 处变更", last-a.Index.Seq()), "启动服务后自动跟上"
	default:
		f.Detail = fmt.Sprintf("需求 %d 条，成果 %d 条，已跟上全部变更", a.Index.Count(jiqiao.KindNeed), a.Index.Count(jiqiao.KindAchievement))
	}
	return f
}

func (c *cli) examineRedis(ctx context.Context) finding {
	f := finding{Part: "Redis", State: stateOK, Detail: "未配置，使用内存缓存"}
	if c.cfg.RedisURL == "" {
		return f
	}
	redis, err := cache.OpenRedis(c.cfg.RedisURL, time.Now)
	if err == nil {
		start := time.Now()
		err = errors.Join(redis.Ping(ctx), redis.Close())
		f.Detail = "应答用时 " + time.Since(start).Round(time.Microsecond).String()
	}
	if err != nil {
		f.State, f.Detail, f.Advice = stateFault, messageOf(err), "检查 redis_url 与 Redis 是否启动；没有 Redis 服务也能运行，只是没有共享缓存"
	}
	return f
}

func (c *cli) examineAnalysis() finding {
	f := finding{Part: "中文分词", State: stateOK}
	holder, err := app.OpenAnalyzer(c.cfg)
	if err != nil {
		f.State, f.Detail, f.Advice = stateFault, messageOf(err), "按提示修改词典文件"
		return f
	}
	f.Detail = fmt.Sprintf("词典 %d 词，版本 %s", holder.Get().Words(), holder.Get().Version())
	return f
}

// messageOf is an error's Chinese sentence, else its text: doctor speaks to operators.
func messageOf(err error) string {
	var known *jiqiao.Error
	if errors.As(err, &known) {
		if cause := known.Unwrap(); cause != nil && !errors.Is(err, os.ErrNotExist) {
			return known.Message + "（" + cause.Error() + "）"
		}
		return known.Message
	}
	return err.Error()
}

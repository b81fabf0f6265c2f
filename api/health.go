package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Status looks at the parts the service stands on.
type Status interface {
	// Ping asks the store for a sign of life.
	Ping(ctx context.Context) error
	// CaughtUp counts the store's changes that the index has not applied yet; an error says that it cannot follow.
	CaughtUp(ctx context.Context) (lag int64, err error)
	// Generation stamps the state of the index.
	Generation() string
	// CountPublished counts the records of each side that are or were published, CountOrganisations the organisations.
	CountPublished(ctx context.Context) (map[jiqiao.Kind]int, error)
	CountOrganisations(ctx context.Context) (int, error)
}

// maxLag is how many changes the index may be behind while the service counts as ready: a second or two of imports.
// Before the index has caught up for the first time, any lag is too much.
const maxLag = 5_000

type health struct {
	Status  string `json:"status"`
	Version string `json:"version,omitempty"`
}

// healthz says that the process is alive, nothing more: a broken database is no reason to kill it.
func (s *Server) healthz(c *gin.Context) error {
	return send(c, http.StatusOK, health{"ok", s.opts.Version})
}

type readiness struct {
	Ready  bool    `json:"ready"`
	Checks []check `json:"checks"`
}

type check struct {
	Name    string `json:"name"`
	Label   string `json:"label"`
	OK      bool   `json:"ok"`
	Message string `json:"message,omitempty"`
	Lag     int64  `json:"lag,omitempty"`
}

func (s *Server) readyz(c *gin.Context) error {
	ctx := c.Request.Context()
	checks := []check{s.checkStore(ctx), s.checkIndex(ctx)}
	if s.opts.Embedding != nil {
		// Never a reason not to be ready: matching goes on without.
		checks = append(checks, check{Name: "embedding", Label: "嵌入模型", OK: true, Message: s.opts.Embedding().Note()})
	}
	answer, status := readiness{true, checks}, http.StatusOK
	for _, ck := range checks {
		if !ck.OK {
			answer.Ready, status = false, http.StatusServiceUnavailable
		}
	}
	return send(c, status, answer)
}

func (s *Server) checkStore(ctx context.Context) check {
	ck := check{Name: "store", Label: "数据库", OK: true}
	if err := s.opts.Status.Ping(ctx); err != nil {
		s.log.Warn("not ready", "check", ck.Name, "error", err)
		ck.OK, ck.Message = false, "数据库没有应答，请检查数据库是否在运行"
	}
	return ck
}

func (s *Server) checkIndex(ctx context.Context) check {
	ck := check{Name: "index", Label: "索引", OK: true}
	lag, err := s.opts.Status.CaughtUp(ctx)
	ck.Lag = lag
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeUnavailable: // still starting: who follows says so
		ck.OK, ck.Message = false, tell(ctx, err).Message
	case err != nil:
		s.log.Warn("not ready", "check", ck.Name, "error", err)
		ck.OK, ck.Message = false, "索引无法跟上数据库，请查看日志"
	case lag == 0:
		s.caughtUp.Store(true)
	case !s.caughtUp.Load() || lag > maxLag:
		ck.OK, ck.Message = false, "索引还差 "+strconv.FormatInt(lag, 10)+" 条变更没有跟上，请稍候"
	}
	return ck
}

type stats struct {
	Needs         int    `json:"needs"`
	Achievements  int    `json:"achievements"`
	Organisations int    `json:"organisations"`
	Generation    string `json:"generation"`
	IndexLag      int64  `json:"index_lag"`
	// Embedding is left out without an embedding model.
	Embedding *jiqiao.EmbeddingProgress `json:"embedding,omitempty"`
}

func (s *Server) stats(c *gin.Context) error {
	ctx, st := c.Request.Context(), s.opts.Status
	answered := stats{Generation: st.Generation()}
	published, err := st.CountPublished(ctx)
	if err != nil {
		return err
	}
	answered.Needs, answered.Achievements = published[jiqiao.KindNeed], published[jiqiao.KindAchievement]
	if answered.Organisations, err = st.CountOrganisations(ctx); err != nil {
		return err
	}
	if answered.IndexLag, err = st.CaughtUp(ctx); err != nil {
		return err
	}
	if s.opts.Embedding != nil {
		p := s.opts.Embedding()
		answered.Embedding = &p
	}
	return answer(c, answered)
}

package api

import (
	"context"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// SignUps lets organisations in.
type SignUps interface {
	// SignUp is CodeConflict when the organisation has members already and join was not said.
	SignUp(ctx context.Context, up jiqiao.SignUp, password string, join bool) (jiqiao.SignUp, error)
	SignUps(ctx context.Context, v jiqiao.Viewer, q jiqiao.SignUpQuery) (jiqiao.SignUpPage, error)
	SignUpByID(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.SignUp, error)
	DecideSignUp(ctx context.Context, v jiqiao.Viewer, id string, version int64, approve bool, reason string) (jiqiao.SignUp, error)
}

// Security is the policy of signing in.
type Security interface {
	Policy(ctx context.Context) (jiqiao.SecurityPolicy, int64, error)
	SetPolicy(ctx context.Context, p jiqiao.SecurityPolicy, version int64) (int64, error)
}

// Tokens is the machines' tokens.
type Tokens interface {
	Tokens(ctx context.Context) ([]jiqiao.Token, error)
	// NewToken returns the secret, which cannot be had again.
	NewToken(ctx context.Context, t jiqiao.Token) (secret string, made jiqiao.Token, err error)
	RevokeToken(ctx context.Context, id string) error
}

// signUpInput is what somebody says who wants to join.
type signUpInput struct {
	Organisation struct {
		Name       string                  `json:"name"`
		Kind       jiqiao.OrganisationKind `json:"kind"`
		CreditCode string                  `json:"credit_code"`
		Region     string                  `json:"region"`
		Industry   string                  `json:"industry"`
		Address    string                  `json:"address"`
		Profile    string                  `json:"profile"`
	} `json:"organisation"`
	Login    string `json:"login"`
	Password string `json:"password"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Mobile   string `json:"mobile"`
	Position string `json:"position"`
	// Join: the organisation is there already, and one belongs to it.
	Join bool `json:"join"`
}

func (in signUpInput) signUp() jiqiao.SignUp {
	o := in.Organisation
	return jiqiao.SignUp{
		Organisation: jiqiao.Organisation{
			Name: o.Name, Kind: o.Kind, CreditCode: o.CreditCode, Region: o.Region, Industry: o.Industry, Address: o.Address, Profile: o.Profile,
		},
		User: jiqiao.User{Login: in.Login, Name: in.Name, Email: in.Email, Mobile: in.Mobile, Position: in.Position},
	}
}

// signUp answers no more than that it was received: nobody is signed in yet.
func (s *Server) signUp(c *gin.Context) error {
	var in signUpInput
	if err := decode(c, &in); err != nil {
		return err
	}
	up, err := s.opts.Accounts.SignUp(c.Request.Context(), in.signUp(), in.Password, in.Join)
	if err != nil {
		return err
	}
	return send(c, http.StatusCreated, struct {
		ID    string             `json:"id"`
		State jiqiao.SignUpState `json:"state"`
		Joins bool               `json:"joins"`
	}{up.ID, up.State, up.Joins})
}

// signUps reads what restricts a list of sign-ups.
func (q *query) signUps() jiqiao.SignUpQuery {
	sq := jiqiao.SignUpQuery{State: jiqiao.SignUpState(q.text("state")), Region: q.text("region")}
	if sq.State != "" && sq.State.Label() == "" {
		q.wrong("state", "应为 pending、approved 或 refused")
	}
	if sq.Region != "" && jiqiao.CodeLabel("region", sq.Region) == "" {
		q.wrong("region", "没有这个地区，请重新选择")
	}
	switch sort := q.text("sort"); sort {
	case "", "newest":
	case "oldest":
		sq.Oldest = true
	default:
		q.wrong("sort", "应为 newest（新的在前）或 oldest（旧的在前）")
	}
	return sq
}

func (s *Server) listSignUps(c *gin.Context) error {
	q := query{c: c}
	sq := q.signUps()
	sq.Limit, sq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Accounts.SignUps(c.Request.Context(), viewer(c), sq)
	if err != nil {
		return err
	}
	for i := range page.Items {
		page.Items[i].User = masked(page.Items[i].User)
	}
	return answer(c, page)
}

func (s *Server) exportSignUps(c *gin.Context) error {
	q := query{c: c}
	sq := q.signUps()
	if err := q.err(); err != nil {
		return err
	}
	ctx, v := c.Request.Context(), viewer(c)
	if err := s.exported(ctx, "signup.export"); err != nil {
		return err
	}
	columns := []string{"单位名称", "类型", "统一社会信用代码", "地区", "申请", "申请人", "职务", "手机", "邮箱", "申请时间", "状态", "答复时间", "原因"}
	return s.sendFile(c, "xlsx", "入驻申请.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "入驻申请", columns, sheetRows(func(cursor string) ([]jiqiao.SignUp, string, error) {
			sq.Limit, sq.Cursor = jiqiao.MaxPageSize, cursor
			page, err := s.opts.Accounts.SignUps(ctx, v, sq)
			return page.Items, page.Next, err
		}, signUpCells))
	})
}

func signUpCells(up jiqiao.SignUp) []any {
	o, u := up.Organisation, masked(up.User)
	what, decided := "新单位入驻", ""
	if up.Joins {
		what = "加入已有单位"
	}
	if up.DecidedAt != nil {
		decided = up.DecidedAt.In(shanghai).Format("2006-01-02 15:04")
	}
	return []any{
		o.Name, jiqiao.CodeLabel("organisation_kind", string(o.Kind)), o.CreditCode, jiqiao.CodeLabel("region", up.Region), what, u.Name,
		u.Position, u.Mobile, u.Email, up.CreatedAt.In(shanghai).Format("2006-01-02 15:04"), up.State.Label(), decided, up.Reason,
	}
}

func (s *Server) getSignUp(c *gin.Context) error {
	up, err := s.opts.Accounts.SignUpByID(c.Request.Context(), viewer(c), c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, up)
}

// decideSignUp approves or refuses.
func (s *Server) decideSignUp(approve bool) handler {
	return func(c *gin.Context) error {
		var in struct {
			Version int64  `json:"version"`
			Reason  string `json:"reason"`
		}
		if err := decode(c, &in); err != nil {
			return err
		}
		up, err := s.opts.Accounts.DecideSignUp(c.Request.Context(), viewer(c), c.Param("id"), in.Version, approve, in.Reason)
		if err != nil {
			return err
		}
		return send(c, http.StatusOK, up)
	}
}

// getSecurity is open: who chooses a password must know the rules.
func (s *Server) getSecurity(c *gin.Context) error {
	p, version, err := s.opts.Accounts.Policy(c.Request.Context())
	if err != nil {
		return err
	}
	body, err := encode(p)
	if err != nil {
		return err
	}
	return answerBytes(c, jsonType, versionTag(version), body)
}

func (s *Server) setSecurity(c *gin.Context) error {
	version, err := ifMatch(c, func(ctx context.Context) (int64, error) {
		_, version, err := s.opts.Accounts.Policy(ctx)
		return version, err
	})
	if err != nil {
		return stale(c, err)
	}
	var p jiqiao.SecurityPolicy
	if err := decode(c, &p); err != nil {
		return err
	}
	if version, err = s.opts.Accounts.SetPolicy(c.Request.Context(), p, version); err != nil {
		return stale(c, err)
	}
	c.Header("ETag", versionTag(version))
	return send(c, http.StatusOK, p)
}

func (s *Server) listTokens(c *gin.Context) error {
	tokens, err := s.opts.Tokens.Tokens(c.Request.Context())
	if err != nil {
		return err
	}
	if tokens == nil {
		tokens = []jiqiao.Token{}
	}
	return answer(c, map[string]any{"items": tokens})
}

func (s *Server) createToken(c *gin.Context) error {
	var in struct {
		Name           string         `json:"name"`
		Scopes         []jiqiao.Scope `json:"scopes"`
		OrganisationID string         `json:"organisation_id"`
		Days           int            `json:"days"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	if in.Days < 1 || in.Days > maxTokenDays {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "days", Message: "有效天数应为 1～366 的整数"}})
	}
	expires := s.opts.Now().AddDate(0, 0, in.Days)
	secret, made, err := s.opts.Tokens.NewToken(c.Request.Context(), jiqiao.Token{
		Name: in.Name, Scopes: in.Scopes, OrganisationID: in.OrganisationID, ExpiresAt: &expires,
	})
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store") // shown once
	return send(c, http.StatusCreated, map[string]any{"secret": secret, "token": made})
}

// maxTokenDays bounds tokens made over the interface: they end, and somebody looks at them again.
const maxTokenDays = 366

func (s *Server) revokeToken(c *gin.Context) error {
	return nothing(c, s.opts.Tokens.RevokeToken(c.Request.Context(), c.Param("id")))
}

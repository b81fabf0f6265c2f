package api

import (
	"context"
	"io"
	"iter"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Users is the accounts, as far as the viewer reaches and may: what is out of reach is CodeNotFound.
type Users interface {
	Users(ctx context.Context, v jiqiao.Viewer, q jiqiao.UserQuery) (jiqiao.UserPage, error)
	User(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.User, error)
	// CreateUser returns a one-time password.
	CreateUser(ctx context.Context, v jiqiao.Viewer, u jiqiao.User) (made jiqiao.User, password string, err error)
	EditUser(ctx context.Context, v jiqiao.Viewer, id string, version int64, e jiqiao.UserEdit) (jiqiao.User, error)
	EditSelf(ctx context.Context, s jiqiao.Session, version int64, e jiqiao.UserEdit) (jiqiao.User, error)
	SetState(ctx context.Context, v jiqiao.Viewer, id string, act jiqiao.UserAct) (jiqiao.User, error)
	SetGrant(ctx context.Context, v jiqiao.Viewer, id string, g jiqiao.UserGrant) (jiqiao.User, error)
	// ResetPassword returns a one-time password, or none when a link goes by mail.
	ResetPassword(ctx context.Context, v jiqiao.Viewer, id string, byMail bool) (password string, err error)
}

// Members is what leads and administrators do besides.
type Members interface {
	Invite(ctx context.Context, v jiqiao.Viewer, u jiqiao.User) (jiqiao.Invited, error)
	InviteAgain(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.Invited, error)
	SetLead(ctx context.Context, v jiqiao.Viewer, id string, lead bool) (jiqiao.User, error)
	EndUserSessions(ctx context.Context, v jiqiao.Viewer, id string) error
	ClearSecondFactor(ctx context.Context, v jiqiao.Viewer, id string) error
}

// userInput is a new account. State, TOTP and the rest are not anybody's to say.
type userInput struct {
	Login          string                `json:"login"`
	Name           string                `json:"name"`
	Email          string                `json:"email"`
	Mobile         string                `json:"mobile"`
	Position       string                `json:"position"`
	OrganisationID string                `json:"organisation_id"`
	Role           jiqiao.Role           `json:"role"`
	Lead           bool                  `json:"lead"`
	Region         string                `json:"region"`
	Broker         *jiqiao.BrokerProfile `json:"broker"`
}

func (in userInput) user() jiqiao.User {
	return jiqiao.User{
		Login: in.Login, Name: in.Name, Email: in.Email, Mobile: in.Mobile, Position: in.Position, OrganisationID: in.OrganisationID,
		Role: in.Role, Lead: in.Lead, Region: in.Region, Broker: in.Broker,
	}
}

// editInput corrects an account. A field that is left out stays.
type editInput struct {
	Version  int64                 `json:"version"`
	Name     *string               `json:"name"`
	Email    *string               `json:"email"`
	Mobile   *string               `json:"mobile"`
	Position *string               `json:"position"`
	Broker   *jiqiao.BrokerProfile `json:"broker"`
}

func (in editInput) edit() jiqiao.UserEdit {
	return jiqiao.UserEdit{Name: in.Name, Email: in.Email, Mobile: in.Mobile, Position: in.Position, Broker: in.Broker}
}

// masked is the account as lists show it: addresses are for who opens one account.
func masked(u jiqiao.User) jiqiao.User {
	if u.Email != "" {
		u.Email = jiqiao.MaskEmail(u.Email)
	}
	if u.Mobile != "" {
		u.Mobile = jiqiao.MaskMobile(u.Mobile)
	}
	return u
}

// users reads what restricts a list of accounts.
func (q *query) users() jiqiao.UserQuery {
	u := jiqiao.UserQuery{
		Text: q.text("q"), Role: jiqiao.Role(q.text("role")), State: jiqiao.UserState(q.text("state")), Organisation: q.text("organisation"),
		Region: q.text("region"), Sort: jiqiao.UserSort(q.text("sort")),
	}
	if u.Role != "" && !u.Role.Valid() {
		q.wrong("role", "没有这个角色，请重新选择")
	}
	if u.State != "" && u.State.Label() == "" {
		q.wrong("state", "应为 active、pending、locked 或 disabled")
	}
	if u.Region != "" && jiqiao.CodeLabel("region", u.Region) == "" {
		q.wrong("region", "没有这个地区，请重新选择")
	}
	if !u.Sort.Valid() {
		q.wrong("sort", "应为 newest、oldest、name 或 last_login")
	}
	return u
}

func (s *Server) listUsers(c *gin.Context) error {
	q := query{c: c}
	uq := q.users()
	uq.Limit, uq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Accounts.Users(c.Request.Context(), viewer(c), uq)
	if err != nil {
		return err
	}
	for i := range page.Items {
		page.Items[i] = masked(page.Items[i])
	}
	return answer(c, page)
}

func (s *Server) exportUsers(c *gin.Context) error {
	q := query{c: c}
	uq := q.users()
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	if err := s.exported(ctx, "user.export"); err != nil {
		return err
	}
	columns := []string{"登录名", "姓名", "角色", "单位", "单位管理员", "地区", "状态", "邮箱", "手机", "最近登录", "建立时间"}
	return s.sendFile(c, "xlsx", "账号.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "账号", columns, s.userRows(ctx, viewer(c), uq))
	})
}

// userRows walks through all pages of q.
func (s *Server) userRows(ctx context.Context, v jiqiao.Viewer, q jiqiao.UserQuery) iter.Seq2[[]any, error] {
	return sheetRows(func(cursor string) ([]jiqiao.User, string, error) {
		q.Limit, q.Cursor = jiqiao.MaxPageSize, cursor
		page, err := s.opts.Accounts.Users(ctx, v, q)
		return page.Items, page.Next, err
	}, func(u jiqiao.User) []any { return userCells(masked(u)) })
}

func userCells(u jiqiao.User) []any {
	last, lead := "", ""
	if u.LastLoginAt != nil {
		last = u.LastLoginAt.In(shanghai).Format("2006-01-02 15:04")
	}
	if u.Lead {
		lead = "是"
	}
	return []any{
		u.Login, u.Name, jiqiao.CodeLabel("role", string(u.Role)), u.OrganisationName, lead, jiqiao.CodeLabel("region", u.Region), u.State.Label(),
		u.Email, u.Mobile, last, u.CreatedAt.In(shanghai).Format("2006-01-02 15:04"),
	}
}

func (s *Server) getUser(c *gin.Context) error {
	u, err := s.opts.Accounts.User(c.Request.Context(), viewer(c), c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, u)
}

// madeUser is a new account with the password that opens it once.
type madeUser struct {
	User     jiqiao.User `json:"user"`
	Password string      `json:"password"`
}

func (s *Server) createUser(c *gin.Context) error {
	var in userInput
	if err := decode(c, &in); err != nil {
		return err
	}
	u, password, err := s.opts.Accounts.CreateUser(c.Request.Context(), viewer(c), in.user())
	if err != nil {
		return err
	}
	c.Header("Location", c.Request.URL.Path+"/"+u.ID)
	c.Header("Cache-Control", "no-store") // shown once
	return send(c, http.StatusCreated, madeUser{u, password})
}

func (s *Server) updateUser(c *gin.Context) error {
	var in editInput
	if err := decode(c, &in); err != nil {
		return err
	}
	return sendUser(c)(s.opts.Accounts.EditUser(c.Request.Context(), viewer(c), c.Param("id"), in.Version, in.edit()))
}

func (s *Server) updateProfile(c *gin.Context) error {
	had, err := whose(c)
	if err != nil {
		return err
	}
	var in struct {
		editInput
		Password string `json:"password"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	edit := in.edit()
	edit.Password = in.Password
	return sendUser(c)(s.opts.Accounts.EditSelf(c.Request.Context(), had.session, in.Version, edit))
}

// sendUser answers with the account that something was done to.
func sendUser(c *gin.Context) func(jiqiao.User, error) error {
	return func(u jiqiao.User, err error) error {
		if err != nil {
			return err
		}
		return send(c, http.StatusOK, u)
	}
}

func (s *Server) setUserState(c *gin.Context) error {
	var in struct {
		Action jiqiao.UserAct `json:"action"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	return sendUser(c)(s.opts.Accounts.SetState(c.Request.Context(), viewer(c), c.Param("id"), in.Action))
}

func (s *Server) setUserGrant(c *gin.Context) error {
	var in struct {
		Role           jiqiao.Role `json:"role"`
		OrganisationID string      `json:"organisation_id"`
		Lead           bool        `json:"lead"`
		Region         string      `json:"region"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	g := jiqiao.UserGrant{Role: in.Role, OrganisationID: in.OrganisationID, Lead: in.Lead, Region: in.Region}
	return sendUser(c)(s.opts.Accounts.SetGrant(c.Request.Context(), viewer(c), c.Param("id"), g))
}

func (s *Server) setUserLead(c *gin.Context) error {
	var in struct {
		Lead bool `json:"lead"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	return sendUser(c)(s.opts.Accounts.SetLead(c.Request.Context(), viewer(c), c.Param("id"), in.Lead))
}

func (s *Server) resetUserPassword(c *gin.Context) error {
	var in struct {
		ByMail bool `json:"by_mail"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	password, err := s.opts.Accounts.ResetPassword(c.Request.Context(), viewer(c), c.Param("id"), in.ByMail)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store") // shown once
	return send(c, http.StatusOK, struct {
		Password string `json:"password,omitempty"`
	}{password})
}

func (s *Server) endUserSessions(c *gin.Context) error {
	return nothing(c, s.opts.Accounts.EndUserSessions(c.Request.Context(), viewer(c), c.Param("id")))
}

func (s *Server) clearSecondFactor(c *gin.Context) error {
	return nothing(c, s.opts.Accounts.ClearSecondFactor(c.Request.Context(), viewer(c), c.Param("id")))
}

// nothing answers what has no answer but that it is done.
func nothing(c *gin.Context, err error) error {
	if err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (s *Server) invite(c *gin.Context) error {
	var in userInput
	if err := decode(c, &in); err != nil {
		return err
	}
	invited, err := s.opts.Accounts.Invite(c.Request.Context(), viewer(c), in.user())
	if err != nil {
		return err
	}
	return send(c, http.StatusCreated, invited)
}

func (s *Server) inviteAgain(c *gin.Context) error {
	invited, err := s.opts.Accounts.InviteAgain(c.Request.Context(), viewer(c), c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, invited)
}

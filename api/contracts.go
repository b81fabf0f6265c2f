package api

import (
	"context"
	"io"
	"iter"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Contracts keeps the contracts of deals and what was paid under them.
type Contracts interface {
	// PutContract writes over the version that c names, 0 for the first; it keeps the registration as it is.
	PutContract(ctx context.Context, c *jiqiao.Contract) (jiqiao.Deal, error)
	RegisterContract(ctx context.Context, deal string, version int64, r jiqiao.Registration) (jiqiao.Contract, error)
	// Contracts finds contracts by their deals' ids.
	Contracts(ctx context.Context, deals []string) (map[string]jiqiao.Contract, error)
	// AddPayment refuses what goes beyond the contract, and a voucher that was noted before.
	AddPayment(ctx context.Context, p *jiqiao.Payment) (jiqiao.Deal, error)
	ReversePayment(ctx context.Context, deal, id, reason string) (jiqiao.Payment, error)
}

// contractAnswer is a contract with what its registration still lacks and what is unusual in it.
type contractAnswer struct {
	jiqiao.Contract
	Missing  []jiqiao.FieldError `json:"missing,omitempty"`
	Warnings []jiqiao.FieldError `json:"warnings,omitempty"`
}

func showContract(c jiqiao.Contract) contractAnswer {
	return contractAnswer{c, c.Missing(), c.Warnings()}
}

// contractOf is the contract of the deal.
func (s *Server) contractOf(ctx context.Context, d jiqiao.Deal) (jiqiao.Contract, error) {
	found, err := s.opts.Contracts.Contracts(ctx, []string{d.ID})
	if err != nil {
		return jiqiao.Contract{}, err
	}
	c, ok := found[d.ID]
	if !ok {
		return jiqiao.Contract{}, jiqiao.Fail(jiqiao.CodeNotFound, "这个项目还没有填写合同", nil)
	}
	return c, nil
}

func (s *Server) getContract(c *gin.Context) error {
	d, err := s.dealOf(c)
	if err != nil {
		return err
	}
	contract, err := s.contractOf(c.Request.Context(), d)
	if err != nil {
		return err
	}
	return answer(c, showContract(contract))
}

func (s *Server) putContract(c *gin.Context) error {
	var in jiqiao.Contract
	if err := decode(c, &in); err != nil {
		return err
	}
	d, err := s.workedDeal(c)
	if err != nil {
		return err
	}
	if d.Registration != "" && !viewer(c).May(jiqiao.PermDealRegister) {
		return jiqiao.Fail(jiqiao.CodeForbidden, "合同已认定登记，变更请由主管部门业务员办理", nil)
	}
	in.DealID = d.ID
	if _, err := s.opts.Contracts.PutContract(c.Request.Context(), &in); err != nil {
		return err
	}
	return send(c, http.StatusOK, showContract(in))
}

// registrationInput is the body of POST of a contract's registration.
type registrationInput struct {
	Version int64 `json:"version"`
	jiqiao.Registration
}

func (s *Server) registerContract(c *gin.Context) error {
	var in registrationInput
	if err := decode(c, &in); err != nil {
		return err
	}
	d, err := s.workedDeal(c)
	if err != nil {
		return err
	}
	contract, err := s.opts.Contracts.RegisterContract(c.Request.Context(), d.ID, in.Version, in.Registration)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, showContract(contract))
}

const formTitle = "技术合同登记表"

// contractForm is one contract in the shape of the registration form.
func (s *Server) contractForm(c *gin.Context) error {
	d, err := s.dealOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	contract, err := s.contractOf(ctx, d)
	if err != nil {
		return err
	}
	if err := s.exported(ctx, "contract.export"); err != nil {
		return err
	}
	return s.sendFile(c, "xlsx", formTitle+".xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Form(w, formTitle, contract.RegistrationForm())
	})
}

// exportContracts writes a row for each contract of the deals that the query finds, its columns the form's fields.
func (s *Server) exportContracts(c *gin.Context) error {
	q := query{c: c}
	dq := q.deals(s.today())
	if err := q.first(dq.Validate); err != nil {
		return err
	}
	ctx := c.Request.Context()
	if err := s.exported(ctx, "contract.export"); err != nil {
		return err
	}
	columns := []string{"项目编号"}
	for _, f := range (&jiqiao.Contract{}).RegistrationForm() {
		columns = append(columns, f.Group+"·"+f.Label)
	}
	return s.sendFile(c, "xlsx", "技术合同登记清单.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "技术合同登记清单", columns, s.contractRows(ctx, dq))
	})
}

// contractRows reads a page of deals and then their contracts, so that there is no query for each row.
func (s *Server) contractRows(ctx context.Context, q jiqiao.DealQuery) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		q.Limit, q.Cursor = jiqiao.MaxPageSize, ""
		for {
			page, err := s.opts.Deals.Deals(ctx, q)
			if err != nil {
				yield(nil, err)
				return
			}
			ids := make([]string, len(page.Items))
			for i, d := range page.Items {
				ids[i] = d.ID
			}
			found, err := s.opts.Contracts.Contracts(ctx, ids)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, id := range ids {
				contract, ok := found[id]
				if !ok {
					continue
				}
				row := []any{id}
				for _, f := range contract.RegistrationForm() {
					row = append(row, f.Value)
				}
				if !yield(row, nil) {
					return
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return
			}
		}
	}
}

// paymentInput is the body of POST of a deal's payments.
type paymentInput struct {
	Amount     int64       `json:"amount"`
	ReceivedOn jiqiao.Date `json:"received_on"`
	Voucher    string      `json:"voucher"`
	Kind       string      `json:"kind"`
	Attachment string      `json:"attachment"`
	Note       string      `json:"note"`
}

func (s *Server) addPayment(c *gin.Context) error {
	var in paymentInput
	if err := decode(c, &in); err != nil {
		return err
	}
	d, err := s.workedDeal(c)
	if err != nil {
		return err
	}
	p := jiqiao.Payment{
		DealID: d.ID, Amount: in.Amount, ReceivedOn: in.ReceivedOn, Voucher: in.Voucher, Kind: in.Kind, Attachment: in.Attachment, Note: in.Note,
	}
	if _, err := s.opts.Contracts.AddPayment(c.Request.Context(), &p); err != nil {
		return err
	}
	return send(c, http.StatusCreated, p)
}

func (s *Server) reversePayment(c *gin.Context) error {
	var in struct {
		Reason string `json:"reason"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	d, err := s.workedDeal(c)
	if err != nil {
		return err
	}
	if err := jiqiao.CheckReason(in.Reason); err != nil {
		return err
	}
	p, err := s.opts.Contracts.ReversePayment(c.Request.Context(), d.ID, c.Param("payment"), in.Reason)
	if err != nil {
		return err
	}
	return send(c, http.StatusCreated, p)
}

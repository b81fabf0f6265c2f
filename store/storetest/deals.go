package storetest

import (
	"context"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/store"
)

// Account makes an active account of the role and returns its id.
func Account(t testing.TB, st *store.Store, role jiqiao.Role, login string) string {
	t.Helper()
	a := &jiqiao.Account{User: jiqiao.User{Login: login, Name: "账号" + login, Role: role, State: jiqiao.UserActive}}
	if err := st.CreateAccount(t.Context(), a, jiqiao.AccountChange{}); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// Contract is a contract of 100 万元 that can be registered, for the deal.
func Contract(deal string) *jiqiao.Contract {
	party := func(name, nature string) jiqiao.ContractParty {
		return jiqiao.ContractParty{Name: name, CreditCode: "91350100M000100Y43", Country: "156", Region: "320900", Nature: nature, Phone: "0515-88888888"}
	}
	return &jiqiao.Contract{
		DealID: deal, Project: "钙钛矿电池 '中试' $1 ?", Type: "development.entrusted", SignedOn: "2026-11-01", ValidFrom: "2026-11-01", ValidUntil: "2027-10-31",
		Seller: party("清华大学", "022"), Buyer: party("甲公司", "150"), Total: 100 * jiqiao.Wan, Trade: 80 * jiqiao.Wan,
		PaymentMode: "instalments", PlanSource: "none", IPs: []string{"secret"}, Field: "06", Objective: "02", Industry: "C38", Secrecy: "none",
	}
}

// Payment is a sum received for the deal on 20 November 2026.
func Payment(deal, voucher string, fen int64) *jiqiao.Payment {
	return &jiqiao.Payment{DealID: deal, Amount: fen, ReceivedOn: "2026-11-20", Voucher: voucher, Kind: "instalment"}
}

// SubsidyPolicy gives 5 % of what was received, at most 20 万元 for an achievement.
func SubsidyPolicy() *jiqiao.SubsidyPolicy {
	return &jiqiao.SubsidyPolicy{
		Name: "2026 年办法", EffectiveFrom: "2026-01-01", Base: jiqiao.SubsidyReceived, Rate: 500, AchievementCap: 20 * jiqiao.Wan,
		Beneficiary: jiqiao.BeneficiarySeller,
	}
}

// Deal makes a deal of the two records, which it puts first, for the broker, and brings it to a signed contract.
func Deal(t testing.TB, st *store.Store, broker string, need, achievement jiqiao.Record) jiqiao.Deal {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, rec := range []jiqiao.Record{need, achievement} {
		if rec.Head().ID == "" {
			check(st.Put(ctx, rec))
		}
	}
	d := jiqiao.Deal{NeedID: need.Head().ID, AchievementID: achievement.Head().ID, Broker: broker, Stage: jiqiao.StageInterest}
	check(st.CreateDeal(ctx, &d))
	d, err := st.PutContract(ctx, Contract(d.ID))
	check(err)
	d, err = st.MoveDeal(ctx, d.ID, jiqiao.DealMove{Verb: jiqiao.DealAdvance, Version: d.Version, To: jiqiao.StageSigned, Note: "已谈妥"})
	check(err)
	return d
}

// fillDeals gives the store something in every table of deals.
func fillDeals(t testing.TB, st *store.Store) {
	t.Helper()
	ctx := jiqiao.WithOrigin(t.Context(), jiqiao.Origin{Viewer: jiqiao.Viewer{User: "u_1", Role: jiqiao.RoleBroker}})
	broker := Account(t, st, jiqiao.RoleBroker, "deal-broker")
	d := Deal(t, st, broker, Need("丙公司", "成交的"), Achievement("丁大学", "成交的成果"))
	task := &jiqiao.DealTask{DealID: d.ID, Title: "催款", Due: "2026-11-22"}
	done := &jiqiao.DealTask{DealID: d.ID, Title: "签约", Due: "2026-11-01"}
	first := Payment(d.ID, "银收 1", 30*jiqiao.Wan)
	voucher := jiqiao.Attachment{Object: jiqiao.Ref{Type: "deal", ID: d.ID}, Name: "银行回单.pdf", Type: jiqiao.AttachmentPDF}
	if err := st.PutAttachment(ctx, &voucher, strings.NewReader("%PDF voucher")); err != nil {
		t.Fatal(err)
	}
	first.Attachment, first.Note = voucher.ID, "首笔"
	for _, err := range []error{
		st.AddDealTask(ctx, task), st.AddDealTask(ctx, done),
		st.AddDealNote(ctx, &jiqiao.DealNote{DealID: d.ID, Author: broker, Organisation: "o_1", Shared: true, Text: "双方约定下月验收"}),
		st.AddSubsidyPolicy(ctx, SubsidyPolicy()),
		paid(ctx, st, first), paid(ctx, st, Payment(d.ID, "银收 2", jiqiao.Wan)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := st.UpdateDealTask(ctx, *done, true)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(err)
	_, err = st.RemindDealTasks(ctx, "2026-11-22")
	check(err)
	_, err = st.ReversePayment(ctx, d.ID, first.ID, "重复登记")
	check(err)
	_, err = st.RegisterContract(ctx, d.ID, 1, jiqiao.Registration{Number: "2026320900000001", On: "2026-11-20", Office: "盐城市登记站"})
	check(err)
	_, err = st.ApplySubsidy(ctx, d.ID, "首批")
	check(err)
}

func paid(ctx context.Context, st *store.Store, p *jiqiao.Payment) error {
	_, err := st.AddPayment(ctx, p)
	return err
}

// dealContents adds all that can be read of deals to the contents of a store.
func dealContents(t testing.TB, st *store.Store, keep func(name string, v any, err error)) {
	t.Helper()
	ctx := t.Context()
	page, err := st.Deals(ctx, jiqiao.DealQuery{Scope: jiqiao.DealScope{All: true}, Limit: jiqiao.MaxPageSize})
	keep("deals", page, err)
	for _, d := range page.Items {
		detail, err := st.DealDetail(ctx, d.ID)
		keep("detail of "+d.ID, detail, err)
	}
	policies, err := st.SubsidyPolicies(ctx)
	keep("subsidy policies", policies, err)
}

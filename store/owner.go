package store

import (
	"context"
	"strings"

	"jiqiao"
)

// ownRecord fills the record's owner from the organisation that it names, which is created when it is new. A record
// that names none stays without an owner. An imported record may carry an id of the database it came from; it then
// counts by its name.
func (t *logTx) ownRecord(ctx context.Context, rec jiqiao.Record, imported bool) error {
	owner := &rec.Head().Owner
	if owner.ID != "" {
		org, err := t.loadOrganisation(ctx, owner.ID)
		if err == nil {
			*owner = refOf(org)
			return nil
		}
		if jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
			return err
		}
		if !imported {
			return jiqiao.Invalid([]jiqiao.FieldError{{Field: "owner.id", Message: "所属单位不存在或已删除，请重新选择"}})
		}
	}
	if !named(*owner) {
		*owner = jiqiao.OrganisationRef{}
		return nil
	}
	said := creditKey(owner.CreditCode) + "\n" + fold(owner.Name)
	ref, ok := t.known[said]
	if !ok {
		org, err := t.findOrCreate(ctx, *owner, rec.Kind())
		if err != nil {
			return err
		}
		ref = refOf(org)
		t.known[said] = ref
	}
	*owner = ref
	return nil
}

// named reports whether the reference says enough to know an organisation by.
func named(ref jiqiao.OrganisationRef) bool {
	return creditKey(ref.CreditCode) != "" || fold(ref.Name) != ""
}

// findOwner finds the organisation by credit code, else by name: the oldest of that name, unless a credit code was
// given that it does not share.
func (s session) findOwner(ctx context.Context, ref jiqiao.OrganisationRef) (jiqiao.Organisation, error) {
	code, name := creditKey(ref.CreditCode), fold(ref.Name)
	if code != "" {
		org, err := s.oneOrganisation(ctx, `credit_code = ? AND deleted_at IS NULL`, code)
		if jiqiao.CodeOf(err) != jiqiao.CodeNotFound || name == "" {
			return org, err
		}
		return s.oneOrganisation(ctx,
			`name_key = ? AND credit_code = '' AND deleted_at IS NULL ORDER BY id LIMIT 1`, name)
	}
	return s.oneOrganisation(ctx, `name_key = ? AND deleted_at IS NULL ORDER BY id LIMIT 1`, name)
}

// findOrCreate also lets an organisation learn its credit code and kind from the first record that states them.
func (t *logTx) findOrCreate(ctx context.Context, ref jiqiao.OrganisationRef, side jiqiao.Kind) (jiqiao.Organisation, error) {
	org, err := t.findOwner(ctx, ref)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		org = jiqiao.Organisation{Name: strings.TrimSpace(ref.Name), CreditCode: ref.CreditCode, Kind: ref.Kind}
		if org.Kind == "" {
			org.Kind = guessKind(ref.Name, side)
		}
		return org, t.createOrganisation(ctx, &org)
	}
	if err != nil {
		return org, err
	}
	learned := org
	if creditKey(org.CreditCode) == "" && creditKey(ref.CreditCode) != "" {
		learned.CreditCode = jiqiao.FoldCreditCode(ref.CreditCode)
	}
	if org.Kind == "" {
		learned.Kind = ref.Kind
	}
	if refOf(learned) == refOf(org) {
		return org, nil
	}
	err = t.replaceOrganisation(ctx, &learned, org)
	// Records of this transaction may have met the organisation under its name alone.
	clear(t.known)
	return learned, err
}

// guessKind goes by how organisations are named: what owns an achievement and is not a company is a university or an
// institute.
func guessKind(name string, side jiqiao.Kind) jiqiao.OrganisationKind {
	switch {
	case strings.Contains(name, "公司"), side == jiqiao.KindNeed && !strings.Contains(name, "大学"):
		return jiqiao.OrganisationEnterprise
	case strings.Contains(name, "研究院"), strings.Contains(name, "研究所"):
		return jiqiao.OrganisationInstitute
	case side == jiqiao.KindAchievement, strings.Contains(name, "大学"):
		return jiqiao.OrganisationUniversity
	}
	return jiqiao.OrganisationEnterprise
}

package intake

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"jiqiao"
	"jiqiao/internal/sheet"
)

// plan is what a file says about organisations beyond their names, by folded name. Records carry only a reference to
// their owner, so these details wait beside the staged rows and are written after them, when every owner exists.
type plan map[string]*details

type details struct {
	// CreditCode, Name and Title find one of the owner's records, and by it the owner.
	CreditCode   string              `json:"credit_code,omitempty"`
	Name         string              `json:"name"`
	Title        string              `json:"title"`
	Organisation jiqiao.Organisation `json:"organisation"`
	// Contact and Region are the record's, offered to an organisation that has none yet.
	Contact jiqiao.Contact `json:"contact"`
	Region  string         `json:"region,omitempty"`
}

// add takes what a row states; later rows win.
func (p plan) add(e sheet.Entry) {
	h := e.Record.Head()
	key := foldKey(h.Owner.CreditCode)
	if key == "" {
		key = foldKey(h.Owner.Name)
	}
	d, ok := p[key]
	if !ok {
		d = &details{CreditCode: h.Owner.CreditCode, Name: h.Owner.Name, Title: h.Title, Contact: h.Contact, Region: h.Region}
		p[key] = d
	}
	fill(&d.Organisation, e.Organisation)
}

// fill sets the fields of o that from states. The name is not one of them: it is the key.
func fill(o *jiqiao.Organisation, from jiqiao.Organisation) {
	set(&o.Kind, from.Kind)
	set(&o.Region, from.Region)
	set(&o.Industry, from.Industry)
	set(&o.Scale, from.Scale)
	set(&o.Products, from.Products)
	set(&o.Profile, from.Profile)
	set(&o.Address, from.Address)
	set(&o.LegalPerson, from.LegalPerson)
	set(&o.Contact, from.Contact)
	if len(from.Qualifications) > 0 {
		o.Qualifications = from.Qualifications
	}
}

func set[T comparable](field *T, value T) {
	var zero T
	if value != zero {
		*field = value
	}
}

// save writes the plan so that it is whole or not there.
func (p plan) save(path string) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode the plan: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "tmp-plan-*")
	if err != nil {
		return fmt.Errorf("save the plan: %w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("save the plan: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return os.Rename(f.Name(), path)
}

func loadPlan(path string) (plan, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var p plan
	return p, json.Unmarshal(text, &p)
}

// apply writes the details to the owners that differ. It does nothing the second time. An organisation that cannot be
// changed just now keeps what it has: its records are in, and the next import offers the details again.
func (s *Service) apply(ctx context.Context, kind jiqiao.Kind, p plan) error {
	keys := make([]string, 0, len(p))
	for key := range p {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		err := s.applyOne(ctx, kind, p[key])
		if jiqiao.CodeOf(err) == jiqiao.CodeConflict {
			err = s.applyOne(ctx, kind, p[key]) // changed by someone between reading and writing
		}
		var refused *jiqiao.Error
		if errors.As(err, &refused) && callersFault(refused.Code) {
			s.log.WarnContext(ctx, "details of an organisation not written", "code", refused.Code, "err", err)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) applyOne(ctx context.Context, kind jiqiao.Kind, d *details) error {
	rec, err := s.store.FindByKey(ctx, kind, d.CreditCode, d.Name, d.Title)
	if err != nil {
		return fmt.Errorf("find a record of the organisation: %w", err)
	}
	org, err := s.store.GetOrganisation(ctx, rec.Head().Owner.ID)
	if err != nil {
		return fmt.Errorf("get the organisation: %w", err)
	}
	before, err := json.Marshal(org)
	if err != nil {
		return fmt.Errorf("encode the organisation: %w", err)
	}
	fill(&org, d.Organisation)
	org.Region = cmp.Or(org.Region, d.Region)
	org.Contact = cmp.Or(org.Contact, d.Contact)
	org.Normalise()
	after, err := json.Marshal(org)
	if err != nil {
		return fmt.Errorf("encode the organisation: %w", err)
	}
	if string(before) == string(after) {
		return nil
	}
	if err := org.Validate(); err != nil {
		return err
	}
	return s.store.PutOrganisation(ctx, &org)
}

package app

import (
	"context"

	"jiqiao"
	"jiqiao/store"
)

// Owners reads the organisations that own records, each once: an export of thousands of records has tens of owners.
type Owners struct {
	store *store.Store
	known map[string]jiqiao.Organisation
}

// NewOwners reads from st.
func NewOwners(st *store.Store) *Owners {
	return &Owners{store: st, known: map[string]jiqiao.Organisation{}}
}

// Of is the record's owner. One that has been deleted leaves what the record itself knows of it.
func (o *Owners) Of(ctx context.Context, rec jiqiao.Record) (jiqiao.Organisation, error) {
	ref := rec.Head().Owner
	if org, ok := o.known[ref.ID]; ok {
		return org, nil
	}
	org, err := o.store.GetOrganisation(ctx, ref.ID)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		org, err = jiqiao.Organisation{Name: ref.Name, CreditCode: ref.CreditCode, Kind: ref.Kind}, nil
	}
	if err != nil {
		return jiqiao.Organisation{}, err
	}
	o.known[ref.ID] = org
	return org, nil
}

package jiqiao

import (
	"slices"
	"strings"
)

// Scope is one right of an API token.
type Scope string

const (
	// ScopeRead shows contacts, and the owners of records with DisclosureAnonymous.
	ScopeRead Scope = "read"
	// ScopeReadPrivate shows records with DisclosurePrivate and records that are not published. It includes ScopeRead.
	ScopeReadPrivate Scope = "read_private"
	// ScopeWrite creates, changes, deletes and imports. It includes ScopeReadPrivate: who edits must see what is edited.
	ScopeWrite Scope = "write"
	// ScopeAdmin activates models and handles jobs. It includes ScopeWrite.
	ScopeAdmin Scope = "admin"
)

// Scopes lists every Scope, from the least to the most.
var Scopes = [...]Scope{ScopeRead, ScopeReadPrivate, ScopeWrite, ScopeAdmin}

// Viewer is who asks: a person, a machine with a token, or, the zero Viewer, the public.
type Viewer struct {
	// Name is the token's or the person's name; empty for the public. A person's is personal data: logs have User.
	Name string
	// Scopes are the rights of a token; a person has none.
	Scopes []Scope
	// User is the id of a person's account, empty for others; Role is what the person does.
	User string
	Role Role
	// Organisation is the id of the organisation that the person or the token belongs to, empty for none.
	Organisation string
	// Lead marks who manages the organisation's members (单位管理员).
	Lead bool
	// Region bounds what an operator reaches, as a GB/T 2260 code of a province, city or county; empty is everything.
	Region string
}

// Can reports whether the viewer has the scope, directly or through a wider one. Nobody has a scope that is none of
// Scopes.
func (v Viewer) Can(s Scope) bool {
	wanted := slices.Index(Scopes[:], s)
	return wanted >= 0 && slices.ContainsFunc(v.Scopes, func(have Scope) bool { return slices.Index(Scopes[:], have) >= wanted })
}

// Public reports whether the viewer has no right beyond the public's.
func (v Viewer) Public() bool { return !v.Can(ScopeRead) }

// Sees reports whether the viewer may know that the record exists.
func (v Viewer) Sees(r Record) bool {
	h := r.Head()
	if h.DeletedAt != nil {
		return false
	}
	return v.Can(ScopeReadPrivate) || h.Status == StatusPublished && h.Disclosure != DisclosurePrivate
}

// Narrow is the filter cut down to what the viewer may see.
func (v Viewer) Narrow(f Filter) Filter {
	f.Private = v.Can(ScopeReadPrivate)
	if !f.Private {
		f.Statuses = []Status{StatusPublished}
	}
	f.Owners = v.Can(ScopeRead)
	return f
}

// HiddenOwner stands where the name of an owner that stays anonymous would be.
const HiddenOwner = "（单位名称不公开）"

// Show is the record as the viewer may see it: the record itself for those with ScopeRead, else a copy without
// contacts and people's names of the other side's wishes, and, when the record is anonymous, without anything that
// names the owner. Ask Sees first.
func (v Viewer) Show(r Record) Record {
	if v.Can(ScopeRead) || r == nil {
		return r
	}
	switch r := r.(type) {
	case *Need:
		c := *r
		c.Contact, c.IntendedExperts, c.IntendedPartners = Contact{}, nil, nil
		if c.Disclosure == DisclosureAnonymous {
			c.hideOwner(r.Owner.Name)
			hideName(r.Owner.Name, &c.Background, &c.Problem, &c.Constraints, &c.Foundation)
			c.Metrics = hideInMetrics(r.Owner.Name, c.Metrics)
		}
		return &c
	case *Achievement:
		c := *r
		c.Contact = Contact{}
		if c.Disclosure == DisclosureAnonymous {
			c.hideOwner(r.Owner.Name)
			hideName(r.Owner.Name, &c.Abstract, &c.Innovations, &c.Applications, &c.Benefit, &c.Usage, &c.Funding, &c.Awards)
			c.Metrics = hideInMetrics(r.Owner.Name, c.Metrics)
			// A patent number, a registry number or an inventor leads to the owner within one look-up.
			c.RegistryNumber, c.Team, c.IPs = "", nil, hideNumbers(c.IPs)
		}
		return &c
	default:
		return nil
	}
}

// ShowOrganisation is the organisation as the viewer may see it: without contact, legal person and address for those
// who lack ScopeRead.
func (v Viewer) ShowOrganisation(o Organisation) Organisation {
	if !v.Can(ScopeRead) {
		o.Contact, o.LegalPerson, o.Address = Contact{}, "", ""
	}
	return o
}

func (h *Header) hideOwner(name string) {
	h.Owner = OrganisationRef{Name: HiddenOwner, Kind: h.Owner.Kind}
	h.ExternalID = ""
	hideName(name, &h.Title)
	h.Keywords = slices.Clone(h.Keywords)
	for i := range h.Keywords {
		hideName(name, &h.Keywords[i])
	}
}

// hideName takes the owner's name out of texts that its author wrote it into.
func hideName(name string, texts ...*string) {
	if name == "" {
		return
	}
	for _, t := range texts {
		*t = strings.ReplaceAll(*t, name, HiddenOwner)
	}
}

func hideInMetrics(name string, metrics []Metric) []Metric {
	metrics = slices.Clone(metrics)
	for i := range metrics {
		hideName(name, &metrics[i].Name, &metrics[i].Text, &metrics[i].Current)
	}
	return metrics
}

func hideNumbers(ips []IP) []IP {
	ips = slices.Clone(ips)
	for i := range ips {
		ips[i].Number, ips[i].Title = "", ""
	}
	return ips
}

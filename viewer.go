package jiqiao

import "slices"

// Scope is one right of an API token.
type Scope string

const (
	// ScopeRead shows contacts, and the owners of records that hide them.
	ScopeRead Scope = "read"
	// ScopeReadPrivate shows every record whole, whatever its disclosure and status. It includes ScopeRead.
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
	// Granted are the ids of records opened to the organisation, sorted.
	Granted []string
}

// Can reports whether the viewer has the scope, directly or through a wider one. Nobody has a scope that is none of
// Scopes.
func (v Viewer) Can(s Scope) bool {
	wanted := slices.Index(Scopes[:], s)
	return wanted >= 0 && slices.ContainsFunc(v.Scopes, func(have Scope) bool { return slices.Index(Scopes[:], have) >= wanted })
}

// Public reports whether the viewer is neither a person nor a machine that may read.
func (v Viewer) Public() bool { return v.User == "" && !v.Can(ScopeRead) }

// Access is what the viewer may see of records. The table is in docs/disclosure.md.
func (v Viewer) Access() Access {
	switch {
	case v.User == "" && v.Organisation == "":
		return Access{Everything: v.Can(ScopeReadPrivate), Owners: v.Can(ScopeRead), Contacts: v.Can(ScopeRead)}
	case v.User == "":
		// A machine of an organisation is what a member is, as far as its scopes go.
		if !v.Can(ScopeReadPrivate) {
			return Access{}
		}
		return Access{Organisation: v.Organisation, Granted: v.Granted, Masked: true}
	}
	switch v.Role {
	case RoleEnterprise, RoleUniversity:
		return Access{Organisation: v.Organisation, Granted: v.Granted, Masked: true}
	case RoleBroker:
		return Access{Organisation: v.Organisation, Granted: v.Granted, Masked: true, Broker: v.May(PermRecordReadBroker)}
	case RoleOperator:
		return Access{Organisation: v.Organisation, Masked: true, Operator: v.May(PermRecordReadAny), Region: v.Region}
	default: // the three administrators have no business with records
		return Access{}
	}
}

// Sees reports whether the viewer may know that the record exists.
func (v Viewer) Sees(r Record) bool { return v.Access().Sees(r) }

// Show is the record as the viewer may see it; see Access.Show.
func (v Viewer) Show(r Record) Record { return v.Access().Show(r) }

// Narrow is the filter cut down to what the viewer may see.
func (v Viewer) Narrow(f Filter) Filter {
	f.Access = v.Access()
	if f.Access.Published() {
		f.Statuses = []Status{StatusPublished}
	}
	return f
}

// ShowOrganisation is the organisation as the viewer may see it: contact, legal person and address are for its own
// members and for machines; brokers and operators see the contact masked.
func (v Viewer) ShowOrganisation(o Organisation) Organisation {
	a := v.Access()
	switch {
	case a.Contacts || a.Organisation != "" && a.Organisation == o.ID:
	case a.Operator || a.Broker:
		o.Contact = o.Contact.Masked()
	default:
		o.Contact, o.LegalPerson, o.Address = Contact{}, "", ""
	}
	return o
}

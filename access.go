package jiqiao

import (
	"fmt"
	"slices"
	"strings"
)

// Access is what somebody may see of records. It is worked out from the Viewer, never read from a request, and travels
// with every Filter, so that what searches, matches and quotes knows for whom. The zero Access is the public's.
type Access struct {
	// Everything is every record, whole: machines that synchronise, the command line.
	Everything bool
	// Owners names the owners that stay anonymous; Contacts gives contacts in full, of all that may be seen.
	Owners, Contacts bool
	// Organisation is whose own records are seen whole, whatever their state; empty for none.
	Organisation string
	// Operator sees all records of Region whole, save contacts; an empty Region is everywhere.
	Operator bool
	Region   string
	// Broker sees what was published whole, save contacts and what is private.
	Broker bool
	// Masked shows that there are contacts, and a little of them.
	Masked bool
	// Granted are the ids of records opened to the organisation, sorted: those are seen whole, contacts included.
	Granted []string
}

// Key tells two rights apart, for caches.
func (a Access) Key() string {
	return fmt.Sprintf("all=%t owners=%t contacts=%t of=%q operator=%t in=%q broker=%t masked=%t granted=%s",
		a.Everything, a.Owners, a.Contacts, a.Organisation, a.Operator, a.Region, a.Broker, a.Masked, strings.Join(a.Granted, ","))
}

// Public reports whether the access is no more than the public's.
func (a Access) Public() bool {
	return !a.Everything && !a.Owners && !a.Contacts && a.Organisation == "" && !a.Operator && !a.Broker && !a.Masked && len(a.Granted) == 0
}

// Published is the access of those who, however they may know more of a record, see no others than the public does.
func (a Access) Published() bool {
	return !a.Everything && a.Organisation == "" && !a.Operator && !a.Broker
}

// Operates reports whether an operator with the access serves the place; a record of no place is everybody's.
func (a Access) Operates(region string) bool {
	return a.Operator && (a.Region == "" || region == "" || RegionMatches(a.Region, region))
}

// Reviewed reports whether records of the status have been let out, and are not taken back.
func (s Status) Reviewed() bool {
	switch s {
	case StatusPublished, StatusPaused, StatusEngaged, StatusSettled, StatusExpired:
		return true
	default:
		return false
	}
}

// standing is in what part somebody looks at one record.
type standing struct{ own, granted, operator, broker bool }

func (a Access) standing(h *Header) standing {
	_, granted := slices.BinarySearch(a.Granted, h.ID)
	return standing{
		own:      a.Everything || a.Organisation != "" && a.Organisation == h.Owner.ID,
		granted:  granted && h.ID != "" && h.Status.Reviewed(),
		operator: a.Operates(h.Region),
		broker:   a.Broker && h.Disclosure != DisclosurePrivate && h.Status.Reviewed(),
	}
}

// any reports whether it is more than an outsider's.
func (s standing) any() bool { return s.own || s.granted || s.operator || s.broker }

// Sees reports whether the record may be known to exist.
func (a Access) Sees(r Record) bool {
	h := r.Head()
	if h.DeletedAt != nil {
		return false
	}
	return a.standing(h).any() || h.Status == StatusPublished && h.Disclosure.Offered()
}

// Knows reports whether the title of the record may be known: of one that is seen, or that everybody could see before it came
// to rest.
func (a Access) Knows(r Record) bool {
	if a.Sees(r) {
		return true
	}
	h := r.Head()
	switch h.Status {
	case StatusPaused, StatusEngaged, StatusSettled, StatusExpired:
		return h.DeletedAt == nil && h.Disclosure.Offered()
	default:
		return false
	}
}

// SeesDetail reports whether the record is seen whole, but for its contact.
func (a Access) SeesDetail(r Record) bool { return a.standing(r.Head()).any() }

// SeesOwner reports whether the owner's name is seen.
func (a Access) SeesOwner(r Record) bool {
	h := r.Head()
	return a.Owners || !h.Disclosure.HidesOwner() || a.standing(h).any()
}

// Open reports whether everybody may read all of the record but its contact, its owner's name included: such a record may
// be shown to other people's programs.
func Open(r Record) bool {
	h := r.Head()
	return (h.Disclosure == DisclosurePublic || h.Disclosure == "") && h.Confidential == ""
}

// SeesContact reports whether the contact is seen in full.
func (a Access) SeesContact(r Record) bool {
	s := a.standing(r.Head())
	return a.Contacts || s.own || s.granted
}

// Show is the record as it may be seen: the record itself where that is all of it, else a copy. Ask Sees first. Showing
// what was shown changes nothing.
func (a Access) Show(r Record) Record {
	if r == nil {
		return nil
	}
	detail, owner, contact := a.SeesDetail(r), a.SeesOwner(r), a.SeesContact(r)
	if detail && owner && contact {
		return r
	}
	c := r
	if detail {
		c = copyRecord(r)
	} else {
		c = outline(r)
		if !a.Contacts {
			hidePeople(c)
		}
	}
	h := c.Head()
	if !owner {
		redactOwner(c, HiddenOwner)
	}
	switch {
	case contact:
	case a.Masked && owner: // a masked address still names the owner's domain
		h.Contact = h.Contact.Masked()
	default:
		h.Contact = Contact{}
	}
	return c
}

// Face is what programs may read of a record: what the public reads, without any trace of an owner who stays anonymous.
// It is what is searched, scored, embedded and learned from, so that no result tells what a text says that its reader may
// not see. Records that outsiders never meet show all but their confidential detail.
func Face(r Record) Record {
	h := r.Head()
	if h.Confidential == "" && (!h.Disclosure.Offered() || h.Disclosure == DisclosurePublic || h.Disclosure == "") {
		return r
	}
	c := outline(r)
	if h.Disclosure.HidesOwner() {
		redactOwner(c, "")
		c.Head().Owner = h.Owner // by which it is filtered for those who may know
	}
	return c
}

func copyRecord(r Record) Record {
	switch r := r.(type) {
	case *Need:
		c := *r
		return &c
	case *Achievement:
		c := *r
		return &c
	default:
		return nil
	}
}

// outline is a copy without confidential detail. Where the details are not public, it is made of the fields that are: a
// field that is added to a record is hidden until somebody lists it here.
func outline(r Record) Record {
	h := r.Head()
	if !h.Disclosure.HidesDetail() {
		c := copyRecord(r)
		c.Head().Confidential = ""
		return c
	}
	c := NewRecord(r.Kind())
	*c.Head() = Header{
		ID: h.ID, Version: h.Version, Status: h.Status, Title: h.Title, Keywords: h.Keywords, Owner: h.Owner, Region: h.Region,
		Industries: h.Industries, Fields: h.Fields, Emerging: h.Emerging, Cooperation: h.Cooperation, Price: h.Price.Band(),
		ValidUntil: h.ValidUntil, Contact: h.Contact, Disclosure: h.Disclosure, Summary: h.Summary,
		CreatedAt: h.CreatedAt, UpdatedAt: h.UpdatedAt, DeletedAt: h.DeletedAt,
	}
	return c
}

// hidePeople takes out whom a need's owner has in mind: people who have not asked to be named.
func hidePeople(r Record) {
	if n, ok := r.(*Need); ok {
		n.IntendedExperts, n.IntendedPartners = nil, nil
	}
}

package jiqiao

import (
	"slices"
	"strings"
)

// Normalise tidies what people and other systems send, before Validate: spaces around texts, line ends, control
// characters, empty and repeated list entries, labels where codes belong, the width of credit codes and numbers. An
// empty status becomes published. It changes rec.
func Normalise(rec Record) {
	rec.Head().normalise()
	switch r := rec.(type) {
	case *Need:
		r.normalise()
	case *Achievement:
		r.normalise()
	}
}

func (h *Header) normalise() {
	tidy(&h.Title, &h.Owner.Name, &h.Owner.ID, &h.ExternalID, &h.Summary, &h.Confidential)
	if h.Status == "" {
		h.Status = StatusPublished
	}
	canonical("status", (*string)(&h.Status))
	canonical("disclosure", (*string)(&h.Disclosure))
	canonical("organisation_kind", (*string)(&h.Owner.Kind))
	h.Owner.CreditCode = FoldCreditCode(h.Owner.CreditCode)
	h.Keywords = tidyList(h.Keywords)
	canonical("region", &h.Region)
	h.Industries = canonicalList("industry", h.Industries)
	h.Fields = canonicalList("field", h.Fields)
	h.Emerging = canonicalList("emerging", h.Emerging)
	h.Cooperation = canonicalList("cooperation", h.Cooperation)
	h.Contact.normalise()
}

func (n *Need) normalise() {
	tidy(&n.Background, &n.Problem, &n.Constraints, &n.Foundation)
	canonical("need_category", &n.Category)
	n.Outcomes = canonicalList("outcome", n.Outcomes)
	n.Services = canonicalList("service", n.Services)
	n.IntendedPartners = tidyList(n.IntendedPartners)
	n.IntendedExperts = tidyList(n.IntendedExperts)
	tidyMetrics(n.Metrics)
}

func (a *Achievement) normalise() {
	tidy(&a.Abstract, &a.Innovations, &a.Applications, &a.Benefit, &a.Usage, &a.Funding, &a.Awards, &a.RegistryNumber)
	canonical("maturity", &a.Maturity)
	canonical("attribute", &a.Attribute)
	canonical("form", &a.Form)
	canonical("level", &a.Level)
	canonical("evaluation", &a.Evaluation)
	canonical("acquisition", &a.Acquisition)
	a.Subjects = canonicalList("subject", a.Subjects)
	for i := range a.IPs {
		ip := &a.IPs[i]
		tidy(&ip.Number, &ip.Title)
		canonical("ip", &ip.Kind)
		canonical("ip_state", &ip.State)
	}
	for i := range a.Team {
		m := &a.Team[i]
		tidy(&m.Name, &m.Title, &m.Role, &m.Unit)
	}
	tidyMetrics(a.Metrics)
}

// Normalise tidies an organisation as the function Normalise does a record.
func (o *Organisation) Normalise() {
	tidy(&o.Name, &o.Products, &o.Profile, &o.Address, &o.LegalPerson)
	o.CreditCode = FoldCreditCode(o.CreditCode)
	canonical("organisation_kind", (*string)(&o.Kind))
	canonical("region", &o.Region)
	canonical("industry", &o.Industry)
	canonical("scale", &o.Scale)
	o.Qualifications = canonicalList("qualification", o.Qualifications)
	o.Contact.normalise()
}

func (c *Contact) normalise() {
	tidy(&c.Name, &c.Position)
	for _, s := range []*string{&c.Phone, &c.Email} {
		*s = strings.TrimSpace(strings.Map(halfWidth, *s))
	}
	c.Mobile = foldMobile(c.Mobile)
}

// foldMobile brings a mobile number to its digits: +86 138-0013-8000 is 13800138000. What is none stays as it was typed,
// for who must put it right.
func foldMobile(number string) string {
	number = strings.TrimSpace(strings.Map(halfWidth, number))
	digits := strings.TrimPrefix(strings.NewReplacer(" ", "", "-", "").Replace(number), "+86")
	if mobileShape.MatchString(digits) {
		return digits
	}
	return number
}

func tidyMetrics(metrics []Metric) {
	for i := range metrics {
		m := &metrics[i]
		tidy(&m.Name, &m.Unit, &m.Current, &m.Text)
	}
}

// tidy drops invalid UTF-8 and control characters, unifies line ends and trims.
func tidy(texts ...*string) {
	for _, s := range texts {
		t := strings.ToValidUTF8(*s, "")
		if strings.ContainsFunc(t, isControl) {
			t = strings.Map(func(r rune) rune {
				if isControl(r) {
					return -1
				}
				return r
			}, t)
		}
		if strings.Contains(t, "\r") {
			t = strings.ReplaceAll(strings.ReplaceAll(t, "\r\n", "\n"), "\r", "\n")
		}
		*s = strings.TrimSpace(t)
	}
}

func tidyList(items []string) []string {
	var kept []string
	for _, item := range items {
		tidy(&item)
		if item != "" && !slices.Contains(kept, item) {
			kept = append(kept, item)
		}
	}
	return kept
}

// canonical puts the code in place of a label; what it does not know stays, for Validate to name.
func canonical(list string, value *string) {
	tidy(value)
	if *value == "" {
		return
	}
	if code, ok := CodeByLabel(list, *value); ok {
		*value = code
	}
}

func canonicalList(list string, values []string) []string {
	var kept []string
	for _, v := range values {
		canonical(list, &v)
		if v != "" && !slices.Contains(kept, v) {
			kept = append(kept, v)
		}
	}
	return kept
}

package jiqiao

import "time"

// Token is an API token of a machine, without its secret, of which only a digest is stored.
type Token struct {
	ID     string  `json:"id"` // "t_" and 20 characters
	Name   string  `json:"name"`
	Scopes []Scope `json:"scopes"`
	// OrganisationID binds the token to an organisation, whose records and nothing else it may write; empty for none.
	OrganisationID string     `json:"organisation_id,omitempty"`
	MadeBy         string     `json:"made_by,omitempty"` // the account; empty: on the command line
	CreatedAt      time.Time  `json:"created_at"`
	ExpiresAt      *time.Time `json:"expires_at,omitempty"` // nil: never
	RevokedAt      *time.Time `json:"revoked_at,omitempty"`
	LastUsedAt     *time.Time `json:"last_used_at,omitempty"` // to within ten minutes; nil: never used
}

package jiqiao

// Event tells open pages that something changed, after it was committed. It names what changed and for whom; the page
// reads the rest itself, with its own rights.
type Event struct {
	// Topic is what kind of thing changed: "queue", "inbox", "introduction", "read", "deal", "import", "job", "record".
	Topic  string `json:"topic"`
	Object Ref    `json:"object"`
	// Users and Organisations are ids of who may hear of it, Roles all accounts of a role. None at all is nobody.
	Users         []string `json:"users,omitempty"`
	Organisations []string `json:"organisations,omitempty"`
	Roles         []Role   `json:"roles,omitempty"`
	// Data is small and never confidential: a count, a state.
	Data map[string]string `json:"data,omitempty"`
}

// Notice asks to tell people of something. It is stored with the change it tells of; a job expands it to recipients and
// channels by their preferences.
type Notice struct {
	// Template names the text; see the list of templates.
	Template string `json:"template"`
	// Users and Organisations are ids of recipients, Roles all accounts of a role; an organisation is all its members.
	Users         []string `json:"users,omitempty"`
	Organisations []string `json:"organisations,omitempty"`
	Roles         []Role   `json:"roles,omitempty"`
	// Regions limit Roles to accounts that no region binds and those whose region one of these lies in; none is no limit.
	// "" is a place that nobody knows: it lies in no region.
	Regions []string `json:"regions,omitempty"`
	Object  Ref      `json:"object"`
	// Data fills the template. Never phone numbers, addresses, or what the recipient may not see.
	Data map[string]string `json:"data,omitempty"`
	// Key: what has been told under a key is not told again. Empty is told every time.
	Key string `json:"key,omitempty"`
	// Urgent does not wait for the digest or for the end of quiet hours.
	Urgent bool `json:"urgent,omitempty"`
}

// LiveEvent is an event with the id under which a page that lost its connection comes back.
type LiveEvent struct {
	ID string
	Event
}

// EventStream is what an open page hears. Missed came while its connection was broken and comes first; Resync says that
// some of those are lost. Events is closed when the page was too slow or the service stops.
type EventStream struct {
	Missed []LiveEvent
	Resync bool
	Events <-chan LiveEvent
}

// TopicResync is the event that tells a page to read anew what it shows.
const TopicResync = "resync"

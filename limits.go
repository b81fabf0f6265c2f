package jiqiao

// Limits of a record. Texts are counted in characters (Unicode code points), lists in entries. They are wide enough for
// the longest forms seen and narrow enough that one record cannot fill a page or an index.
const (
	MaxTitle    = 120
	MaxName     = 100    // of an organisation or a person's unit
	MaxShort    = 200    // one line: an address, a position, a patent's title, a unit's remark
	MaxText     = 10_000 // one long text of the form
	MaxSummary  = 2000   // the public summary of a record whose details are not public
	MaxUnit     = 20
	MaxKeyword  = 40
	MaxKeywords = 20
	MaxCodes    = 20 // entries of one list of codes
	MaxMetrics  = 50
	MaxIPs      = 100
	MaxTeam     = 100
	MaxPartners = 20
	MaxTRL      = 13
	MaxNeedTRL  = 9
	// MaxMoney is one trillion yuan, in 分; more is a slip of the unit.
	MaxMoney = 100_000_000 * Wan
	// MinYear and MaxYear bound every date.
	MinYear = 1949
	MaxYear = 2100
	// MaxNote bounds a broker's remark on a decision, MaxRank the place at which a match may have been shown.
	MaxNote = 1000
	MaxRank = 10_000
	// MaxFilterValues bounds one list of a Filter.
	MaxFilterValues = 100
)

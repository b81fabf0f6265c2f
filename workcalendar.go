package jiqiao

// DayKind says what is special about a day.
type DayKind string

// The kinds of days that differ from their day of the week.
const (
	DayOff  DayKind = "off"  // 放假
	DayWork DayKind = "work" // 调休上班
)

// SpecialDay is one day that is worked, or not, against its day of the week.
type SpecialDay struct {
	Day  Date    `json:"day"`
	Kind DayKind `json:"kind"`
	// Name says why, in Chinese: 国庆节.
	Name string `json:"name,omitempty"`
}

// AddedDays is what operators add to the calendar of working days.
type AddedDays struct {
	Days []SpecialDay `json:"days"`
	// Years are those whose arrangement is complete with Days, each with where it was published.
	Years map[int]string `json:"years"`
}

// WorkCalendar is one year of the calendar of working days.
type WorkCalendar struct {
	Year int `json:"year"`
	// Source says where the year's holidays were published; empty when they are not known, and only weekends are free.
	Source string `json:"source,omitempty"`
	// Days are those that differ from their day of the week, in order.
	Days []SpecialDay `json:"days"`
	// Known lists the years that are known; Warning says in Chinese that this one is not.
	Known   []int  `json:"known"`
	Warning string `json:"warning,omitempty"`
	// Added is what operators added, of all years; Version is what changing it takes.
	Added   AddedDays `json:"added"`
	Version int64     `json:"version"`
}

package quality

import "patchbay.example/internal/people/reporting"

// Kind is a kind of finding.
type Kind string

// The kinds that are reasons for a manager or for the lack of one.
const (
	Ambiguous         = Kind(reporting.Ambiguous)
	NotInDirectory    = Kind(reporting.NotInDirectory)
	InactiveManager   = Kind(reporting.InactiveManager)
	Blank             = Kind(reporting.Blank)
	Placeholder       = Kind(reporting.Placeholder)
	OutsideSyncFilter = Kind(reporting.OutsideSyncFilter)
	Conflict          = Kind(reporting.Conflict)
	MalformedDN       = Kind(reporting.MalformedDN)
	Self              = Kind(reporting.Self)
	Cycle             = Kind(reporting.Cycle)
)

// The other kinds.
const (
	UnitSpelling    Kind = "unit_spelling"    // units that are probably one
	UnitHead        Kind = "unit_head"        // a unit about whose head the evidence disagrees
	EmptyTitle      Kind = "empty_title"      // somebody active without a title
	EmptyDepartment Kind = "empty_department" // somebody active without a department
	Duplicate       Kind = "duplicate_person" // people who are probably one
	SeveralRoots    Kind = "several_roots"    // one of several heads of a company
	WideTeam        Kind = "wide_team"        // somebody with unusually many direct reports
)

// Section is what a kind is about.
type Section string

// The sections.
const (
	Managers Section = "managers"
	Units    Section = "units"
	Fields   Section = "fields"
	People   Section = "people"
)

// Standing is what a reason means for somebody's manager.
type Standing string

// The standings. Found is that of who has no finding; the kinds that are no
// reasons have none.
const (
	Found    Standing = "found"    // there is a manager without a doubt
	Doubtful Standing = "doubtful" // there is one, with a doubt
	NotGiven Standing = "blank"    // none is given
	Missing  Standing = "missing"  // one is given and not found
)

// Severity is how much harm a finding does.
type Severity string

// The severities.
const (
	High   Severity = "high"   // somebody is in the wrong place of the chart, or in none
	Medium Severity = "medium" // an answer is in doubt
	Low    Severity = "low"    // something is untidy
)

// Info is what there is to say of a kind.
type Info struct {
	Kind     Kind
	Section  Section
	Standing Standing // empty for what is no reason
	Severity Severity
	// Title is what it is, as a heading; Fix what helps, a sentence without its
	// full stop.
	Title, Fix string
}

// infos are all kinds, in the order in which they are shown.
var infos = [...]Info{
	{Ambiguous, Managers, Missing, High, "Ambiguous manager", "Send the employee number instead of the name"},
	{NotInDirectory, Managers, Missing, High, "Manager is not in the directory", "Add the manager to the app, or clear the field"},
	{InactiveManager, Managers, Doubtful, Medium, "Manager has left", "Name the successor"},
	{Blank, Managers, NotGiven, Medium, "No manager given", "Fill it, or mark as head of a company"},
	{Placeholder, Managers, NotGiven, Low, "Placeholder", "Clear the field"},
	{OutsideSyncFilter, Managers, Missing, Medium, "Manager outside the sync filter", "Include deprovisioned people, or name the successor"},
	{Conflict, Managers, Doubtful, Medium, "Two attributes disagree", "Correct the attribute that was not used"},
	{MalformedDN, Managers, Missing, Medium, "Unreadable DN", "Escape the comma, close the path"},
	{Self, Managers, Doubtful, Low, "Own manager", "Clear it if a head of a company"},
	{Cycle, Managers, Doubtful, High, "Circle", "Correct one of the managers in it"},
	{UnitSpelling, Units, "", Low, "Teams spelt more than one way", "Choose one spelling"},
	{UnitHead, Units, "", Medium, "Structure and title disagree about the head", "Correct the title or the managers, or name the head in the settings"},
	{EmptyTitle, Fields, "", Low, "No title", "Fill it at the source"},
	{EmptyDepartment, Fields, "", Low, "No department", "Fill it at the source"},
	{Duplicate, People, "", Medium, "Probably the same person twice", "Remove the account that is not used"},
	{SeveralRoots, People, "", Low, "Several heads of a company", "Name the manager of all but one, unless they are companies of their own"},
	{WideTeam, People, "", Low, "Unusually wide teams", "Check whether a level of managers is missing in the records"},
}

// Kinds are all kinds, in the order in which they are shown.
func Kinds() []Info { return append([]Info(nil), infos[:]...) }

// Info is what there is to say of the kind; the zero value for an unknown one.
func (k Kind) Info() Info {
	if i := place(k); i >= 0 {
		return infos[i]
	}
	return Info{}
}

// place is a kind's place among all, -1 for an unknown one.
func place(k Kind) int {
	for i := range infos {
		if infos[i].Kind == k {
			return i
		}
	}
	return -1
}

package people

import (
	"time"

	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/people/search"
	"patchbay.example/internal/people/unit"
)

// Card is a person in a list.
type Card struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Initials are one or two letters, Tone one of ten colours, 0 to 9.
	Initials string `json:"initials"`
	Tone     int    `json:"tone"`
	// Title, Department, City and Country are empty where unknown or not allowed.
	Title      string `json:"title,omitempty"`
	Department string `json:"department,omitempty"`
	City       string `json:"city,omitempty"`
	Country    string `json:"country,omitempty"`
	// Zone is the time zone, an IANA name that this machine knows; empty
	// otherwise.
	Zone string `json:"zone,omitempty" doc:"Time zone, an IANA name"`
	// Telling is what tells the person from others of the same name: the
	// smallest set of department, title, city and manager. Empty for a name that
	// nobody else has.
	Telling string `json:"telling,omitempty" doc:"What tells the person from others of the same name"`
	// Contractor says that the person is employed by somebody else.
	Contractor bool `json:"contractor,omitempty"`
	// Inactive says that the person can't sign in at present, or left; Status is
	// the service's word.
	Inactive bool   `json:"inactive,omitempty"`
	Status   string `json:"status,omitempty"`
	// Direct and Total count the reports who are active, Contractors those of
	// Total who are contractors.
	Direct      int `json:"direct"`
	Total       int `json:"total"`
	Contractors int `json:"contractors"`
	// Manager is the manager's name and ManagerID the id; empty for none.
	Manager   string `json:"manager,omitempty"`
	ManagerID string `json:"manager_id,omitempty"`
}

// Person is a person's page.
type Person struct {
	Card
	// Values are the allowed attributes that the person has, in the order of the
	// catalogue.
	Values []Value `json:"values"`
	// Line leads from the root down to the manager; empty for a root. Of one that
	// is longer than [MaxPage], the middle is left out; LineTotal counts all.
	Line      []Card `json:"line"`
	LineTotal int    `json:"line_total"`
	// Link says how the manager was found, or why none was.
	Link Link `json:"link"`
	// Peers are who else reports to the manager, Reports who reports to the
	// person, those among them who are not active but lead somebody too: the first
	// [PagePeople] of each by name.
	Peers        []Card `json:"peers"`
	PeersTotal   int    `json:"peers_total"`
	Reports      []Card `json:"reports"`
	ReportsTotal int    `json:"reports_total"`
	// Namesakes are others of the same name, the first [PagePeople].
	Namesakes      []Card `json:"namesakes,omitempty"`
	NamesakesTotal int    `json:"namesakes_total,omitempty"`
	// Leads are the units that the person leads, alone or with others.
	Leads []UnitSummary `json:"leads,omitempty"`
	// ByDepartment and ByCity count all reports of every level; the first ten.
	ByDepartment []Count `json:"by_department,omitempty"`
	ByCity       []Count `json:"by_city,omitempty"`
	// Stale says that the last run could not read the record.
	Stale bool `json:"stale,omitempty"`
}

// Value is an attribute of a person.
type Value struct {
	Attribute string `json:"attribute"`
	Label     string `json:"label"`
	// Text is the value; several are joined by "; ".
	Text string `json:"text"`
	// Kind says what can be done with it: "", "email", "phone", "url", "unit".
	Kind string `json:"kind,omitempty" enum:",email,phone,url,unit"`
}

// Count is a value and how many have it.
type Count struct {
	Value  string `json:"value"`
	Label  string `json:"label,omitempty" doc:"What to show for the value where that is something else, such as a manager's name"`
	People int    `json:"people"`
	Chosen bool   `json:"chosen,omitempty"`
}

// Link is how somebody's manager was found, or why none was. It holds no value
// of the source.
type Link struct {
	// Reason is a code of package reporting. Who has a manager that is not shown
	// has none: [reporting.Blank].
	Reason reporting.Reason `json:"reason"`
	// Attribute and Key are those that named the manager; empty without one.
	Attribute string        `json:"attribute,omitempty"`
	Key       reporting.Key `json:"key,omitempty"`
	// Text says it in a sentence.
	Text string `json:"text"`
}

// Evidence is how somebody's manager was looked for, with the values of the
// source: for administrators.
type Evidence struct {
	Person     Card                `json:"person"`
	Link       Link                `json:"link"`
	References []EvidenceReference `json:"references"`
}

// EvidenceReference is what became of one attribute.
type EvidenceReference struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
	// Used says that it decided.
	Used bool `json:"used,omitempty"`
	// Key is what the value matched; empty for nothing.
	Key reporting.Key `json:"key,omitempty"`
	// Candidates are those whom it could name, the first ten of Total.
	Candidates []Card `json:"candidates,omitempty"`
	Total      int    `json:"total"`
	// Text says it in a sentence.
	Text string `json:"text"`
}

// Query asks for people.
type Query struct {
	// Text is what to search for, at most [MaxText] bytes.
	Text string
	// Chosen are the values chosen by facet; "" stands for having none.
	Chosen map[string][]string
	// Sort is "best" (or empty), "name" or "-name".
	Sort string
	// Offset is at most [MaxOffset], Limit at most [MaxPage]; 0: [PagePeople].
	Offset, Limit int
	// More is the facet of which all values are wanted, up to [MaxPage].
	More string
}

// Found is a page of an answer.
type Found struct {
	Total int   `json:"total"`
	Hits  []Hit `json:"hits"`
	// Groups say how the hits matched, in order: the first Groups[0].People hits
	// of the whole answer are of the first kind. Empty where Query.Text is.
	Groups []Group `json:"groups,omitempty"`
	Facets []Facet `json:"facets"`
}

// Hit is a person found.
type Hit struct {
	Card
	// Name and title in pieces, of which some are marked; nil where nothing is.
	NameMarks  []Piece `json:"name_marks,omitempty"`
	TitleMarks []Piece `json:"title_marks,omitempty"`
	// Also is what else matched, where neither name nor title did: a label such
	// as "first name" and the pieces of the value.
	Also      string  `json:"also,omitempty"`
	AlsoMarks []Piece `json:"also_marks,omitempty"`
}

// Piece is a part of a text.
type Piece struct {
	Text string `json:"text"`
	Mark bool   `json:"mark,omitempty"`
}

// Group is a kind of match.
type Group struct {
	// Kind is "exact", "typo" or "some".
	Kind   string `json:"kind" enum:"exact,typo,some"`
	People int    `json:"people"`
	// Lead and Rest are the sentence about it: "3 match both words" and ", one
	// letter different in each. Nobody is spelt exactly so."
	Lead string `json:"lead"`
	Rest string `json:"rest"`
}

// Facet is an attribute by which an answer can be narrowed.
type Facet struct {
	// Field is an attribute's name, or "manager", whose values are ids.
	Field string `json:"field"`
	Label string `json:"label"`
	// Values are those with the most people, and the chosen ones.
	Values []Count `json:"values"`
	// More counts the values that are not listed.
	More int `json:"more"`
}

// Branch is a part of the org chart: a person with reports, opened.
type Branch struct {
	Card
	// Open says that Reports or Groups are filled in.
	Open bool `json:"open"`
	// Reports are the active reports from Offset on, by name, where they are few
	// or asked for as a list; Groups those by department otherwise.
	Reports []*Branch `json:"reports,omitempty"`
	Groups  []Count   `json:"groups,omitempty"`
	// Offset and Listed are the place of Reports among how many.
	Offset int `json:"offset,omitempty"`
	Listed int `json:"listed,omitempty"`
	// Group is the department whose members Reports are; empty for all. Grouped
	// says that it is one, for a department may have no name.
	Group   string `json:"group,omitempty"`
	Grouped bool   `json:"grouped,omitempty"`
	// Hot says that the reporting line of the person in view goes through here;
	// Self that this is that person.
	Hot  bool `json:"hot,omitempty"`
	Self bool `json:"self,omitempty"`
	// Cut says that a circle of managers was cut above this person.
	Cut bool `json:"cut,omitempty"`
}

// ChartQuery asks for the org chart around somebody.
type ChartQuery struct {
	// Person is in view; empty: the root with the most people.
	Person string
	// Group makes groups by department of any number of reports; otherwise only
	// of more than [WideTeam].
	Group bool
	// Levels is how many levels below the person are open: 1 unless given, at
	// most [MaxLevels], as far as [MaxNodes] allows.
	Levels int
}

// Chart is the org chart around somebody.
type Chart struct {
	Root *Branch `json:"root"`
	// Line leads from the root to the person in view, who is its last; of one that
	// is longer than [MaxPage], the middle is left out, and Root is [MaxAbove]
	// levels above the person. LineTotal counts all.
	Line      []Card `json:"line"`
	LineTotal int    `json:"line_total"`
	// Shown counts the people in Root, Grouped those in groups, and People all who
	// are active. Outside counts those who are in no tree of more than one.
	Shown   int `json:"shown"`
	Grouped int `json:"grouped"`
	People  int `json:"people"`
	Outside int `json:"outside"`
	// Roots are the other trees, the largest first; the first [PagePeople].
	Roots      []Card `json:"roots"`
	RootsTotal int    `json:"roots_total"`
}

// BranchQuery asks for what is below somebody.
type BranchQuery struct {
	Person string
	// List asks for the reports as a list however many; Group for those of one
	// department: it points to its name, which may be empty.
	List  bool
	Group *string
	// Grouped makes groups of any number of reports.
	Grouped       bool
	Offset, Limit int // Limit at most [WideTeam]; 0 is that
}

// UnitSummary is a unit in a list.
type UnitSummary struct {
	unit.Ref
	Label       string `json:"label" doc:"What kind of unit it is"`
	Members     int    `json:"members"`
	Contractors int    `json:"contractors"`
	// Class is how certain the head is; Heads who it is.
	Class unit.Class `json:"class"`
	Heads []Card     `json:"heads,omitempty"`
	// Text is the evidence and the coverage in a sentence.
	Text string `json:"text"`
}

// UnitPage is one unit.
type UnitPage struct {
	UnitSummary
	// Structure and Title are whom each kind of evidence names, where they
	// disagree.
	Structure []Card `json:"structure,omitempty"`
	Title     []Card `json:"title,omitempty"`
	// Outside says that the head is not a member.
	Outside bool `json:"outside,omitempty"`
	// NoManager are members with no manager on file; the first [PagePeople] of
	// NoManagerTotal.
	NoManager      []Card `json:"no_manager,omitempty"`
	NoManagerTotal int    `json:"no_manager_total"`
	// Spellings are units that are probably the same one.
	Spellings []UnitSummary `json:"spellings,omitempty"`
	// People are the members, by name: a page of Members.
	People []Card  `json:"people"`
	ByCity []Count `json:"by_city,omitempty"`
}

// UnitsQuery asks for units.
type UnitsQuery struct {
	// Field is an attribute; empty: department.
	Field string
	// Text is a part of the name.
	Text string
	// Class narrows to one class; empty: all.
	Class         unit.Class
	Offset, Limit int
}

// Units is a page of units, the largest first.
type Units struct {
	Total int           `json:"total"`
	Units []UnitSummary `json:"units"`
	// Fields are the kinds of unit, with how many there are of each.
	Fields []Count `json:"fields"`
	// Classes count those of the field.
	Classes []Count `json:"classes"`
}

// Quality is the state of the directory.
type Quality struct {
	// People are all whose managers were looked for; the reasons sum to it.
	People int `json:"people"`
	// Found have a manager without a doubt, Doubtful have one with, Blank have
	// none given, Missing name one who was not found.
	Found    int `json:"found"`
	Doubtful int `json:"doubtful"`
	Blank    int `json:"blank"`
	Missing  int `json:"missing"`
	// Kinds are the kinds of finding, in a fixed order, those without findings
	// too.
	Kinds []QualityKind `json:"kinds"`
	// Findings counts all; Before is how many there were before the last run, nil
	// where nothing is known of it.
	Findings int  `json:"findings"`
	Before   *int `json:"before,omitempty"`
	// Since is when the directory before this one was complete.
	Since *time.Time `json:"since,omitempty"`
	// Table says how managers are written here.
	Table reporting.Table `json:"table"`
	// SetAside counts accounts that belong to nobody.
	SetAside int `json:"set_aside"`
}

// QualityKind is a kind of finding.
type QualityKind struct {
	Kind string `json:"kind"`
	// Section is "managers", "units", "fields" or "people".
	Section string `json:"section" enum:"managers,units,fields,people"`
	Title   string `json:"title"`
	Fix     string `json:"fix"`
	Count   int    `json:"count"`
	// New and Gone are findings that the last run brought and took away; nil
	// where nothing is known of the directory before.
	New  *int `json:"new,omitempty"`
	Gone *int `json:"gone,omitempty"`
	// Example is one finding's source in short; empty for none.
	Example string `json:"example,omitempty"`
}

// Finding is one thing to look at.
type Finding struct {
	Kind string `json:"kind"`
	// Person is whom it concerns; nil for one that concerns a unit.
	Person *Card     `json:"person,omitempty"`
	Unit   *unit.Ref `json:"unit,omitempty"`
	// Source is what the record says: attribute and value.
	Source []Value `json:"source,omitempty"`
	// Others are further people whom it concerns: candidates, the circle, the
	// duplicates, the manager who left.
	Others      []Card     `json:"others,omitempty"`
	OthersTotal int        `json:"others_total,omitempty"`
	Units       []unit.Ref `json:"units,omitempty"`
	// Hint helps to decide and was not used.
	Hint string `json:"hint,omitempty"`
	Fix  string `json:"fix"`
	// New says that the last run brought it.
	New bool `json:"new,omitempty"`
}

// Findings is a page of findings of a kind.
type Findings struct {
	Kind  QualityKind `json:"kind"`
	Total int         `json:"total"`
	Rows  []Finding   `json:"rows"`
}

// ChangeKind is what became of a person.
type ChangeKind string

// The kinds of change.
const (
	Joined ChangeKind = "joined"
	Moved  ChangeKind = "moved"
	Left   ChangeKind = "left"
)

// ChangesQuery asks for joiners, movers and leavers.
type ChangesQuery struct {
	// Since is the first moment; zero: [DefaultChangesSpan] ago.
	Since time.Time
	// Kind narrows to one; empty: all.
	Kind          ChangeKind
	Offset, Limit int
}

// Changes are joiners, movers and leavers, the newest first. Of the changes in
// between only what is allowed to be shown counts.
type Changes struct {
	Since time.Time `json:"since"`
	// From is when the history begins; what is older is not known.
	From   time.Time `json:"from"`
	Runs   int       `json:"runs"`
	Joined int       `json:"joined"`
	Moved  int       `json:"moved"`
	Left   int       `json:"left"`
	Total  int       `json:"total"`
	Rows   []Change  `json:"rows"`
	// Cut says that there were more than [MaxChanges], of which the newest were
	// looked at.
	Cut bool `json:"cut,omitempty"`
}

// Change is what one run changed of one person.
type Change struct {
	At   time.Time  `json:"at"`
	Run  int64      `json:"run"`
	Kind ChangeKind `json:"kind"`
	// Person is the person as of now, or as last seen.
	Person Card `json:"person"`
	// Gone says that the person has no page.
	Gone bool `json:"gone,omitempty"`
	// Fields are the allowed attributes that differ.
	Fields []FieldChange `json:"fields,omitempty"`
}

// FieldChange is an attribute before and after; empty for none.
type FieldChange struct {
	Attribute string `json:"attribute"`
	Label     string `json:"label"`
	Before    string `json:"before"`
	After     string `json:"after"`
}

// Preview is what marking a connection as the HRIS would show.
type Preview struct {
	Connection string `json:"connection"`
	// Synced says that the connection has been synced; all else is zero
	// otherwise.
	Synced      bool `json:"synced"`
	People      int  `json:"people"`
	Active      int  `json:"active"`
	Contractors int  `json:"contractors"`
	WithManager int  `json:"with_manager"`
	// Attribute and Key are the pair that names most managers.
	Attribute string        `json:"attribute,omitempty"`
	Key       reporting.Key `json:"key,omitempty"`
	// SetAside are accounts that belong to nobody, the first ten of SetAsideTotal,
	// each with the reason.
	SetAside      []Aside `json:"set_aside"`
	SetAsideTotal int     `json:"set_aside_total"`
	// Shown and Hidden are the attributes.
	Shown  []Attribute `json:"shown"`
	Hidden []Attribute `json:"hidden"`
	// Samples are five people, with the one of whom least is known.
	Samples []Sample `json:"samples"`
	// Other is the connection that has the mark now; empty for none or this one.
	Other string `json:"other,omitempty"`
}

// Aside is an account that belongs to nobody, and how one can tell.
type Aside struct {
	Card
	Why string `json:"why"`
	// Decided says that an administrator has said so.
	Decided bool `json:"decided,omitempty"`
}

// Sample is a person of a preview.
type Sample struct {
	Card
	Link Link `json:"link"`
	// Worst says that of nobody less is known.
	Worst bool `json:"worst,omitempty"`
	// Missing are the standard attributes without a value.
	Missing []string `json:"missing,omitempty"`
}

// Bounds of queries and answers.
const (
	PagePeople         = 50                  // people on a page unless asked otherwise
	MaxPage            = 200                 // rows of an answer
	MaxOffset          = search.MaxOffset    // rows before a page
	MaxText            = search.MaxTextBytes // bytes of a query's text
	MaxChosen          = 100                 // values chosen in all facets
	WideTeam           = 30                  // direct reports that a chart shows one by one
	MaxLevels          = 4                   // of a chart that are open at once
	MaxNodes           = 250                 // people and groups in a chart
	MaxAbove           = 20                  // levels of a chart above the person in view: more than companies have
	MaxValue           = maxValueBytes       // bytes of an attribute's value
	MaxChanges         = 20_000              // changes looked at for one answer
	DefaultChangesSpan = 30 * 24 * time.Hour // of joiners, movers and leavers
)

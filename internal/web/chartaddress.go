package web

import (
	"net/url"
	"slices"
	"strconv"

	"patchbay.example/internal/people"
)

// chartAddress is what the address of the chart says: around whom, how it is
// shown, and what somebody has opened and closed by hand.
type chartAddress struct {
	At      string // who is in view; empty: the root of the largest tree
	Grouped bool   // by=department: teams of any size
	List    bool   // list=1: an indented list
	Levels  int    // below the person in view; 0: one
	// Open and Shut are ids of branches that are not as they usually are.
	Open, Shut []string
	// Of is whose team is listed, Group of which department (nil: all of them),
	// Offset from where on.
	Of     string
	Group  *string
	Offset int
}

const (
	// maxToggled bounds Open and Shut each: an address of 20 ids is as long as
	// every browser and proxy takes.
	maxToggled = 20
	// maxIDBytes bounds an id, as the store does.
	maxIDBytes = 1024
)

// parseChartAddress reads the parameters. What they can't be is a
// [*people.QueryError].
func parseChartAddress(q url.Values) (chartAddress, error) {
	a := chartAddress{At: q.Get("at"), Open: q["open"], Shut: q["shut"], Of: q.Get("of")}
	for _, id := range slices.Concat([]string{a.At, a.Of}, a.Open, a.Shut) {
		if len(id) > maxIDBytes {
			return a, &people.QueryError{Parameter: "at, open, shut or of", Problem: "is longer than any id"}
		}
	}
	if len(a.Open) > maxToggled || len(a.Shut) > maxToggled {
		return a, &people.QueryError{Parameter: "open or shut", Problem: "names more than 20 people"}
	}
	switch q.Get("by") {
	case "":
	case "department":
		a.Grouped = true
	default:
		return a, &people.QueryError{Parameter: "by", Problem: "must be department"}
	}
	switch q.Get("list") {
	case "", "0":
	case "1":
		a.List = true
	default:
		return a, &people.QueryError{Parameter: "list", Problem: "must be 0 or 1"}
	}
	if text := q.Get("levels"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > people.MaxLevels {
			return a, &people.QueryError{Parameter: "levels", Problem: "must be a number from 1 to " + strconv.Itoa(people.MaxLevels)}
		}
		a.Levels = n
	}
	if q.Has("group") {
		group, err := textOf(q, "group")
		if err != nil {
			return a, err
		}
		a.Group = &group
	}
	var err error
	a.Offset, err = offsetOf(q)
	return a, err
}

// String is the address of the page.
func (a chartAddress) String() string {
	q := a.look()
	for _, id := range a.Open {
		q.Add("open", id)
	}
	for _, id := range a.Shut {
		q.Add("shut", id)
	}
	if a.Of != "" {
		q.Set("of", a.Of)
		a.place(q)
	}
	return withQuery("/people/chart", q)
}

// look are the parameters that hold for each branch.
func (a chartAddress) look() url.Values {
	q := url.Values{}
	if a.At != "" {
		q.Set("at", a.At)
	}
	if a.Grouped {
		q.Set("by", "department")
	}
	if a.List {
		q.Set("list", "1")
	}
	if a.Levels > 1 {
		q.Set("levels", strconv.Itoa(a.Levels))
	}
	return q
}

// place adds where in a team's list one is.
func (a chartAddress) place(q url.Values) {
	if a.Group != nil {
		q.Set("group", *a.Group)
	}
	if a.Offset > 0 {
		q.Set("offset", strconv.Itoa(a.Offset))
	}
}

// branch is the address of a person's branch alone.
func (a chartAddress) branch(id string) string { return withMore(personAt(id, "/branch"), a.look()) }

// card is the address of the card that a.Of's team is in; groups: by department.
func (a chartAddress) card(groups bool) string {
	q := a.look()
	if groups {
		q.Set("card", "groups")
	} else {
		q.Set("card", "list")
		a.place(q)
	}
	return withMore(personAt(a.Of, "/branch"), q)
}

// Around is the chart around somebody else, shown the same way.
func (a chartAddress) Around(id string) string {
	return chartAddress{At: id, Grouped: a.Grouped, List: a.List, Levels: a.Levels}.String()
}

// WithList, WithGroups and WithLevels are the same chart shown another way.
func (a chartAddress) WithList(on bool) string   { a.List = on; return a.String() }
func (a chartAddress) WithGroups(on bool) string { a.Grouped, a.Of = on, ""; return a.String() }
func (a chartAddress) WithLevels(n int) string   { a.Levels, a.Shut = n, nil; return a.String() }

// toggled is the chart with a branch opened or closed: the last of those that
// were toggled stay.
func (a chartAddress) toggled(id string, open, usual bool) string {
	drop := func(ids []string) []string {
		return slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == id })
	}
	a.Open, a.Shut = drop(a.Open), drop(a.Shut)
	switch {
	case open && !usual:
		a.Open = append(a.Open, id)
	case !open && usual:
		a.Shut = append(a.Shut, id)
	}
	a.Open, a.Shut = a.Open[max(0, len(a.Open)-maxToggled):], a.Shut[max(0, len(a.Shut)-maxToggled):]
	if a.Of == id && !open {
		a.Of = ""
	}
	return a.String()
}

package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

// pageRows is how many rows a page of runs, changes or records has.
const pageRows = service.DefaultPage

// runsData is what the list of runs shows.
type runsData struct {
	Connection string
	Names      []string
	Runs       []service.Run
	// Older is the address of the next page; empty on the last.
	Older string
	First bool
}

func (s *Site) runsPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	data := runsData{Connection: strings.ToValidUTF8(q.Get("connection"), "")}
	before, err := strconv.ParseInt(q.Get("before"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	data.First = before == 0
	connections, err := s.Operations.Connections(r.Context())
	if err != nil {
		return err
	}
	for _, c := range connections {
		data.Names = append(data.Names, c.Name)
	}
	// One more than shown says whether there are more.
	if data.Runs, err = s.Operations.Runs(r.Context(), data.Connection, before, pageRows+1); err != nil {
		return err
	}
	if len(data.Runs) > pageRows {
		data.Runs = data.Runs[:pageRows]
		data.Older = "/runs?" + url.Values{"connection": {data.Connection}, "before": {fmt.Sprint(data.Runs[pageRows-1].ID)}}.Encode()
	}
	return s.show(w, r, page{name: "runs", title: "Runs", section: "connections", tab: "runs", data: data})
}

// runData is what a run's page shows.
type runData struct {
	service.Run
	Took    time.Duration
	Changes []changeRow
	// More is the address of the next page of changes; empty on the last.
	More string
	// From says that this is not the first page of changes.
	From bool
}

// Decided reports whether there is nothing left to do about the run: its fix is
// for somebody who has to decide.
func (d runData) Decided() bool {
	return d.Status == store.RunPromoted || d.Status == store.RunDiscarded || d.Status == store.RunSuperseded
}

// changeRow is what a run did to one person.
type changeRow struct {
	service.PersonChange
	Diffs []diff
}

// diff is a member that changed.
type diff struct{ Label, Before, After string }

func (s *Site) runPage(w http.ResponseWriter, r *http.Request) error {
	run, err := s.run(r)
	if err != nil {
		return err
	}
	if run.Status == store.RunHeld && run.Plan != nil {
		return s.heldPage(w, r, run)
	}
	data := runData{Run: run, Took: s.lasted(run)}
	if run.Status == store.RunPromoted {
		after := r.URL.Query().Get("after")
		changes, err := s.Operations.Changes(r.Context(), run.ID, after, pageRows+1)
		if err != nil {
			return err
		}
		if len(changes) > pageRows {
			changes = changes[:pageRows]
			data.More = fmt.Sprintf("/runs/%d?after=%s", run.ID, url.QueryEscape(changes[pageRows-1].ID))
		}
		data.From = after != ""
		for _, c := range changes {
			data.Changes = append(data.Changes, changeRow{c, diffs(c)})
		}
	}
	return s.show(w, r, page{name: "run", title: fmt.Sprintf("Run %d", run.ID), section: "connections", tab: "runs", data: data})
}

// run is the run that the address names.
func (s *Site) run(r *http.Request) (service.Run, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return service.Run{}, errNoPage
	}
	return s.Operations.Run(r.Context(), id)
}

func (s *Site) lasted(run service.Run) time.Duration {
	if run.Finished == nil {
		return max(0, s.Now().Sub(run.Started))
	}
	return run.Finished.Sub(run.Started)
}

// diffs are the members of a person that a run changed.
func diffs(c service.PersonChange) []diff {
	if c.Before == nil || c.After == nil {
		return nil
	}
	var out []diff
	for _, d := range []diff{
		{"Name", c.Before.Name, c.After.Name},
		{"User name", c.Before.UserName, c.After.UserName},
		{"E-mail", c.Before.Email, c.After.Email},
		{"Title", c.Before.Title, c.After.Title},
		{"Department", c.Before.Department, c.After.Department},
		{"Status", c.Before.Status, c.After.Status},
		{"Access", access(c.Before.Access), access(c.After.Access)},
	} {
		if d.Before != d.After {
			out = append(out, d)
		}
	}
	return out
}

func access(has bool) string {
	if has {
		return "yes"
	}
	return "no"
}

// heldData is what the page of a held run shows.
type heldData struct {
	service.Run
	Plan  syncer.Plan
	Stay  int64
	After int64
	Took  time.Duration
	// Confirm is the number to type for an approval; 0: none is asked for. What
	// says of what.
	Confirm int64
	What    string
	// Typed and Error are those of an approval that was mistyped.
	Typed, Error string
}

func (s *Site) held(run service.Run) heldData {
	d := heldData{Run: run, Plan: *run.Plan, Took: s.lasted(run)}
	d.After = d.Plan.Stands - d.Plan.Removed + d.Plan.Added
	d.Stay = max(0, d.Plan.Stands-d.Plan.Removed)
	switch fewer := d.Plan.StandsWithAccess - d.Plan.WithAccess; {
	case d.Plan.Removed > 0:
		d.Confirm, d.What = d.Plan.Removed, "remove"
	case fewer > 0:
		d.Confirm, d.What = fewer, "take the access of"
	}
	return d
}

func (s *Site) heldPage(w http.ResponseWriter, r *http.Request, run service.Run) error {
	return s.show(w, r, page{name: "held", title: "Held for review", section: "connections", tab: "runs", data: s.held(run)})
}

func (s *Site) approvePage(w http.ResponseWriter, r *http.Request) error {
	run, err := s.run(r)
	if err != nil {
		return err
	}
	if run.Status != store.RunHeld || run.Plan == nil {
		return store.ErrNotHeld
	}
	return s.show(w, r, page{name: "approve", title: "Approve", section: "connections", tab: "runs", data: s.held(run)})
}

func (s *Site) approve(w http.ResponseWriter, r *http.Request) error {
	run, err := s.run(r)
	if err != nil {
		return err
	}
	if run.Status != store.RunHeld || run.Plan == nil {
		return store.ErrNotHeld
	}
	data := s.held(run)
	data.Typed = r.FormValue("typed")
	if data.Confirm > 0 && digitsOf(data.Typed) != strconv.FormatInt(data.Confirm, 10) {
		data.Error = "That is not the number. Nothing was changed."
		return s.show(w, r, page{name: "approve", title: "Approve", section: "connections", tab: "runs", status: http.StatusUnprocessableEntity, data: data})
	}
	if _, err := s.Operations.Approve(r.Context(), run.ID); err != nil {
		return err
	}
	return back(w, r, at(run.Connection), "approved")
}

// digitsOf is a typed number without what people group thousands with.
func digitsOf(text string) string {
	return strings.NewReplacer(",", "", " ", "", ".", "", "’", "", "'", "", "\u00a0", "", "\u202f", "").Replace(text)
}

func (s *Site) discard(w http.ResponseWriter, r *http.Request) error {
	run, err := s.run(r)
	if err != nil {
		return err
	}
	if _, err := s.Operations.Discard(r.Context(), run.ID); err != nil {
		return err
	}
	return back(w, r, at(run.Connection), "discarded")
}

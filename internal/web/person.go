package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchbay.example/internal/people"
)

const (
	// shownReports and shownPeers are how many people a person's page shows of
	// each; the rest is a page of its own.
	shownReports, shownPeers = 12, 6
	// shownChanges is how much of a person's history the page shows.
	shownChanges = 8
)

// personData is what a person's page shows.
type personData struct {
	people.Person
	// All is the line with the person at its end.
	All      []people.Card
	Email    string // empty for none
	Evidence people.Evidence
	History  []people.Change
	// Untold counts the people in the middle of a very long line who are not in
	// it.
	Untold int
	// MoreReports and MorePeers count those who are not shown.
	MoreReports, MorePeers int
	// From, Complete and Run are the connection, when it was complete, and the
	// run.
	From     string
	Complete time.Time
	Run      int64
	// Revision is that of the settings, for the form that hides the person.
	Revision int64
}

func (s *Site) personPage(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	id := personID(r)
	p, err := snap.Person(id)
	if unknown := (*people.UnknownError)(nil); errors.As(err, &unknown) {
		return s.leftPage(w, r, snap, id, err)
	} else if err != nil {
		return err
	}
	data := personData{
		Person: p, All: append(slices.Clip(p.Line), p.Card),
		From: snap.Connection(), Complete: snap.Complete(), Run: snap.Generation(), Revision: snap.Settings().Revision,
	}
	data.Untold = max(0, p.LineTotal-len(p.Line))
	for _, v := range p.Values {
		if v.Kind == "email" && data.Email == "" {
			data.Email = v.Text
		}
	}
	if data.Evidence, err = snap.Evidence(id); err != nil {
		return err
	}
	if data.History, err = s.Config.People.History(r.Context(), snap, id); err != nil {
		return err
	}
	data.History = data.History[:min(len(data.History), shownChanges)]
	data.Reports = p.Reports[:min(len(p.Reports), shownReports)]
	data.Peers = p.Peers[:min(len(p.Peers), shownPeers)]
	data.MoreReports, data.MorePeers = p.ReportsTotal-len(data.Reports), p.PeersTotal-len(data.Peers)
	return s.showPeople(w, r, snap, page{name: "person", title: title(p.Card), tab: "find", data: data})
}

// title is what a page about somebody is called.
func title(c people.Card) string {
	if c.Name == "" {
		return c.ID
	}
	return c.Name
}

// leftPage is the page of somebody who is not here: who left, where the history
// knows it, or unknown.
func (s *Site) leftPage(w http.ResponseWriter, r *http.Request, snap *people.Snapshot, id string, unknown error) error {
	history, err := s.Config.People.History(r.Context(), snap, id)
	if also := (*people.UnknownError)(nil); errors.As(err, &also) {
		return unknown
	} else if err != nil {
		return err
	}
	if len(history) == 0 || history[0].Kind != people.Left {
		return unknown
	}
	data := struct {
		people.Change
		History []people.Change
	}{history[0], history[1:min(len(history), shownChanges)]}
	return s.showPeople(w, r, snap, page{name: "left", title: title(data.Person), tab: "find", status: http.StatusNotFound, data: data})
}

// listData is what a list of people around somebody shows.
type listData struct {
	Of     people.Card
	Title  string
	All    bool // reports of every level
	Peers  bool
	People []people.Card
	Total  int
	Turns  turns
}

func (s *Site) reportsPage(w http.ResponseWriter, r *http.Request) error {
	all, err := strconv.ParseBool(or(r.URL.Query().Get("all"), "false"))
	if err != nil {
		return &people.QueryError{Parameter: "all", Problem: "must be 0 or 1"}
	}
	what := "Direct reports"
	if all {
		what = "Everybody under"
	}
	return s.listPage(w, r, listData{Title: what, All: all}, "/reports", func(snap *people.Snapshot, id string, offset int) (int, []people.Card, error) {
		return snap.Reports(id, all, offset, people.PagePeople)
	})
}

func (s *Site) peersPage(w http.ResponseWriter, r *http.Request) error {
	return s.listPage(w, r, listData{Title: "Peers", Peers: true}, "/peers", func(snap *people.Snapshot, id string, offset int) (int, []people.Card, error) {
		return snap.Peers(id, offset, people.PagePeople)
	})
}

func (s *Site) listPage(w http.ResponseWriter, r *http.Request, data listData, below string, list func(snap *people.Snapshot, id string, offset int) (int, []people.Card, error)) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	offset, err := offsetOf(r.URL.Query())
	if err != nil {
		return err
	}
	if data.Of, err = snap.Card(personID(r)); err != nil {
		return err
	}
	if data.Total, data.People, err = list(snap, data.Of.ID, offset); err != nil {
		return err
	}
	data.Turns = pageTurns(offset, len(data.People), data.Total, func(offset int) string {
		values := url.Values{}
		if data.All {
			values.Set("all", "1")
		}
		if offset > 0 {
			values.Set("offset", strconv.Itoa(offset))
		}
		return withMore(personAt(data.Of.ID, below), values)
	})
	return s.showPeople(w, r, snap, page{name: "list", title: data.Title + ", " + title(data.Of), tab: "find", data: data})
}

// withMore adds parameters to an address that may have some.
func withMore(path string, values url.Values) string {
	text := values.Encode()
	switch {
	case text == "":
		return path
	case strings.Contains(path, "?"):
		return path + "&" + text
	default:
		return path + "?" + text
	}
}

// or is the first text unless it is empty.
func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func (s *Site) vCard(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	card, err := snap.VCard(personID(r))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/vcard; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "person.vcf"))
	_, _ = w.Write(card)
	return nil
}

package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"patchbay.example/internal/people"
	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/store"
)

// maxShownHidden is how many hidden people and named heads the settings list;
// the API has all.
const maxShownHidden = 200

// pinKeys are the keys by which managers can be looked up first, the strongest
// first.
var pinKeys = []reporting.Key{
	reporting.KeyID, reporting.KeyUserName, reporting.KeyEmail, reporting.KeyEmployeeNumber,
	reporting.KeyPrincipalName, reporting.KeyDN, reporting.KeyName,
}

// settingsData is what the settings show.
type settingsData struct {
	people.Settings
	Attributes []people.Attribute
	// Custom are attributes that may be units beside the standard ones.
	Custom []choice
	// ManagerColumns are the attributes that name managers here.
	ManagerColumns []choice
	Keys           []choice
	Heads          []headRow
	UnitFields     []choice
	MoreHidden     int
	// HRIS is the connection that the People view shows; empty before it is
	// switched on.
	HRIS string
	// Connection is the one whose attributes are listed.
	Connection string
}

// headRow is a head that an administrator has named.
type headRow struct {
	people.Head
	Name string // of the person; empty where nobody of this id is shown
	At   string
}

func (s *Site) settingsPage(w http.ResponseWriter, r *http.Request) error {
	settings, err := s.peopleSettings(r)
	if err != nil {
		return err
	}
	data := settingsData{Settings: settings}
	snap, err := s.snapshot(r)
	switch name := r.URL.Query().Get("connection"); {
	case err == nil:
		data.Attributes, data.HRIS, data.Connection = snap.Attributes(), snap.Connection(), snap.Connection()
	case errors.Is(err, people.ErrNotActivated) && name != "":
		preview, err := s.Operations.PreviewPeople(r.Context(), name)
		if err != nil {
			return err
		}
		data.Attributes, data.Connection = append(preview.Shown, preview.Hidden...), name
	default:
		return err
	}
	data.fill(snap)
	if snap == nil {
		return s.show(w, r, page{name: "peoplesettings", title: "People settings", section: "people", data: data})
	}
	return s.showPeople(w, r, snap, page{name: "peoplesettings", title: "People settings", tab: "settings", data: data})
}

// peopleSettings are those that stand.
func (s *Site) peopleSettings(r *http.Request) (people.Settings, error) {
	if s.Config.People == nil {
		return people.Settings{}, errNoPeople
	}
	return s.Operations.PeopleSettings(r.Context())
}

// fill adds the choices. snap is nil before the People view is switched on.
func (d *settingsData) fill(snap *people.Snapshot) {
	for _, a := range d.Attributes {
		if a.Custom && a.Allowed {
			d.Custom = append(d.Custom, choice{a.Name, a.Label, slices.Contains(d.Units, a.Name)})
		}
	}
	for _, key := range pinKeys {
		d.Keys = append(d.Keys, choice{string(key), keyWord(key), d.Pin != nil && d.Pin.Key == string(key)})
	}
	if len(d.Hidden) > maxShownHidden {
		d.MoreHidden = len(d.Hidden) - maxShownHidden
		d.Hidden = d.Hidden[:maxShownHidden]
	}
	for _, h := range d.Settings.Heads[:min(len(d.Settings.Heads), maxShownHidden)] {
		d.Heads = append(d.Heads, headRow{Head: h, At: unitAt(h.Ref())})
	}
	if snap == nil {
		return
	}
	for _, name := range snap.Quality().Table.Attributes {
		d.ManagerColumns = append(d.ManagerColumns, choice{name, name, d.Pin != nil && d.Pin.Attribute == name})
	}
	if d.Pin != nil && !slices.ContainsFunc(d.ManagerColumns, func(c choice) bool { return c.Chosen }) {
		d.ManagerColumns = append(d.ManagerColumns, choice{d.Pin.Attribute, d.Pin.Attribute, true})
	}
	for i, h := range d.Heads {
		if c, err := snap.Card(h.Person); err == nil {
			d.Heads[i].Name = title(c)
		}
	}
	if units, err := snap.Units(people.UnitsQuery{Limit: 1}); err == nil {
		for _, f := range units.Fields {
			d.UnitFields = append(d.UnitFields, choice{f.Value, or(f.Label, f.Value), false})
		}
	}
}

// settingsPost makes one change, of the settings as the form's page has shown
// them: where they were changed meanwhile, nothing is changed.
func (s *Site) settingsPost(w http.ResponseWriter, r *http.Request) error {
	settings, err := s.peopleSettings(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	if revision, err := strconv.ParseInt(r.PostForm.Get("revision"), 10, 64); err != nil || revision != settings.Revision {
		return store.ErrMoved
	}
	do := r.PostForm.Get("do")
	change, ok := settingsChanges[do]
	if !ok {
		return &refusal{status: http.StatusBadRequest, title: "There is no such change", text: "Go back and choose again."}
	}
	if err := change(&settings, r.PostForm); err != nil {
		return err
	}
	if _, err := s.Operations.SetPeopleSettings(r.Context(), settings); err != nil {
		return err
	}
	to := "/people/settings"
	if asked := r.PostForm.Get("to"); asked == "/people/set-aside" {
		to = asked
	}
	if name := r.PostForm.Get("connection"); name != "" && to == "/people/settings" {
		to += "?" + url.Values{"connection": {name}, "said": {"set"}}.Encode()
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	keyword := "set"
	if do == "hide" {
		keyword = "hidden"
	}
	return back(w, r, to, keyword)
}

// settingsChanges are what a form can do, by the button that was pressed.
var settingsChanges = map[string]func(*people.Settings, url.Values) error{
	"attributes": func(s *people.Settings, form url.Values) error {
		s.Attributes = append([]string{}, form["attribute"]...) // none is none, and not the default
		s.Units = slices.DeleteFunc(slices.Clone(s.Units), func(u string) bool { return !slices.Contains(s.Attributes, u) })
		return nil
	},
	"default": func(s *people.Settings, _ url.Values) error { s.Attributes = nil; return nil },
	"hide": func(s *people.Settings, form url.Values) error {
		id, err := asked(form, "person")
		if err == nil && !slices.Contains(s.Hidden, id) {
			s.Hidden = append(slices.Clone(s.Hidden), id)
		}
		return err
	},
	"show": func(s *people.Settings, form url.Values) error {
		id, err := asked(form, "person")
		s.Hidden = slices.DeleteFunc(slices.Clone(s.Hidden), func(one string) bool { return one == id })
		return err
	},
	"units": func(s *people.Settings, form url.Values) error { s.Units = form["unit"]; return nil },
	"managers": func(s *people.Settings, form url.Values) error {
		s.ManagerAttributes = strings.Fields(strings.ReplaceAll(form.Get("manager_attributes"), ",", " "))
		return nil
	},
	"pin": func(s *people.Settings, form url.Values) error {
		attribute, err := asked(form, "attribute")
		if err != nil {
			return err
		}
		key, err := asked(form, "key")
		s.Pin = &people.Pair{Attribute: attribute, Key: key}
		return err
	},
	"unpin": func(s *people.Settings, _ url.Values) error { s.Pin = nil; return nil },
	"head": func(s *people.Settings, form url.Values) error {
		field, err := asked(form, "field")
		if err != nil {
			return err
		}
		person, err := asked(form, "person")
		if err != nil {
			return err
		}
		h := people.Head{Field: field, Value: form.Get("value"), Person: person}
		s.Heads = append(slices.DeleteFunc(slices.Clone(s.Heads), func(one people.Head) bool { return one.Ref() == h.Ref() }), h)
		return nil
	},
	"no-head": func(s *people.Settings, form url.Values) error {
		s.Heads = slices.DeleteFunc(slices.Clone(s.Heads), func(one people.Head) bool {
			return one.Field == form.Get("field") && one.Value == form.Get("value")
		})
		return nil
	},
	"is-person": func(s *people.Settings, form url.Values) error { return setAside(s, form, false) },
	"nobody":    func(s *people.Settings, form url.Values) error { return setAside(s, form, true) },
}

// setAside says of an account whether it belongs to nobody.
func setAside(s *people.Settings, form url.Values, nobody bool) error {
	id, err := asked(form, "person")
	if err != nil {
		return err
	}
	aside := map[string]bool{id: nobody}
	for other, was := range s.SetAside {
		if other != id {
			aside[other] = was
		}
	}
	s.SetAside = aside
	return nil
}

// asked is a field that must be filled in.
func asked(form url.Values, name string) (string, error) {
	text := strings.TrimSpace(form.Get(name))
	if text == "" {
		return "", &people.QueryError{Parameter: fmt.Sprintf("The field %q", name), Problem: "is empty: fill it in"}
	}
	return strings.ToValidUTF8(text, "\uFFFD"), nil
}

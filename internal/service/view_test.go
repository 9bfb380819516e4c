//go:build unix

package service_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

// marked are the connections that have the HRIS mark.
func (r *rig) marked() string {
	r.t.Helper()
	all, err := r.Connections(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	var names []string
	for _, c := range all {
		if c.HRIS {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, " ")
}

// wantTaken says that the mark was refused because of a connection, which is
// named with what to do.
func (r *rig) wantTaken(err error, by string) {
	r.t.Helper()
	input, ok := errors.AsType[*service.InputError](err)
	if !ok || input.Field != "hris" || !strings.Contains(input.Problem, "patchbay connections set "+by+" --hris=false") {
		r.t.Errorf("a second HRIS: %v", err)
	}
	if got := r.marked(); got != by {
		r.t.Errorf("marked is %q", got)
	}
}

func TestASecondConnectionIsRefusedAsTheHRIS(t *testing.T) {
	r := newRig(t, 3)
	r.add("acme")
	r.add("other")
	yes, no := true, false
	change := func(name string, hris *bool) error {
		_, _, err := r.Change(t.Context(), name, service.Change{HRIS: hris})
		return err
	}
	if err := errors.Join(change("acme", &yes), change("acme", &yes)); err != nil {
		t.Fatal(err)
	}
	r.wantTaken(change("other", &yes), "acme")
	_, _, err := r.Change(t.Context(), "other", service.Change{HRIS: &yes, Config: r.config(nil)})
	r.wantTaken(err, "acme")
	third := service.Draft{Name: "third", Connector: "okta", Config: r.config(nil), Settings: service.Settings{HRIS: true}}
	_, _, err = r.Add(t.Context(), third)
	r.wantTaken(err, "acme")
	if err := errors.Join(change("other", &no), change("acme", &no), change("other", &yes)); err != nil || r.marked() != "other" {
		t.Errorf("moved by way of nobody: %v; marked is %q", err, r.marked())
	}
	if err := r.Remove(t.Context(), "other"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Add(t.Context(), third); err != nil || r.marked() != "third" {
		t.Errorf("added once nobody had the mark: %v; marked is %q", err, r.marked())
	}
}

// Somebody else marks a connection while this one is tested.
func TestAConnectionThatBecameASecondHRISWhileItWasTestedIsNotAdded(t *testing.T) {
	r := newRig(t, 3)
	r.add("acme")
	yes := true
	r.Store = &meddling{Store: r.Store, writes: manyWrites, tested: func() {
		if _, _, err := r.Change(t.Context(), "acme", service.Change{HRIS: &yes}); err != nil {
			t.Error(err)
		}
	}}
	_, _, err := r.Add(t.Context(), service.Draft{Name: "other", Connector: "okta", Config: r.config(nil), Settings: service.Settings{HRIS: true}})
	r.wantTaken(err, "acme")
}

func TestThePeopleViewIsPreviewedAndSet(t *testing.T) {
	r := newRig(t, 30)
	r.add("acme")
	if preview, err := r.PreviewPeople(t.Context(), "acme"); err != nil || preview.Synced || preview.Connection != "acme" {
		t.Errorf("before the first run: %+v, %v", preview, err)
	}
	r.sync("acme", store.RunPromoted)
	preview, err := r.PreviewPeople(t.Context(), "acme")
	if err != nil || !preview.Synced || preview.People+preview.SetAsideTotal != 30 || preview.Other != "" {
		t.Errorf("of a connection that is not the HRIS: %+v, %v", preview, err)
	}
	if _, err := r.PreviewPeople(t.Context(), "nosuch"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of no connection: %v", err)
	}
	before, err := r.PeopleSettings(t.Context())
	if err != nil || before.Revision != 0 {
		t.Fatalf("before the first change: %+v, %v", before, err)
	}
	asked := before
	asked.Hidden = []string{"00uhidden"}
	after, err := r.SetPeopleSettings(t.Context(), asked)
	if err != nil || after.Revision == 0 || !slices.Equal(after.Hidden, asked.Hidden) {
		t.Errorf("changed: %+v, %v", after, err)
	}
	if _, err := r.SetPeopleSettings(t.Context(), before); !errors.Is(err, store.ErrMoved) {
		t.Errorf("changed as they were before: %v", err)
	}
	if strings.Contains(r.log.String(), "00uhidden") {
		t.Error("the log says who is hidden")
	}
}

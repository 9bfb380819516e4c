//go:build unix

package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"

	"patchbay.example/internal/people"
	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/service"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

// The real programs, with a service and without one: what an administrator does
// about the People view is the same.
func TestOperatingThePeopleView(t *testing.T) {
	servedOrNot(t, (*rig).operatePeople)
}

func (r *rig) operatePeople() {
	r.Helper()
	r.add()
	r.command("connections", "set", "workforce", "--hris", "--dry-run").Run(r.T).WantCode(wire.ExitDone).WantStdout("workforce has not been synced yet")
	r.command("sync", "workforce", "--now").Run(r.T).WantCode(wire.ExitDone)

	var preview people.Preview
	decode(r.T, r.ok("connections", "set", "workforce", "--hris", "--dry-run", "--format", "json"), &preview)
	if !preview.Synced || preview.People+preview.SetAsideTotal != 60 || preview.WithManager == 0 || preview.Attribute == "" || len(preview.Samples) != 5 || len(preview.Hidden) == 0 {
		r.Errorf("the dry run says %+v", preview)
	}
	if !slices.ContainsFunc(preview.Samples, func(s people.Sample) bool { return s.Worst }) {
		r.Error("the dry run shows nobody of whom least is known")
	}
	r.command("connections", "set", "workforce", "--hris").Run(r.T).WantCode(wire.ExitUsage).WantStdout("Managers by", "SAMPLE").WantStderr("--yes")
	if r.hris() != "" {
		r.Error("a dry run marked the connection")
	}
	r.ok("connections", "set", "workforce", "--hris", "--yes")
	r.command("connections", "add", "other", "--connector", "okta", "--hris", "--set", "domain="+r.tenant.URL(), "--set", "client_id="+r.tenant.ClientID(),
		"--set", "key_id="+r.tenant.KeyID(), "--secret", "private_key=file:"+r.key).
		Run(r.T).WantCode(wire.ExitUsage).WantStderr("workforce is the HRIS", "patchbay connections set workforce --hris=false")
	if r.hris() != "workforce" {
		r.Errorf("the HRIS is %q", r.hris())
	}
	r.settings()
	r.ok("connections", "set", "workforce", "--hris=false")
	if r.hris() != "" {
		r.Error("the mark is still there")
	}
}

// hris is the connection that has the mark.
func (r *rig) hris() string {
	r.Helper()
	var all struct{ Connections []service.Connection }
	decode(r.T, r.ok("connections", "list", "--format", "json"), &all)
	for _, c := range all.Connections {
		if c.HRIS {
			return c.Name
		}
	}
	return ""
}

// settings changes what is shown, and somebody who is hidden is forgotten.
func (r *rig) settings() {
	r.Helper()
	someone := r.exported()[0]
	r.command("people", "hide", someone).Run(r.T).WantCode(wire.ExitDone).WantStdout("Hid " + someone)
	r.command("people", "disallow", "title").Run(r.T).WantCode(wire.ExitDone)
	var settings people.Settings
	decode(r.T, r.ok("people", "settings", "--format", "json"), &settings)
	if !slices.Equal(settings.Hidden, []string{someone}) || slices.Contains(settings.Attributes, "title") || !slices.Contains(settings.Attributes, "department") {
		r.Errorf("the settings are %+v", settings)
	}
	r.ok("users", "forget", someone, "--yes")
	if text := r.ok("people", "settings", "--format", "json"); strings.Contains(text, someone) {
		r.Errorf("who was forgotten is in the settings: %s", text)
	}
}

// The People view is there as long as a connection has the mark.
func TestThePeopleViewGoesAndComesWithTheMark(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 20})
	s := r.serve()
	defer s.end(syscall.SIGTERM, wire.ExitTerminated)
	visitor := browser(t)
	get(t, visitor, s.login)
	r.add()
	r.command("sync", "workforce", "--now").Run(t).WantCode(wire.ExitDone)
	someone := r.exported()[0]
	var person service.Person
	decode(t, r.ok("users", "show", someone, "--format", "json"), &person)
	wants := func(shown bool, when string) {
		t.Helper()
		status, text := get(t, visitor, s.address+"/api/v1/directory/person?id="+someone)
		if got := status == http.StatusOK && strings.Contains(text, person.Name); got != shown {
			t.Errorf("%s: shown is %v: %d %s", when, got, status, programtest.Short(text))
		}
		status, text = get(t, visitor, s.address+"/people?q="+url.QueryEscape(person.Name))
		if got := strings.Contains(text, "/people/"+someone); got != shown || status != http.StatusOK {
			t.Errorf("%s: found is %v: %d %s", when, got, status, programtest.Short(text))
		}
	}
	wants(false, "before")
	r.ok("connections", "set", "workforce", "--hris", "--yes")
	wants(true, "marked")
	r.ok("people", "hide", someone)
	wants(false, "hidden")
	r.ok("people", "show", someone)
	wants(true, "shown again")
	r.ok("connections", "set", "workforce", "--hris=false")
	wants(false, "unmarked")
}

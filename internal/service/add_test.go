//go:build unix

package service_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

func TestTheFormIsWhatTheConnectorAsks(t *testing.T) {
	r := newRig(t, 1)
	form, err := r.Form(t.Context(), "okta")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range form.Fields {
		names = append(names, f.Name)
		if f.Title == "" || f.Help == "" {
			t.Errorf("field %s has no title or no help", f.Name)
		}
		if secret := f.Name == "private_key"; f.Secret != secret || f.Multiline != secret {
			t.Errorf("field %s: secret %t, multiline %t", f.Name, f.Secret, f.Multiline)
		}
	}
	if got := strings.Join(names, " "); got != "domain client_id private_key key_id include_deprovisioned rate_limit_share include_groups group_allow_list membership_call_budget" {
		t.Errorf("the fields are %s", got)
	}
	if share := form.Fields[5]; share.Type != "integer" || share.Default != "50" || share.Minimum == nil || *share.Minimum != 1 || share.Group != "Advanced" || share.Required {
		t.Errorf("rate_limit_share is %+v", share)
	}
}

func TestAConnectionIsTestedBeforeItIsSaved(t *testing.T) {
	tests := []struct {
		name       string
		change     map[string]any
		wantClass  string
		wantCheck  string
		wantReason string
	}{
		{"another client", map[string]any{"client_id": "0oaSomebodyElse000000"}, "CREDENTIALS_REJECTED", "token", "ASSERTION_ISSUER_REJECTED"},
		{"no key", map[string]any{"private_key": nil}, "CONFIG_INVALID", "", ""},
		{"a reference to nothing", map[string]any{"private_key": "env:PATCHBAY_TEST_NO_SUCH_VARIABLE"}, "CONFIG_INVALID", "config", "CONFIG_INVALID"},
		{"an unknown property", map[string]any{"domian": "x"}, "CONFIG_INVALID", "config", ""},
	}
	r := newRig(t, 5)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			draft := service.Draft{Name: "acme", Connector: "okta", Config: r.config(tt.change)}
			_, report, err := r.Add(t.Context(), draft)
			if !errors.Is(err, service.ErrTestFailed) || report.OK {
				t.Fatalf("added, or refused otherwise: %v; %+v", err, report)
			}
			got := failed(report)
			if report.Class != tt.wantClass || tt.wantCheck != "" && got.Name != tt.wantCheck || tt.wantReason != "" && got.Reason != tt.wantReason || got.Detail == "" || got.Fix == "" {
				t.Errorf("class %s, failed %+v", report.Class, got)
			}
		})
	}
	if all, err := r.Connections(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d connections are stored (%v), want none", len(all), err)
	}
}

func TestAConnectionIsStoredWithItsSecretsSealed(t *testing.T) {
	r := newRig(t, 25)
	c := r.add("acme")
	if c.State != store.StateNew || c.Resource != "users" || time.Duration(c.Interval) != 6*time.Hour || c.ShrinkPercent != store.DefaultShrinkPercent || len(c.Checks) == 0 {
		t.Errorf("the connection is shown as %+v", c)
	}
	if c.NextRun == nil || !c.NextRun.Equal(r.now) || r.planned == 0 {
		t.Errorf("its first run is due at %v, want at once; said %d times", c.NextRun, r.planned)
	}
	if c.Secrets["private_key"] != "sealed" {
		t.Errorf("the key is said to be %q", c.Secrets["private_key"])
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "PRIVATE KEY") {
		t.Errorf("the shown connection holds the key: %s", text)
	}
	stored, err := r.Store.Connection(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(stored.Secrets["private_key"])+string(stored.Config), r.keyLine()) {
		t.Error("the key is stored in the clear")
	}
	if run := r.sync("acme", store.RunPromoted); run.Records != 25 {
		t.Errorf("the stored connection lists %d people, want 25", run.Records)
	}
	_, _, err = r.Add(t.Context(), service.Draft{Name: "acme", Connector: "okta", Config: r.config(nil)})
	if !errors.Is(err, store.ErrNameTaken) {
		t.Errorf("a second one of the name: %v", err)
	}
}

func TestADraftThatCantBeRightIsRefused(t *testing.T) {
	r := newRig(t, 1)
	tests := map[string]struct {
		draft service.Draft
		field string
	}{
		"capital letters":  {service.Draft{Name: "Acme", Connector: "okta"}, "name"},
		"path in a name":   {service.Draft{Name: "../x", Connector: "okta"}, "name"},
		"no connector":     {service.Draft{Name: "acme"}, "connector"},
		"a short interval": {service.Draft{Name: "acme", Connector: "okta", Settings: service.Settings{Interval: service.Duration(time.Second)}}, "interval"},
		"a long deadline":  {service.Draft{Name: "acme", Connector: "okta", Settings: service.Settings{Deadline: service.Duration(30 * 24 * time.Hour)}}, "deadline"},
		"101 percent":      {service.Draft{Name: "acme", Connector: "okta", Settings: service.Settings{ShrinkPercent: 101}}, "shrink_percent"},
		"no people":        {service.Draft{Name: "acme", Connector: "okta", Config: r.config(nil), Settings: service.Settings{Resource: "user_types"}}, "resource"},
		"no such resource": {service.Draft{Name: "acme", Connector: "okta", Config: r.config(nil), Settings: service.Settings{Resource: "printers"}}, "resource"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := r.Add(t.Context(), tt.draft)
			if input, ok := errors.AsType[*service.InputError](err); !ok || input.Field != tt.field {
				t.Errorf("got %v, want a complaint about %s", err, tt.field)
			}
		})
	}
}

func TestAChangeKeepsWhatItDoesNotName(t *testing.T) {
	r := newRig(t, 12)
	r.add("acme")
	r.sync("acme", store.RunPromoted)

	c, report, err := r.Change(t.Context(), "acme", service.Change{Config: json.RawMessage(`{"rate_limit_share": 80}`)})
	if err != nil || !report.OK {
		t.Fatalf("%v; %+v", err, report)
	}
	if !strings.Contains(string(c.Config), `"rate_limit_share":80`) || !strings.Contains(string(c.Config), r.tenant.ClientID()) || c.Secrets["private_key"] != "sealed" {
		t.Errorf("after the change the connection is %+v", c)
	}
	r.sync("acme", store.RunPromoted)

	// A change that does not work leaves what works.
	_, report, err = r.Change(t.Context(), "acme", service.Change{Config: json.RawMessage(`{"client_id": "0oaSomebodyElse000000"}`)})
	if !errors.Is(err, service.ErrTestFailed) || failed(report).Reason != "ASSERTION_ISSUER_REJECTED" {
		t.Errorf("a change that does not work: %v; %+v", err, report)
	}
	r.sync("acme", store.RunPromoted)

	// A secret can become a reference, and a property go back to its default.
	key := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(key, r.tenant.PrivateKeyPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(map[string]any{"private_key": "file:" + key, "rate_limit_share": nil})
	if c, _, err = r.Change(t.Context(), "acme", service.Change{Config: text}); err != nil {
		t.Fatal(err)
	}
	if c.Secrets["private_key"] != "file:"+key || strings.Contains(string(c.Config), "rate_limit_share") {
		t.Errorf("after the second change the connection is %+v", c)
	}
	r.sync("acme", store.RunPromoted)

	hris, shrink := true, 35
	if c, _, err = r.Change(t.Context(), "acme", service.Change{HRIS: &hris, ShrinkPercent: &shrink}); err != nil || !c.HRIS || c.ShrinkPercent != 35 {
		t.Errorf("after the third change: %v; %+v", err, c)
	}
}

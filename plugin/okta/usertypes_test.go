package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"patchbay.example/plugin/okta/internal/oktaapi"
	"patchbay.example/plugin/okta/oktatest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestUserTypesAreAResource(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 5}).connect()
	got := r.syncResource(resourceUserTypes, "").wantComplete()
	if len(got.pages) != 1 || len(got.records()) != 3 || got.pages[0].cursor != "" {
		t.Fatalf("%d pages with %d user types, want one with three", len(got.pages), len(got.records()))
	}
	for _, record := range got.records() {
		if record.GetResource() != resourceUserTypes || !strings.HasPrefix(record.GetId(), "oty") || !strings.Contains(string(record.GetSource()), `"displayName"`) {
			t.Errorf("a user type %q of %s: %s", record.GetId(), record.GetResource(), record.GetSource())
		}
	}
}

// newTypesRig is a rig whose user types come from the test. types gets the number
// of the request, the first of which is Connect's; where it returns nothing the
// tenant answers.
func newTypesRig(t *testing.T, types func(request int64, r *http.Request) (body, next string)) *rig {
	t.Helper()
	r := newRig(t, oktatest.Settings{Users: 5})
	target, err := url.Parse(r.tenant.URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target); p.Out.Host = p.In.Host }}
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.URL.Path != pathUserTypes {
			proxy.ServeHTTP(w, request)
			return
		}
		body, next := types(requests.Add(1), request)
		if body == "" {
			proxy.ServeHTTP(w, request)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if next != "" {
			w.Header().Add("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next"`, request.Host, request.URL.Path, next))
		}
		_, _ = w.Write([]byte(body)) // the client may have gone
	}))
	t.Cleanup(server.Close)
	r.config["domain"] = server.URL
	return r
}

// An org always has the default type.
func TestAnEmptyListOfUserTypesIsNotAnOrgWithoutAny(t *testing.T) {
	t.Parallel()
	t.Run("in a run", func(t *testing.T) {
		t.Parallel()
		r := newTypesRig(t, func(request int64, _ *http.Request) (string, string) {
			if request == 1 {
				return "", ""
			}
			return "[]", ""
		}).connect()
		r.syncResource(resourceUserTypes, "").wantRefused(oktaapi.ReasonRoleSeesNoUserTypes, connectorv1.Class_CLASS_PERMISSION_MISSING)
	})
	t.Run("while connecting", func(t *testing.T) {
		t.Parallel()
		r := newTypesRig(t, func(int64, *http.Request) (string, string) { return "[]", "" })
		response := r.tryConnect()
		check := checkNamed(t, response, "user_types")
		if response.HasRefusal() || check.GetStatus() != connectorv1.CheckStatus_CHECK_STATUS_WARN || !strings.Contains(check.GetDetail(), "empty list of user types") {
			t.Errorf("%v, want a warning", check)
		}
		r.sync().wantComplete().wantIDs(r.listed())
	})
}

// Okta lists them on one page today.
func TestUserTypesOnSeveralPagesAreReadToTheEnd(t *testing.T) {
	t.Parallel()
	r := newTypesRig(t, func(_ int64, r *http.Request) (string, string) {
		switch after := r.URL.Query().Get("after"); {
		case after == "":
			return `[{"id":"oty1"}]`, "after=1"
		case after == "1":
			return `[{"id":"oty2"}]`, "after=2"
		}
		return "[]", ""
	}).connect()
	got := r.syncResource(resourceUserTypes, "").wantComplete().wantIDs([]string{"oty1", "oty2"})
	if len(got.pages) != 3 || got.pages[2].cursor != "" {
		t.Fatalf("%d pages, the last with the cursor %q; want three, and no cursor after the last", len(got.pages), got.pages[len(got.pages)-1].cursor)
	}
	for i, page := range got.pages[:2] {
		r.syncResource(resourceUserTypes, page.cursor).wantComplete().wantIDs([]string{"oty1", "oty2"}[i+1:])
	}
}

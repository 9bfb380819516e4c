package oktatest

import (
	"slices"
	"strings"
	"testing"
)

func TestParseFault(t *testing.T) {
	for text, want := range map[string]Fault{
		"users:3:429":                        {Endpoint: EndpointUsers, First: 3, Kind: "429"},
		"users:3-5:429=5s":                   {Endpoint: EndpointUsers, First: 3, Last: 5, Kind: "429", Argument: "5s"},
		"users:3+:delay":                     {Endpoint: EndpointUsers, First: 3, Last: Endless, Kind: "delay"},
		" groups:*:error=E0000009 ":          {Endpoint: EndpointGroups, First: 1, Last: Endless, Kind: "error", Argument: "E0000009"},
		"users:page=7:reset-body":            {Endpoint: EndpointUsers, ByPage: true, First: 7, Kind: "reset-body"},
		"users:page=7x3:reset-body":          {Endpoint: EndpointUsers, ByPage: true, First: 7, Times: 3, Kind: "reset-body"},
		"users:page=7x*:reset-body":          {Endpoint: EndpointUsers, ByPage: true, First: 7, Times: Endless, Kind: "reset-body"},
		"deprovisioned:page=7-9:next-self":   {Endpoint: EndpointDeprovisioned, ByPage: true, First: 7, Last: 9, Kind: "next-self"},
		"users:page=7+:role-missing":         {Endpoint: EndpointUsers, ByPage: true, First: 7, Last: Endless, Times: Endless, Kind: "role-missing"},
		"users:page=7+x1:hang":               {Endpoint: EndpointUsers, ByPage: true, First: 7, Last: Endless, Times: 1, Kind: "hang"},
		"token:1:invalid_dpop_proof":         {Endpoint: EndpointToken, First: 1, Kind: "invalid_dpop_proof"},
		"token:2:assertion-expired=-90s":     {Endpoint: EndpointToken, First: 2, Kind: "assertion-expired", Argument: "-90s"},
		"token:1:scope-reduced=okta.a.read":  {Endpoint: EndpointToken, First: 1, Kind: "scope-reduced", Argument: "okta.a.read"},
		"users:1:redirect=http://[::1]:80/a": {Endpoint: EndpointUsers, First: 1, Kind: "redirect", Argument: "http://[::1]:80/a"},
	} {
		got, err := ParseFault(text)
		if err != nil || got != want {
			t.Errorf("%s: got %+v (error %v), want %+v", text, got, err, want)
		}
		if again, err := ParseFault(got.String()); err != nil || again != got {
			t.Errorf("%s: as text it is %s, which reads as %+v (error %v)", text, got, again, err)
		}
	}
}

func TestParseFaultSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "ENDPOINT:WHEN:KIND",
		"users:429":                 "ENDPOINT:WHEN:KIND",
		"people:1:429":              `no endpoint "people"`,
		"users:1:explode":           "the kinds for users are",
		"users:0:429":               "a request such as 3",
		"users:-1:429":              "a request such as 3",
		"users:01:429":              "a request such as 3",
		"users:1x2:429":             "a request such as 3",
		"users:3-4+:429":            "a request such as 3",
		"users:page=:429":           "a page such as page=7",
		"users:page=2x0:429":        "a page such as page=7",
		"users:5-3:429":             "before the first",
		"token:page=1:429":          "token has no pages",
		"usertypes:page=1:429":      "usertypes has no pages",
		"token:1:duplicate":         "duplicate strikes",
		"users:1:consent_required":  "strikes token only",
		"users:1:reset=now":         "takes no argument",
		"users:1:delay=long":        "a duration such as",
		"users:1:delay=1000000h":    "more than",
		"users:1:status=200":        "between 400 and 599",
		"users:1:status=x":          "an HTTP status",
		"users:1:error=E1":          `does not know "E1"`,
		"users:1:redirect=other":    "no scheme or no host",
		"token:1:scope-reduced=all": "not a scope",
		"users:1:" + strings.Repeat("x", maxFaultText): "at most 4096",
	} {
		if _, err := ParseFault(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: got error %v, want one with %q", text, err, want)
		}
	}
}

func TestOrderRefusesWhatMakesNoSense(t *testing.T) {
	c := start(t, Settings{})
	for _, fault := range []Fault{
		{},
		{Endpoint: EndpointUsers, Kind: "429"},
		{Endpoint: EndpointUsers, First: 1, Times: 2, Kind: "429"},
		{Endpoint: EndpointUsers, First: 1, ByPage: true, Times: -2, Kind: "429"},
		{Endpoint: EndpointUsers, First: 3, Last: 2, Kind: "429"},
	} {
		if err := c.tenant.Order(Fault{Endpoint: EndpointUsers, First: 1, Kind: "429"}, fault); err == nil {
			t.Errorf("%+v was taken", fault)
		}
	}
	c.signIn()
	if got := c.get("/api/v1/users"); got.status != 200 {
		t.Errorf("a refused order left something behind: got %v", got)
	}
	many := slices.Repeat([]Fault{{Endpoint: EndpointUsers, First: 1, Kind: "429"}}, maxFaults+1)
	if err := c.tenant.Order(many...); err == nil {
		t.Errorf("%d faults were taken", len(many))
	}
}

func TestFaultKindsAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range FaultKinds() {
		if kind.Help == "" || len(kind.Endpoints) == 0 || seen[kind.Name] || strings.ContainsAny(kind.Name, "=: ") {
			t.Errorf("kind %+v lacks something or is there twice", kind)
		}
		seen[kind.Name] = true
		fault := Fault{Endpoint: kind.Endpoints[0], First: 1, Kind: kind.Name, Argument: kind.Default}
		if err := fault.Validate(); err != nil {
			t.Errorf("%s with its default argument: %v", kind.Name, err)
		}
	}
}

// FuzzParseFault: whatever is parsed is valid, and reads the same as text.
func FuzzParseFault(f *testing.F) {
	for _, seed := range []string{
		"users:3:429", "users:page=7x*:reset-body", "token:*:server_error=5s", "users:page=2-4x9:drip=1ms",
		"users:page=+:x", "users:1+:status=", "::", "groups:page=1+x2:member-huge=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fault, err := ParseFault(text)
		if err != nil {
			return
		}
		if err := fault.Validate(); err != nil {
			t.Errorf("%q was parsed, but: %v", text, err)
		}
		again, err := ParseFault(fault.String())
		if err != nil || again != fault {
			t.Errorf("%q: %+v as text is %s, which reads as %+v (error %v)", text, fault, fault, again, err)
		}
	})
}

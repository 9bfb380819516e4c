package main

import (
	"net/url"
	"strings"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// config is what an administrator enters.
type config struct {
	Domain     string        `json:"domain" title:"Okta domain" help:"The address of your Okta org as your users see it, not that of the Admin Console." required:"true" example:"example.okta.com" max:"512" listing:"true"`
	ClientID   string        `json:"client_id" title:"Client ID" help:"Of the API Services app: Admin Console › Applications › your app › General › Client Credentials." required:"true" example:"0oa1ab2cd3ef4gh5ij6k" max:"256"`
	PrivateKey plugin.Secret `json:"private_key" title:"Private key" help:"The key that the Admin Console showed once, as JWK or PEM; paste it whole." required:"true" multiline:"true"`
	KeyID      string        `json:"key_id" title:"Key ID" help:"The KID beside the public key. Needed for a PEM key when the app has several keys; a JWK brings its own." group:"Advanced" max:"256"`

	IncludeDeprovisioned bool `json:"include_deprovisioned" title:"Include deactivated users" help:"Also reads users whose status is DEPROVISIONED, in a second pass." default:"false" group:"Advanced" listing:"true"`
	RateLimitShare       int  `json:"rate_limit_share" title:"Share of the rate limit" help:"Percent of each of Okta's rate limits that a sync may use. 100 if the org has set a limit for this app of its own (Application rate limits)." default:"50" min:"1" max:"100" group:"Advanced"`

	IncludeGroups        bool     `json:"include_groups" title:"Include groups" help:"Also reads groups, and who is in which, as resources of their own. Needs the scope okta.groups.read." default:"false" group:"Groups" listing:"true"`
	GroupAllowList       []string `json:"group_allow_list" title:"Only these groups" help:"Names or ids of the groups to read; a name is the whole name, capitals or not. Empty for all." group:"Groups" listing:"true"`
	MembershipCallBudget int      `json:"membership_call_budget" title:"Requests for memberships" help:"How many requests one run over memberships may make: one for 200 groups, one for 200 members of each, and some for second looks and repeats. A run that needs more stops, and the next goes on from there." default:"10000" min:"5" max:"1000000" group:"Groups"`
}

// credentials are a config that can be used.
type credentials struct {
	base     *url.URL
	clientID string
	key      *oktaapi.PrivateKey
}

// credentials reads domain, client id and key; the first that can't be used is
// the error.
func (c config) credentials() (credentials, error) {
	base, err := oktaapi.ParseDomain(c.Domain)
	if err != nil {
		return credentials{}, err
	}
	clientID, err := parseClientID(c.ClientID)
	if err != nil {
		return credentials{}, err
	}
	return credentials{base: base, clientID: clientID}, nil
}

// parseClientID trims what is pasted with a client id.
func parseClientID(pasted string) (string, error) {
	id := strings.Trim(strings.TrimSpace(pasted), `"'`)
	switch {
	case id == "":
		return "", &oktaapi.Error{Reason: oktaapi.ReasonClientIDMissing, Detail: "no client id is given"}
	case strings.ContainsFunc(id, notInClientID):
		return "", &oktaapi.Error{Reason: oktaapi.ReasonClientIDInvalid, Detail: "the client id holds blanks or other characters that no client id has"}
	}
	return id, nil
}

func notInClientID(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`"'<>{}/\`, r)
}

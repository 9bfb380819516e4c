package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"patchbay.example/plugin"
	"patchbay.example/plugin/scim/internal/scimapi"
)

// config is what an administrator enters.
type config struct {
	BaseURL        string        `json:"base_url" title:"SCIM base URL" help:"The address of the service's SCIM API, as its administration shows it; often it ends in /scim/v2." required:"true" example:"https://example.com/scim/v2" max:"1024" listing:"true"`
	Authentication string        `json:"authentication" title:"Authentication" help:"bearer: a token that the service shows once. client_credentials: a token endpoint gives tokens for a client id and secret." enum:"bearer,client_credentials" default:"bearer"`
	Token          plugin.Secret `json:"token" title:"Bearer token" help:"For authentication “bearer”: the token or API key that the service shows beside its SCIM address."`

	TokenURL             string        `json:"token_url" title:"Token URL" help:"For client_credentials: the OAuth 2.0 token endpoint." example:"https://example.com/oauth2/token" max:"1024" group:"Client credentials"`
	ClientID             string        `json:"client_id" title:"Client ID" help:"For client_credentials: of the client that the service or its identity provider registered." max:"512" group:"Client credentials"`
	ClientSecret         plugin.Secret `json:"client_secret" title:"Client secret" help:"For client_credentials." group:"Client credentials"`
	Scope                string        `json:"scope" title:"Scope" help:"For client_credentials: the scopes to ask for, with blanks between, where the service wants any." example:"scim.read" max:"1024" group:"Client credentials"`
	ClientAuthentication string        `json:"client_authentication" title:"Client authentication" help:"How id and secret are sent to the token endpoint." enum:"client_secret_basic,client_secret_post" default:"client_secret_basic" group:"Client credentials"`

	Groups            bool     `json:"groups" title:"Read groups" help:"Also offers the resources groups and memberships." default:"false"`
	Filter            string   `json:"filter" title:"Filter for users" help:"A SCIM filter (RFC 7644 section 3.4.2.2); only users that match it are listed." example:"active eq true" max:"2048" group:"Advanced" listing:"true"`
	PageSize          int      `json:"page_size" title:"Page size" help:"How many resources to ask for at once. The service may give fewer." default:"100" min:"2" max:"1000" group:"Advanced"`
	Paging            string   `json:"paging" title:"Paging" help:"auto follows what the service says of itself; index (RFC 7644) and cursor (RFC 9865) insist." enum:"auto,index,cursor" default:"auto" group:"Advanced"`
	ExcludeAttributes []string `json:"exclude_attributes" title:"Attributes to leave out" help:"Names of attributes that the service is asked not to send, such as photos." group:"Advanced"`
}

// The values of the two choices that decide something here.
const (
	authClientCredentials = "client_credentials"
	clientSecretPost      = "client_secret_post"

	pagingAuto   = "auto"
	pagingIndex  = "index"
	pagingCursor = "cursor"
)

// base reads the base URL.
func (c config) base() (*url.URL, error) { return scimapi.ParseBase(c.BaseURL) }

// tokens reads the credentials. It asks for no token yet.
func (c config) tokens(client *http.Client) (scimapi.Tokens, error) {
	if c.Authentication != authClientCredentials {
		return scimapi.NewStaticToken(c.Token.Reveal())
	}
	return scimapi.NewClientCredentials(scimapi.ClientSettings{
		TokenURL: c.TokenURL, ClientID: c.ClientID, ClientSecret: c.ClientSecret.Reveal(), Scope: c.Scope,
		InBody: c.ClientAuthentication == clientSecretPost, HTTP: client,
	})
}

// maxExcluded bounds the list of excluded attributes: they travel in each URL.
const maxExcluded = 50

// attributePath is the form of an attribute's name, with schema and sub-attribute
// (RFC 7644 section 3.10).
var attributePath = regexp.MustCompile(`^[A-Za-z$][A-Za-z0-9_$:.-]{0,199}$`)

// excluded are the attributes to leave out. A record can do without all of them
// except its id, which a service sends whatever it is asked (RFC 7643 section 3.1).
func (c config) excluded() ([]string, error) {
	var names []string
	for _, name := range c.ExcludeAttributes {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if !attributePath.MatchString(name) || len(names) == maxExcluded {
			return nil, &scimapi.Error{
				Reason: scimapi.ReasonAttributeInvalid,
				Detail: "one of the attributes to leave out is no attribute's name, or there are more than 50",
			}
		}
		names = append(names, name)
	}
	return names, nil
}

package main

import (
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/directory"
)

// config is what an administrator enters.
type config struct {
	URL           string        `json:"url" title:"Server" help:"ldaps://HOST, or ldap://HOST with StartTLS; a port may follow. In Active Directory the name of the domain leads to one of its controllers." required:"true" example:"ldaps://ldap.example.com" max:"512" listing:"true"`
	StartTLS      bool          `json:"start_tls" title:"StartTLS" help:"Begins TLS on an ldap:// connection before anything is sent. Without TLS a server is only read on this machine." default:"false"`
	CACertificate string        `json:"ca_certificate" title:"CA certificate" help:"The certificates, in PEM, of the authorities that may sign the server's. Empty: those that this machine trusts." multiline:"true" max:"65536"`
	BindDN        string        `json:"bind_dn" title:"Bind account" help:"Distinguished name of an account that may read people and nothing more. Active Directory also takes name@domain." required:"true" example:"cn=patchbay,ou=services,dc=example,dc=com" max:"1024"`
	BindPassword  plugin.Secret `json:"bind_password" title:"Bind password" help:"Password of the bind account." required:"true"`
	BaseDN        string        `json:"base_dn" title:"Base DN" help:"Where people are, with all that is below. Empty: the whole directory, where the server names one only." example:"ou=people,dc=example,dc=com" max:"1024" listing:"true"`

	UserFilter  string `json:"user_filter" title:"Filter for users" help:"Which entries are people. Empty: (|(objectClass=inetOrgPerson)(objectClass=user)), and in Active Directory (&(objectCategory=person)(objectClass=user))." example:"(&(objectClass=inetOrgPerson)(employeeType=staff))" max:"4096" group:"What is read" listing:"true"`
	Groups      bool   `json:"groups" title:"Groups" help:"Also offers groups and who is in them." default:"false" group:"What is read"`
	GroupBaseDN string `json:"group_base_dn" title:"Base DN of groups" help:"Empty: the base DN." example:"ou=groups,dc=example,dc=com" max:"1024" group:"What is read" listing:"true"`
	GroupFilter string `json:"group_filter" title:"Filter for groups" help:"Which entries are groups. Empty: groupOfNames, groupOfUniqueNames and posixGroup, and in Active Directory (objectClass=group)." example:"(objectClass=groupOfNames)" max:"4096" group:"What is read" listing:"true"`

	Schema   string `json:"schema" title:"Schema" help:"Which attributes hold ids and statuses: ad for Active Directory, openldap for all others, auto to ask the server." enum:"auto,openldap,ad" default:"auto" group:"Advanced" listing:"true"`
	PageSize int    `json:"page_size" title:"Page size" help:"Entries a page. Active Directory sends 1000 at most." default:"500" min:"1" max:"1000" group:"Advanced"`
	Timeout  int    `json:"timeout" title:"Time limit" help:"Seconds to wait for each answer of the server." default:"60" min:"1" max:"240" group:"Advanced"`
}

// Schemas of config.Schema.
const (
	schemaAuto     = "auto"
	schemaOpenLDAP = "openldap"
	schemaAD       = "ad"
)

// settings reads how to reach the server; the first that can't be used is the
// error, of type [*directory.Error].
func (c config) settings() (directory.Settings, error) {
	address, err := directory.ParseAddress(c.URL, c.StartTLS)
	if err != nil {
		return directory.Settings{}, err
	}
	if strings.TrimSpace(c.BindDN) == "" { // which would sign in as nobody (RFC 4513 §5.1.1)
		return directory.Settings{}, &directory.Error{Reason: directory.ReasonBindNameInvalid, Detail: "the bind account's name is made of blanks"}
	}
	s := directory.Settings{
		Address: address, BindName: strings.TrimSpace(c.BindDN), Password: c.BindPassword.Reveal, Timeout: time.Duration(c.Timeout) * time.Second,
	}
	if strings.TrimSpace(c.CACertificate) != "" {
		s.RootCAs = x509.NewCertPool()
		if !s.RootCAs.AppendCertsFromPEM([]byte(c.CACertificate)) {
			return directory.Settings{}, &directory.Error{
				Reason: directory.ReasonCACertificateInvalid, Detail: "the CA certificate holds no certificate in PEM",
			}
		}
	}
	return s, nil
}

// checkNames reads the DNs and filters that were entered, before any server does.
func (c config) checkNames() error {
	for _, dn := range []struct{ title, text string }{{"base DN", c.BaseDN}, {"base DN of groups", c.GroupBaseDN}} {
		if _, err := ldap.ParseDN(dn.text); err != nil {
			return &directory.Error{
				Reason: directory.ReasonBaseInvalid, Cause: err, Detail: fmt.Sprintf("the %s %q is not a distinguished name", dn.title, dn.text),
			}
		}
	}
	for _, filter := range []struct{ title, text string }{{"filter for users", c.UserFilter}, {"filter for groups", c.GroupFilter}} {
		if err := checkFilter(filter.text); err != nil {
			return &directory.Error{
				Reason: directory.ReasonFilterInvalid, Cause: err, Detail: fmt.Sprintf("the %s is not one by RFC 4515: %v", filter.title, errors.Unwrap(err)),
			}
		}
	}
	return nil
}

func checkFilter(filter string) error {
	if filter == "" {
		return nil
	}
	_, err := ldap.CompileFilter(filter)
	return err
}

// scopeBytes of a SHA-256 tell one configuration's listing from another's.
const scopeBytes = 12

// scope identifies what a resource lists, so that a cursor is not used for another
// listing.
func (c config) scope(resource string) string {
	parts := []string{c.Schema}
	base := strings.TrimSpace(c.BaseDN)
	if resource != resourceGroups {
		parts = append(parts, base, c.UserFilter)
	}
	if resource != resourceUsers {
		parts = append(parts, cmp.Or(strings.TrimSpace(c.GroupBaseDN), base), c.GroupFilter)
	}
	hash := sha256.New()
	for _, part := range parts {
		hash.Write(fmt.Appendf(nil, "%d:%s,", len(part), part))
	}
	return base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:scopeBytes])
}

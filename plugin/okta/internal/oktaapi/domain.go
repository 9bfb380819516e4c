package oktaapi

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// maxDomainText bounds what [ParseDomain] looks at. A host name has at most 253 characters (RFC 1035 section 2.3.4);
// the rest leaves room for the scheme and the path of a console page that was pasted along with it.
const maxDomainText = 4 << 10

// ParseDomain reads the address of an Okta org in any shape in which people paste it, with or without a scheme, path,
// port, trailing slash or dot, in upper case, between quotes or blanks, and returns it as scheme://host[:port] without
// a path. There is no list of suffixes: custom domains, okta.com, oktapreview.com, okta-emea.com, okta-gov.com and
// okta.mil all pass (https://developer.okta.com/docs/concepts/okta-organizations/). Plain http is for loopback hosts
// only, where a test tenant may run.
//
// Errors are of type *[Error]: [ReasonDomainMissing], [ReasonDomainInvalid], [ReasonDomainNotASCII],
// [ReasonDomainHasCredentials], [ReasonDomainPlainHTTP], [ReasonDomainAdminConsole] or [ReasonDomainNotAnOrg].
func ParseDomain(pasted string) (*url.URL, error) {
	text := trimPasted(pasted)
	if text == "" {
		return nil, &Error{Reason: ReasonDomainMissing, Detail: "the domain of the Okta org is missing"}
	}
	if len(text) > maxDomainText {
		return nil, domainInvalid("it is far too long for an address")
	}
	scheme, authority, err := splitAddress(text)
	if err != nil {
		return nil, err
	}
	host, port, err := splitPort(authority)
	if err != nil {
		return nil, err
	}
	if err := checkHost(host); err != nil {
		return nil, err
	}
	if scheme == "http" && !isLoopback(host) {
		return nil, &Error{
			Reason: ReasonDomainPlainHTTP,
			Detail: fmt.Sprintf("the domain begins with http://, and a private key is never used over an unencrypted connection; write https://%s", host),
		}
	}
	if (scheme == "https" && port == "443") || (scheme == "http" && port == "80") {
		port = ""
	}
	return &url.URL{Scheme: scheme, Host: joinPort(host, port)}, nil
}

// splitAddress returns the lower-case scheme and authority; what follows the authority is dropped.
func splitAddress(text string) (scheme, authority string, err error) {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		scheme, rest = "https", strings.TrimPrefix(text, "//")
	}
	scheme = strings.ToLower(scheme)
	if scheme != "https" && scheme != "http" {
		return "", "", domainInvalid("it must begin with https:// or directly with the host name")
	}
	if end := strings.IndexAny(rest, `/?#\`); end >= 0 {
		rest = rest[:end]
	}
	if strings.Contains(rest, "@") {
		return "", "", &Error{
			Reason: ReasonDomainHasCredentials,
			Detail: "the domain holds an “@”: it must be a host name such as example.okta.com, not an e-mail address, and without a user name or password",
		}
	}
	return scheme, strings.ToLower(rest), nil
}

func splitPort(authority string) (host, port string, err error) {
	host, port = authority, ""
	if colon := strings.LastIndexByte(authority, ':'); colon > strings.LastIndexByte(authority, ']') {
		host, port = authority[:colon], authority[colon+1:]
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil || number == 0 {
			return "", "", domainInvalid("what follows the colon is not a port number")
		}
		port = strconv.FormatUint(number, 10)
	}
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		return host[1 : len(host)-1], port, nil
	}
	return strings.TrimSuffix(host, "."), port, nil
}

func checkHost(host string) error {
	switch {
	case host == "":
		return domainInvalid("it has no host name")
	case isLoopback(host):
		return nil
	case net.ParseIP(host) != nil:
		return domainInvalid("it is an IP address; Okta is reached by host name only")
	}
	for i := range len(host) {
		if host[i] >= 0x80 {
			return &Error{
				Reason: ReasonDomainNotASCII,
				Detail: "the domain holds a character outside a-z, 0-9, “-” and “.”: type it by hand, or paste the xn-- form of an internationalised name",
			}
		}
	}
	if err := checkLabels(host); err != nil {
		return err
	}
	return checkOktaHost(host)
}

func checkLabels(host string) error {
	labels := strings.Split(host, ".")
	if len(labels) < 2 {
		return domainInvalid("it has no dot; write the whole host name, for example example.okta.com")
	}
	if len(host) > 253 {
		return domainInvalid("a host name has at most 253 characters")
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || !isHostLabel(label) {
			return domainInvalid("it is not a host name")
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		return domainInvalid("it is not a host name")
	}
	return nil
}

func isHostLabel(label string) bool {
	for _, c := range []byte(label) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// notAnOrg holds hosts of Okta's own that people mistake for their org: the sign-up, documentation and support sites.
var notAnOrg = map[string]bool{
	"okta.com": true, "www.okta.com": true, "login.okta.com": true, "admin.okta.com": true,
	"developer.okta.com": true, "help.okta.com": true, "support.okta.com": true, "status.okta.com": true,
}

// checkOktaHost names the two mistakes that a host name alone betrays. The test for the console is "-admin.okta", as
// in Okta's own JavaScript SDK: a plain "-admin." also hits legal custom domains (okta/okta-auth-js pull request 1513).
func checkOktaHost(host string) error {
	if before, after, found := strings.Cut(host, "-admin.okta"); found && before != "" && !strings.Contains(before, ".") {
		return &Error{
			Reason: ReasonDomainAdminConsole,
			Detail: fmt.Sprintf("%s is the address of the admin console; the org itself is %s.okta%s", host, before, after),
		}
	}
	if notAnOrg[host] {
		return &Error{
			Reason: ReasonDomainNotAnOrg,
			Detail: host + " is a site of Okta's own and not your org, whose address looks like example.okta.com",
		}
	}
	return nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	return net.ParseIP(host).IsLoopback()
}

func joinPort(host, port string) string {
	if port != "" {
		return net.JoinHostPort(host, port)
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// domainInvalid does not repeat what was pasted: a secret that landed in the wrong field must not reach a log.
func domainInvalid(why string) *Error {
	return &Error{Reason: ReasonDomainInvalid, Detail: "the domain is not the address of an Okta org: " + why}
}

// trimPasted removes what copying adds around a value: byte order marks and other invisible characters, blanks,
// and quotation marks.
func trimPasted(s string) string {
	return strings.Trim(s, " \t\r\n\v\f\ufeff\u200b\u00a0\u2060\"'`“”‘’<>,;")
}

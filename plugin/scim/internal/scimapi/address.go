package scimapi

import (
	"net"
	"net/url"
	"regexp"
	"strings"
)

// maxAddress bounds a pasted address, in bytes.
const maxAddress = 1024

// endpoints are those of RFC 7644 section 3.2, which people paste with the
// address.
var endpoints = regexp.MustCompile(`(?i)/(Users|Groups|Me|ServiceProviderConfig|ResourceTypes|Schemas|Bulk|\.search)(/.*)?$`)

// ParseBase reads a SCIM base URL (RFC 7644 section 1.3) as people paste it: with
// blanks and quotes around it, without https://, with a slash or an endpoint such
// as /Users at its end. Plain http is accepted for this machine only. The result
// has no slash at its end. Errors are of type [*Error] and name no part of an
// address that holds credentials.
func ParseBase(pasted string) (*url.URL, error) {
	base, err := parseAddress(pasted, ReasonAddressInvalid, "the base URL")
	if err != nil {
		return nil, err
	}
	base.RawQuery = ""
	path := strings.TrimRight(base.EscapedPath(), "/")
	path = strings.TrimRight(endpoints.ReplaceAllString(path, ""), "/")
	unescaped, unescapeErr := url.PathUnescape(path)
	if unescapeErr != nil {
		return nil, &Error{Reason: ReasonAddressInvalid, Detail: "the base URL has a path that can't be read"}
	}
	base.Path, base.RawPath = unescaped, path
	return base, nil
}

// ParseTokenURL reads the URL of an OAuth token endpoint, which may have a query
// (RFC 6749 section 3.2).
func ParseTokenURL(pasted string) (*url.URL, error) {
	return parseAddress(pasted, ReasonTokenAddressInvalid, "the token URL")
}

func parseAddress(pasted, invalid, what string) (*url.URL, error) {
	text := strings.Trim(strings.TrimSpace(pasted), " \t\r\n\ufeff\u200b\u00a0\"'`<>“”‘’,;")
	refused := func(detail string) error { return &Error{Reason: invalid, Detail: what + " " + detail} }
	switch {
	case text == "":
		return nil, refused("is empty")
	case len(text) > maxAddress:
		return nil, refused("is longer than any address")
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	address, err := url.Parse(text)
	switch {
	case err != nil, strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || r > '~' }):
		// The parser's own words repeat the text, which may hold a password.
		return nil, refused("can't be read as a URL")
	case address.User != nil, strings.Contains(address.Host, "@"):
		return nil, &Error{Reason: ReasonAddressHasCredentials, Detail: what + " holds a user name or a password"}
	case !hostName.MatchString(address.Hostname()), address.Opaque != "":
		return nil, refused("names no host")
	case strings.EqualFold(address.Scheme, "http") && !isLoopback(address.Hostname()):
		return nil, &Error{Reason: ReasonAddressPlainHTTP, Detail: what + " begins with http://, and the token would cross the network unencrypted"}
	case !strings.EqualFold(address.Scheme, "http") && !strings.EqualFold(address.Scheme, "https"):
		return nil, refused("begins with neither https:// nor http://")
	}
	address.Scheme, address.Host = strings.ToLower(address.Scheme), strings.ToLower(address.Host)
	address.Fragment, address.RawFragment = "", ""
	return address, nil
}

// hostName is the form of host names and IP addresses; brackets are taken off.
var hostName = regexp.MustCompile(`^[A-Za-z0-9._:-]+$`)

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Below is the URL of an endpoint below base: path begins with a slash.
func Below(base *url.URL, path string, query url.Values) *url.URL {
	target := *base
	if target.RawPath != "" {
		target.RawPath += path
	}
	target.Path += path
	target.RawQuery = query.Encode()
	return &target
}

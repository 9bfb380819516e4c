package main

import (
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
	"golang.org/x/text/unicode/norm"
)

// foldDN writes a DN so that two of the same entry are equal texts, the way
// directories compare them: without regard to case, to how a letter is composed and to
// how many blanks stand together (RFC 4517 §4.2.11, RFC 4518 §2). A text that is no DN
// is only made lower case.
func foldDN(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return strings.ToLower(dn)
	}
	rdns := make([]string, len(parsed.RDNs))
	for i, rdn := range parsed.RDNs {
		parts := make([]string, len(rdn.Attributes))
		for j, a := range rdn.Attributes {
			parts[j] = escapeType(foldType(a.Type)) + "=" + ldap.EscapeDN(foldText(a.Value))
		}
		slices.Sort(parts)
		rdns[i] = strings.Join(parts, "+")
	}
	return strings.Join(rdns, ",")
}

func foldText(text string) string {
	return strings.Join(strings.Fields(norm.NFKC.String(strings.ToLower(norm.NFKD.String(text)))), " ")
}

// foldType is an attribute type's name in DNs, for which there may be longer ones and
// a number.
func foldType(name string) string {
	name = foldText(name)
	if short, ok := shortTypes[name]; ok {
		return short
	}
	return name
}

func escapeType(name string) string {
	return strings.ReplaceAll(ldap.EscapeDN(name), "=", `\=`)
}

// shortTypes are those of RFC 4514 §3, by what else they are called (RFC 4519).
var shortTypes = map[string]string{
	"2.5.4.3": "cn", "commonname": "cn",
	"2.5.4.4": "sn", "surname": "sn",
	"2.5.4.6": "c", "countryname": "c",
	"2.5.4.7": "l", "localityname": "l",
	"2.5.4.8": "st", "stateorprovincename": "st",
	"2.5.4.9": "street", "streetaddress": "street",
	"2.5.4.10": "o", "organizationname": "o",
	"2.5.4.11": "ou", "organizationalunitname": "ou",
	"0.9.2342.19200300.100.1.1": "uid", "userid": "uid",
	"0.9.2342.19200300.100.1.25": "dc", "domaincomponent": "dc",
}

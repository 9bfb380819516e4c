package directory

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// step says what was asked for when a server refused.
type step string

const (
	stepStartTLS step = "to start TLS"
	stepBind     step = "the bind account"
	stepSearch   step = "the search"
	stepRootDSE  step = "to show its root DSE"
)

// resultError reads an LDAP result code (RFC 4511 §4.1.9, Appendix A). secret is
// kept out of what is repeated of the server's words. An error without a result
// code is returned as nil.
func resultError(err error, at Address, doing step, base, secret string) *Error {
	result, ok := serverResult(err)
	if !ok {
		return nil
	}
	words := Printable(result.Err.Error(), secret)
	e := classifyResult(result, doing, words)
	e.Code, e.Cause = result.ResultCode, plain(result, words)
	place := ""
	if e.Reason == ReasonBaseNotFound || e.Reason == ReasonAccessDenied {
		place = fmt.Sprintf(" (%s)", Printable(base, secret))
	}
	e.Detail = fmt.Sprintf("%s %s%s: %s", at, e.Detail, place, codeName(result.ResultCode))
	if words != "" {
		e.Detail += fmt.Sprintf(", %q", words)
	}
	if matched := Printable(result.MatchedDN, secret); matched != "" {
		e.Detail += fmt.Sprintf("; the server knows it as far as %q", matched)
	}
	return e
}

// serverResult returns the result that a server gave; go-ldap has codes of its own
// among those of servers, for what is none.
func serverResult(err error) (*ldap.Error, bool) {
	result, ok := errors.AsType[*ldap.Error](err)
	return result, ok && (result.ResultCode < ldap.ErrorNetwork || result.ResultCode > ldap.ErrorMalformedPacket)
}

// plain is an error that holds no more of the server's answer than words.
func plain(result *ldap.Error, words string) error {
	return &ldap.Error{ResultCode: result.ResultCode, Err: errors.New(words)}
}

func codeName(code uint16) string {
	if name := ldap.LDAPResultCodeMap[code]; name != "" {
		return fmt.Sprintf("%s (%d)", name, code)
	}
	return fmt.Sprintf("result code %d", code)
}

func classifyResult(result *ldap.Error, doing step, words string) *Error {
	switch result.ResultCode {
	case ldap.LDAPResultBusy:
		return transient(ReasonServerBusy, "is busy")
	case ldap.LDAPResultUnavailable:
		if doing == stepStartTLS {
			return fail(ReasonStartTLSRefused, "can't start TLS")
		}
		return transient(ReasonServerUnavailable, "is not available")
	case ldap.LDAPResultStrongAuthRequired:
		return fail(ReasonStrongerAuthRequired, "demands a stronger way to sign in")
	case ldap.LDAPResultConfidentialityRequired:
		return fail(ReasonConfidentialityRequired, "demands TLS")
	}
	switch doing {
	case stepStartTLS:
		return fail(ReasonStartTLSRefused, "refuses %s", doing)
	case stepBind:
		return classifyBind(result, words)
	default:
		return classifySearch(result, doing, words)
	}
}

func classifyBind(result *ldap.Error, words string) *Error {
	switch result.ResultCode {
	case ldap.LDAPResultInvalidCredentials:
		return classifyADBind(words)
	case ldap.LDAPResultInvalidDNSyntax, ldap.LDAPResultNoSuchObject:
		return fail(ReasonBindNameInvalid, "does not take the bind account's name for one")
	case ldap.LDAPResultAuthMethodNotSupported, ldap.LDAPResultInappropriateAuthentication:
		return fail(ReasonBindMethodRefused, "refuses a sign-in with name and password")
	case ldap.LDAPResultUnwillingToPerform: // OpenLDAP's "disallow bind_simple", 389's inactivated accounts
		return fail(ReasonBindMethodRefused, "is unwilling to let the bind account sign in with name and password")
	case ldap.LDAPResultInsufficientAccessRights:
		return fail(ReasonAccessDenied, "does not let the bind account sign in")
	}
	return fail(ReasonServerRefused, "refuses %s", stepBind)
}

// adCode finds the Windows error within Active Directory's message, as in
// "80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error, data 52e,
// v4563".
var adCode = regexp.MustCompile(`\bdata ([0-9a-f]{1,8})\b`)

// adReasons are the Windows errors that Active Directory names when it refuses a
// bind (Microsoft, System Error Codes, in hexadecimal).
var adReasons = map[string]struct{ reason, detail string }{
	"525": {ReasonBindAccountUnknown, "knows no account of the bind account's name"},
	"52e": {ReasonBindRejected, "refuses the bind account's name or password"},
	"530": {ReasonBindHours, "does not let the bind account sign in at this time"},
	"531": {ReasonBindWorkstation, "does not let the bind account sign in from this computer"},
	"532": {ReasonBindPasswordExpired, "says that the bind account's password has expired"},
	"533": {ReasonBindAccountDisabled, "says that the bind account is disabled"},
	"701": {ReasonBindAccountExpired, "says that the bind account has expired"},
	"773": {ReasonBindPasswordMustChange, "says that the bind account must change its password first"},
	"775": {ReasonBindAccountLocked, "says that the bind account is locked"},
}

func classifyADBind(words string) *Error {
	if match := adCode.FindStringSubmatch(words); match != nil {
		if known, ok := adReasons[match[1]]; ok {
			e := fail(known.reason, "%s", known.detail)
			e.ADCode = match[1]
			return e
		}
	}
	return fail(ReasonBindRejected, "refuses the bind account's name or password")
}

// adNotBound is Windows' ERROR_DS_... for an operation that needs a bind before it:
// Active Directory answers a search by nobody with operationsError and this.
const adNotBound = "000004DC"

func classifySearch(result *ldap.Error, doing step, words string) *Error {
	switch result.ResultCode {
	case ldap.LDAPResultInsufficientAccessRights:
		return fail(ReasonAccessDenied, "does not let the bind account read there")
	case ldap.LDAPResultOperationsError:
		if strings.Contains(words, adNotBound) {
			return fail(ReasonAccessDenied, "does not let this account read there")
		}
	case ldap.LDAPResultNoSuchObject:
		return fail(ReasonBaseNotFound, "has no such entry, or hides it from the bind account")
	case ldap.LDAPResultInvalidDNSyntax:
		return fail(ReasonBaseInvalid, "does not take the base DN for a distinguished name")
	case ldap.LDAPResultReferral:
		return fail(ReasonReferred, "keeps these entries on another server")
	case ldap.LDAPResultSizeLimitExceeded:
		return fail(ReasonSizeLimit, "lets the bind account see only a part of the entries")
	case ldap.LDAPResultTimeLimitExceeded:
		return fail(ReasonTimeLimit, "gave up on %s at its time limit", doing)
	case ldap.LDAPResultAdminLimitExceeded:
		if strings.Contains(words, "pagedResults") { // OpenLDAP's "pagedResults control not allowed"
			return fail(ReasonPagingUnsupported, "does not allow paged results for %s", doing)
		}
		return fail(ReasonAdminLimit, "gave up on %s at a limit of its administrator's", doing)
	case ldap.LDAPResultUnavailableCriticalExtension:
		return fail(ReasonPagingUnsupported, "does not offer paged results for %s", doing)
	case ldap.LDAPResultUnwillingToPerform:
		// Also how servers answer for a cookie that they no longer know.
		return transient(ReasonServerUnwilling, "is unwilling to perform %s", doing)
	case ldap.LDAPResultInappropriateMatching, ldap.LDAPResultUndefinedAttributeType, ldap.LDAPResultInvalidAttributeSyntax:
		return fail(ReasonFilterInvalid, "does not accept the filter")
	}
	return fail(ReasonServerRefused, "refuses %s", doing)
}

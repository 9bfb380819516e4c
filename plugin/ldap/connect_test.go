package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin/ldap/internal/directory"
	"patchbay.example/plugin/ldap/ldaptest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	configInvalid       = connectorv1.Class_CLASS_CONFIG_INVALID
	credentialsRejected = connectorv1.Class_CLASS_CREDENTIALS_REJECTED
	permissionMissing   = connectorv1.Class_CLASS_PERMISSION_MISSING
	serviceUnavailable  = connectorv1.Class_CLASS_SERVICE_UNAVAILABLE
	serviceMisbehaved   = connectorv1.Class_CLASS_SERVICE_MISBEHAVED
)

func TestConnectSaysWhatItFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ad                bool
		rootDSE, wantBase string
	}{
		"OpenLDAP":         {false, `OpenLDAP offers paged results; its schema is read as "openldap"`, ldaptest.BaseDN},
		"Active Directory": {true, `Active Directory offers paged results; its schema is read as "ad"`, ldaptest.BaseDN},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := ldaptest.Start(t, ldaptest.Settings{People: people(2), ActiveDirectory: c.ad})
			response := newRig(t, server, map[string]any{"base_dn": ""}).tryConnect()
			if response.HasRefusal() {
				t.Fatal(response.GetRefusal().GetMessage())
			}
			for _, check := range response.GetChecks() {
				if check.GetStatus() != connectorv1.CheckStatus_CHECK_STATUS_OK {
					t.Errorf("%s is %s: %s", check.GetName(), check.GetStatus(), check.GetDetail())
				}
			}
			if got := checkOf(t, response, "root_dse").GetDetail(); !strings.HasPrefix(got, c.rootDSE) {
				t.Errorf("root_dse says %q, want %q", got, c.rootDSE)
			}
			if got := response.GetAccount().GetId(); got != c.wantBase {
				t.Errorf("the account is %q, want %q", got, c.wantBase)
			}
		})
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change map[string]any
		reason string
	}{
		"no URL":             {map[string]any{"url": "ldap.example.com"}, directory.ReasonAddressInvalid},
		"https":              {map[string]any{"url": "https://ldap.example.com"}, directory.ReasonAddressInvalid},
		"password in URL":    {map[string]any{"url": "ldaps://a:b@ldap.example.com"}, directory.ReasonAddressInvalid},
		"base DN in URL":     {map[string]any{"url": "ldaps://ldap.example.com/dc=example"}, directory.ReasonAddressInvalid},
		"port":               {map[string]any{"url": "ldaps://ldap.example.com:70000"}, directory.ReasonAddressInvalid},
		"plain":              {map[string]any{"url": "ldap://ldap.example.com"}, directory.ReasonPlaintextRefused},
		"StartTLS and ldaps": {map[string]any{"url": "ldaps://ldap.example.com", "start_tls": true}, directory.ReasonStartTLSOverTLS},
		"certificate":        {map[string]any{"ca_certificate": "no PEM"}, directory.ReasonCACertificateInvalid},
		"base DN":            {map[string]any{"base_dn": "example.com"}, directory.ReasonBaseInvalid},
		"group base DN":      {map[string]any{"group_base_dn": "ou"}, directory.ReasonBaseInvalid},
		"blank name":         {map[string]any{"bind_dn": " \t"}, directory.ReasonBindNameInvalid},
		"filter":             {map[string]any{"user_filter": "(objectClass=user"}, directory.ReasonFilterInvalid},
		"group filter":       {map[string]any{"group_filter": "objectClass"}, directory.ReasonFilterInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := map[string]any{"url": "ldap://127.0.0.1:1", "bind_dn": ldaptest.BindDN}
			maps.Copy(config, c.change)
			rig := &rig{T: t, client: serveConnector(t), config: config, secrets: map[string]string{"bind_password": "x"}}
			class := configInvalid
			if c.reason == directory.ReasonBindNameInvalid {
				class = credentialsRejected
			}
			rig.wantConnectRefused("config", c.reason, class)
		})
	}
}

func TestOfTwoWrongNamesTheFirstIsNamed(t *testing.T) {
	t.Parallel()
	for range 20 { // whatever the order of a map
		dns := config{BaseDN: "x", GroupBaseDN: "y"}.checkNames()
		filters := config{UserFilter: "x", GroupFilter: "y"}.checkNames()
		if !strings.Contains(dns.Error(), `"x"`) || !strings.Contains(filters.Error(), "filter for users") {
			t.Fatalf("%v; %v", dns, filters)
		}
	}
}

func TestForeignCursorsAreRefusedBeforeAnythingIsAsked(t *testing.T) {
	t.Parallel()
	ours := config{URL: "ldap://127.0.0.1:1", BaseDN: ldaptest.BaseDN, Schema: schemaAuto}
	other := ours
	other.BaseDN = "dc=example,dc=org"
	at := directory.Address{Host: "127.0.0.1", Port: "1"}
	for name, c := range map[string]struct{ cursor, reason string }{
		"garbage":  {"okta1.abc", reasonCursorInvalid},
		"cut":      {ours.cursor(at, resourceUsers, place{}).String()[:40], reasonCursorInvalid},
		"resource": {ours.cursor(at, resourceGroups, place{}).String(), reasonCursorForeign},
		"server":   {ours.cursor(directory.Address{Host: "127.0.0.2", Port: "1"}, resourceUsers, place{}).String(), reasonCursorForeign},
		"base DN":  {other.cursor(at, resourceUsers, place{}).String(), reasonCursorForeign},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rig := &rig{
				T: t, client: serveConnector(t), secrets: map[string]string{"bind_password": "x"},
				config: map[string]any{"url": ours.URL, "bind_dn": ldaptest.BindDN, "base_dn": ours.BaseDN},
				resume: map[string]string{resourceUsers: c.cursor},
			}
			rig.wantConnectRefused("config", c.reason, configInvalid)
		})
	}
}

// Each of these is refused by a real server.
func TestWhatOpenLDAPRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings      ldaptest.Settings
		change        map[string]any
		check, reason string
		class         connectorv1.Class
		words         string
	}{
		"wrong name": {
			change: map[string]any{"bind_dn": "cn=nobody," + ldaptest.BaseDN},
			check:  "bind", reason: directory.ReasonBindRejected, class: credentialsRejected, words: "Invalid Credentials (49)",
		},
		"name is no DN": {
			change: map[string]any{"bind_dn": "patchbay@example.com"},
			check:  "bind", reason: directory.ReasonBindNameInvalid, class: credentialsRejected, words: "invalid DN",
		},
		"simple bind needs TLS": {
			settings: ldaptest.Settings{Global: []string{"security simple_bind=128"}},
			check:    "bind", reason: directory.ReasonConfidentialityRequired, class: configInvalid,
		},
		"no password sign-in": {
			settings: ldaptest.Settings{Global: []string{"disallow bind_simple"}},
			check:    "bind", reason: directory.ReasonBindMethodRefused, class: credentialsRejected, words: "Unwilling To Perform (53)",
		},
		"no such base": {
			change: map[string]any{"base_dn": "ou=nowhere," + ldaptest.PeopleDN},
			check:  "base_dn", reason: directory.ReasonBaseNotFound, class: configInvalid, words: "as far as \"" + ldaptest.PeopleDN,
		},
		"base elsewhere": {
			settings: ldaptest.Settings{Global: []string{"referral ldap://elsewhere.example.com"}},
			change:   map[string]any{"base_dn": "dc=example,dc=org"},
			check:    "base_dn", reason: directory.ReasonReferred, class: configInvalid,
		},
		"nobody to see": {
			settings: ldaptest.Settings{Access: []string{fmt.Sprintf("access to dn.onelevel=%q by * none", ldaptest.PeopleDN)}},
			check:    "users", reason: reasonNobodySeen, class: permissionMissing,
		},
		"no access": {
			settings: ldaptest.Settings{Access: []string{fmt.Sprintf("access to dn.subtree=%q by dn.exact=%q disclose by * none", ldaptest.PeopleDN, ldaptest.BindDN)}},
			change:   map[string]any{"base_dn": ldaptest.PeopleDN},
			check:    "base_dn", reason: directory.ReasonAccessDenied, class: permissionMissing,
		},
		"ids hidden": {
			settings: ldaptest.Settings{Access: []string{"access to attrs=entryUUID by * none"}},
			check:    "users", reason: reasonIDHidden, class: permissionMissing,
		},
		"no paged results": {
			settings: ldaptest.Settings{Limits: "size.prtotal=disabled"},
			check:    "users", reason: directory.ReasonPagingUnsupported, class: configInvalid,
		},
		"look-through limit": {
			settings: ldaptest.Settings{Limits: "size.unchecked=1"},
			change:   map[string]any{"user_filter": "(description=*)"},
			check:    "users", reason: directory.ReasonAdminLimit, class: permissionMissing,
		},
		"StartTLS not offered": {
			change: map[string]any{"start_tls": true},
			check:  "tls", reason: directory.ReasonStartTLSRefused, class: configInvalid,
		},
		"several naming contexts": {
			settings: ldaptest.Settings{Database: []string{"database ldif", "suffix \"dc=example,dc=net\"", "directory /nonexistent"}},
			change:   map[string]any{"base_dn": ""},
			check:    "base_dn", reason: reasonBaseDNMissing, class: configInvalid,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.settings.People = people(3)
			server := ldaptest.Start(t, c.settings)
			refusal := newRig(t, server, c.change).wantConnectRefused(c.check, c.reason, c.class)
			if !strings.Contains(refusal.GetMessage(), c.words) {
				t.Errorf("the message %q does not say %q", refusal.GetMessage(), c.words)
			}
		})
	}
}

func TestAWrongPasswordIsRefused(t *testing.T) {
	t.Parallel()
	rig := newRig(t, ldaptest.Start(t, ldaptest.Settings{People: people(1)}), nil)
	rig.secrets = map[string]string{"bind_password": "canary-wrong-password"}
	refusal := rig.wantConnectRefused("bind", directory.ReasonBindRejected, credentialsRejected)
	if refusal.GetMetadata()["ldap_result_code"] != "49" {
		t.Errorf("the metadata is %v", refusal.GetMetadata())
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		access        []string
		check, reason string
	}{
		"passwords":       {[]string{fmt.Sprintf("access to attrs=userPassword by dn.exact=%q read by anonymous auth by * none", ldaptest.BindDN)}, "secrets", reasonPasswordsReadable},
		"hidden root DSE": {[]string{`access to dn.base="" by * none`}, "root_dse", reasonRootDSEHidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := ldaptest.Settings{People: people(2), Access: c.access}
			if name == "hidden root DSE" {
				settings.Access, settings.Global = nil, append([]string{"access to dn.base=\"\" by * none"}, settings.Global...)
			}
			response := newRig(t, ldaptest.Start(t, settings), nil).tryConnect()
			if response.HasRefusal() {
				t.Fatal(response.GetRefusal().GetMessage())
			}
			check := checkOf(t, response, c.check)
			if check.GetStatus() != connectorv1.CheckStatus_CHECK_STATUS_WARN || check.GetReason() != c.reason || check.GetFix() == "" {
				t.Errorf("the check is %v", check)
			}
		})
	}
}

// The account that docs/connectors/ldap.md has an administrator of OpenLDAP make is
// enough.
func TestTheBindAccountOfTheGuide(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: people(600), Limits: "size=unlimited", Access: []string{
		"access to attrs=userPassword by self write by anonymous auth by * none",
		fmt.Sprintf("access to dn.subtree=%q by dn.exact=%q read by * break", ldaptest.PeopleDN, ldaptest.BindDN),
		"access to * by * none",
	}})
	rig := newRig(t, server, map[string]any{"base_dn": ldaptest.PeopleDN}).connect()
	if got := rig.sync(resourceUsers, "", nil).wantComplete(); len(got.ids()) != 600 {
		t.Errorf("%d people came, want 600", len(got.ids()))
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	good := ldaptest.Start(t, ldaptest.Settings{People: people(2), TLS: true})
	expired := ldaptest.Start(t, ldaptest.Settings{People: people(2), TLS: true, Certificate: ldaptest.Certificate{Expired: true}})
	other := ldaptest.Start(t, ldaptest.Settings{People: people(2), TLS: true, Certificate: ldaptest.Certificate{Host: "ldap.example.com"}})
	for name, c := range map[string]struct {
		server *ldaptest.Server
		change map[string]any
		reason string // empty: connects
		class  connectorv1.Class
	}{
		"StartTLS":            {good, map[string]any{"start_tls": true, "ca_certificate": good.CA}, "", 0},
		"LDAPS":               {good, map[string]any{"url": good.SecureURL(), "ca_certificate": good.CA}, "", 0},
		"authority unknown":   {good, map[string]any{"url": good.SecureURL()}, directory.ReasonTLSUnknownAuthority, configInvalid},
		"another authority":   {good, map[string]any{"start_tls": true, "ca_certificate": other.CA}, directory.ReasonTLSUnknownAuthority, configInvalid},
		"expired":             {expired, map[string]any{"start_tls": true, "ca_certificate": expired.CA}, directory.ReasonTLSCertificateExpired, serviceUnavailable},
		"other name":          {other, map[string]any{"url": other.SecureURL(), "ca_certificate": other.CA}, directory.ReasonTLSNameMismatch, configInvalid},
		"no TLS at this port": {good, map[string]any{"url": strings.Replace(good.URL(), "ldap:", "ldaps:", 1), "ca_certificate": good.CA}, directory.ReasonTLSNotSpoken, configInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rig := newRig(t, c.server, c.change)
			if c.reason != "" {
				rig.wantConnectRefused("tls", c.reason, c.class)
				return
			}
			rig.connect()
			if got := rig.sync(resourceUsers, "", nil).wantComplete(); len(got.records()) != 2 {
				t.Errorf("%d people came, want 2", len(got.records()))
			}
		})
	}
}

func TestNetworksThatFail(t *testing.T) {
	t.Parallel()
	rigAt := func(t *testing.T, url string) *rig {
		return &rig{T: t, client: serveConnector(t), secrets: map[string]string{"bind_password": "x"}, config: map[string]any{
			"url": url, "bind_dn": ldaptest.BindDN, "base_dn": ldaptest.BaseDN, "timeout": 1,
		}}
	}
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		rigAt(t, "ldap://"+closedPort(t)).wantConnectRefused("address", directory.ReasonConnectionRefused, serviceUnavailable)
	})
	t.Run("closed", func(t *testing.T) {
		t.Parallel()
		rigAt(t, "ldap://"+listen(t, func(net.Conn) {})).wantConnectRefused("bind", directory.ReasonConnectionBroke, serviceUnavailable)
	})
	t.Run("silent", func(t *testing.T) {
		t.Parallel()
		rigAt(t, "ldap://"+listen(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })).wantConnectRefused("bind", directory.ReasonTimedOut, serviceUnavailable)
	})
	t.Run("a web server", func(t *testing.T) {
		t.Parallel()
		rigAt(t, "ldap://"+listen(t, func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 1)) // a server speaks when it is spoken to
			_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<p>"+strings.Repeat("This is no directory. ", 10))
			_, _ = io.Copy(io.Discard, conn)
		})).wantConnectRefused("bind", directory.ReasonResponseUnreadable, serviceMisbehaved)
	})
	t.Run("too much", func(t *testing.T) {
		t.Parallel()
		rigAt(t, "ldap://"+listen(t, func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 1))
			_, _ = conn.Write([]byte{0x30, 0x84, 0x10, 0, 0, 0}) // a message of 256 MiB
			_, _ = io.Copy(io.Discard, conn)
		})).wantConnectRefused("bind", directory.ReasonResponseTooLarge, serviceMisbehaved)
	})
	t.Run("TLS alert", func(t *testing.T) {
		t.Parallel()
		rigAt(t, "ldaps://"+listen(t, func(conn net.Conn) {
			_, _ = conn.Write([]byte{0x15, 3, 3, 0, 2, 2, 40}) // handshake_failure (RFC 8446 §6)
			_, _ = io.Copy(io.Discard, conn)
		})).wantConnectRefused("tls", directory.ReasonTLSFailed, serviceUnavailable)
	})
	t.Run("slow in all", func(t *testing.T) {
		t.Parallel()
		rig := rigAt(t, "ldap://"+listen(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }))
		rig.config["timeout"] = 240
		rig.client = serve(t, connector{limits: limits{connectFor: 100 * time.Millisecond}})
		refusal := rig.wantConnectRefused("bind", directory.ReasonTimedOut, serviceUnavailable)
		if !strings.Contains(refusal.GetMessage(), "100ms") {
			t.Errorf("the message %q does not say how long that was", refusal.GetMessage())
		}
	})
	t.Run("no such host", func(t *testing.T) {
		t.Parallel()
		refusal := rigAt(t, "ldaps://nowhere.invalid").tryConnect().GetRefusal()
		if refusal.GetReason() != directory.ReasonHostNotFound && refusal.GetReason() != directory.ReasonNameServiceUnavailable {
			t.Errorf("refused for %s", refusal.GetReason())
		}
	})
}

// What Active Directory says when it refuses the bind account.
func TestActiveDirectorysCodes(t *testing.T) {
	t.Parallel()
	for code, reason := range map[string]string{
		"525": directory.ReasonBindAccountUnknown,
		"52e": directory.ReasonBindRejected,
		"530": directory.ReasonBindHours,
		"531": directory.ReasonBindWorkstation,
		"532": directory.ReasonBindPasswordExpired,
		"533": directory.ReasonBindAccountDisabled,
		"701": directory.ReasonBindAccountExpired,
		"773": directory.ReasonBindPasswordMustChange,
		"775": directory.ReasonBindAccountLocked,
		"fff": directory.ReasonBindRejected,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			server := &ldaptest.Scripted{OnBind: func(string, string) ldaptest.Result {
				return ldaptest.Result{Code: ldap.LDAPResultInvalidCredentials, Diagnostic: "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data " + code + ", v4563\x00"}
			}}
			refusal := scriptedRig(t, server, nil).wantConnectRefused("bind", reason, credentialsRejected)
			if got := refusal.GetMetadata()["ad_error"]; got != code && code != "fff" {
				t.Errorf("ad_error is %q, want %q", got, code)
			}
		})
	}
}

// Result codes that slapd can't be made to give.
func TestResultCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]struct {
		reason string
		class  connectorv1.Class
	}{
		ldap.LDAPResultOperationsError:              {directory.ReasonAccessDenied, permissionMissing},
		ldap.LDAPResultTimeLimitExceeded:            {directory.ReasonTimeLimit, serviceUnavailable},
		ldap.LDAPResultSizeLimitExceeded:            {directory.ReasonSizeLimit, permissionMissing},
		ldap.LDAPResultStrongAuthRequired:           {directory.ReasonStrongerAuthRequired, configInvalid},
		ldap.LDAPResultUnavailableCriticalExtension: {directory.ReasonPagingUnsupported, configInvalid},
		ldap.LDAPResultBusy:                         {directory.ReasonServerBusy, serviceUnavailable},
		ldap.LDAPResultUnavailable:                  {directory.ReasonServerUnavailable, serviceUnavailable},
		ldap.LDAPResultInvalidDNSyntax:              {directory.ReasonBaseInvalid, configInvalid},
		ldap.LDAPResultInappropriateMatching:        {directory.ReasonFilterInvalid, configInvalid},
		ldap.LDAPResultOther:                        {directory.ReasonServerRefused, serviceMisbehaved},
		4096:                                        {directory.ReasonServerRefused, serviceMisbehaved},
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			server := &ldaptest.Scripted{OnSearch: func(s ldaptest.Search) ldaptest.Answer {
				if s.Paged {
					return ldaptest.Answer{Result: ldaptest.Result{Code: code, Diagnostic: "000004DC: LdapErr: DSID-0C090A5C"}}
				}
				return plainAnswer(s)
			}}
			scriptedRig(t, server, nil).wantConnectRefused("users", want.reason, want.class)
		})
	}
	for name, c := range map[string]struct {
		code   int
		reason string
	}{
		"signing demanded":      {ldap.LDAPResultStrongAuthRequired, directory.ReasonStrongerAuthRequired},
		"method":                {ldap.LDAPResultAuthMethodNotSupported, directory.ReasonBindMethodRefused},
		"inappropriate":         {ldap.LDAPResultInappropriateAuthentication, directory.ReasonBindMethodRefused},
		"refused in some way":   {ldap.LDAPResultOther, directory.ReasonServerRefused},
		"not allowed to access": {ldap.LDAPResultInsufficientAccessRights, directory.ReasonAccessDenied},
	} {
		t.Run("bind "+name, func(t *testing.T) {
			t.Parallel()
			server := &ldaptest.Scripted{OnBind: func(string, string) ldaptest.Result { return ldaptest.Result{Code: c.code} }}
			if got := scriptedRig(t, server, nil).tryConnect().GetRefusal().GetReason(); got != c.reason {
				t.Errorf("refused for %s, want %s", got, c.reason)
			}
		})
	}
}

func TestAServerWithoutPagedResults(t *testing.T) {
	t.Parallel()
	server := &ldaptest.Scripted{OnSearch: func(ldaptest.Search) ldaptest.Answer {
		return ldaptest.Answer{NoPaging: true, Entries: []ldaptest.Entry{{Attributes: map[string][]string{"supportedControl": {"1.2.3"}}}}}
	}}
	scriptedRig(t, server, nil).wantConnectRefused("root_dse", directory.ReasonPagingUnsupported, configInvalid)
}

// What a server says of itself is shown short, on one line, and without the password.
func TestWhatAServerSaysOfItself(t *testing.T) {
	t.Parallel()
	contexts := []string{"dc=" + ldaptest.BindPassword, "\x1b[31mdc=x\r\nlevel=ERROR", "dc=" + strings.Repeat("x", 100_000)}
	for i := range 50 {
		contexts = append(contexts, fmt.Sprintf("dc=c%d", i))
	}
	for name, c := range map[string]struct {
		attributes map[string][]string
		base       string
		checks     []string
	}{
		"many":        {map[string][]string{"namingContexts": contexts}, ldaptest.BaseDN, []string{"root_dse"}},
		"no base":     {map[string][]string{"namingContexts": contexts}, "", []string{"root_dse", "base_dn"}},
		"hostile":     {map[string][]string{"defaultNamingContext": {contexts[1]}, "namingContexts": contexts[1:2]}, "", []string{"root_dse", "base_dn"}},
		"long":        {map[string][]string{"defaultNamingContext": {contexts[2]}, "namingContexts": contexts[2:3]}, "", []string{"root_dse", "base_dn"}},
		"password":    {map[string][]string{"defaultNamingContext": {contexts[0]}}, "", []string{"base_dn"}},
		"vendor":      {map[string][]string{"vendorName": contexts[:1], "vendorVersion": contexts[1:2]}, ldaptest.BaseDN, []string{"root_dse"}},
		"secret name": {nil, ldaptest.BaseDN, []string{"secrets"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := scripted(3, func(_ ldaptest.Search, a *ldaptest.Answer) {
				a.Entries[0].Attributes["password"+contexts[2]] = []string{"x"}
			})
			inner := server.OnSearch
			server.OnSearch = func(s ldaptest.Search) ldaptest.Answer {
				answer := inner(s)
				if s.Base == "" {
					maps.Copy(answer.Entries[0].Attributes, c.attributes)
				}
				return answer
			}
			response := scriptedRig(t, server, map[string]any{"base_dn": c.base}).tryConnect()
			texts := []string{response.GetAccount().GetId(), response.GetAccount().GetName(), response.GetRefusal().GetMessage()}
			for _, check := range c.checks {
				if detail := checkOf(t, response, check).GetDetail(); detail != "" {
					texts = append(texts, detail)
				} else {
					t.Errorf("%s says nothing", check)
				}
			}
			if unusable := name == "hostile" || name == "long"; unusable && response.GetRefusal().GetReason() != reasonBaseDNMissing {
				t.Errorf("refused for %s, want %s", response.GetRefusal().GetReason(), reasonBaseDNMissing)
			}
			for _, text := range texts {
				if strings.Contains(text, "dc=c49") {
					t.Errorf("dozens of names are listed: %.300q", text)
				}
				if strings.ContainsAny(text, "\x1b\r\n") || strings.Contains(text, ldaptest.BindPassword) || len(text) > 4000 {
					t.Errorf("%d bytes are shown: %.300q", len(text), text)
				}
			}
		})
	}
}

// Of a password too short to be taken out of a sentence the sentence goes.
func TestAShortPasswordThatAServerRepeats(t *testing.T) {
	t.Parallel()
	server := &ldaptest.Scripted{OnBind: func(name, password string) ldaptest.Result {
		return ldaptest.Result{Code: ldap.LDAPResultInvalidCredentials, Diagnostic: "no " + password + " for " + name}
	}}
	rig := scriptedRig(t, server, nil)
	rig.secrets = map[string]string{"bind_password": "x9!"}
	if message := rig.wantConnectRefused("bind", directory.ReasonBindRejected, credentialsRejected).GetMessage(); strings.Contains(message, "x9!") {
		t.Errorf("the message is %q", message)
	}
}

// A host's name has no case, and a listing of groups no filter for users.
func TestCursorsOutliveWhatDoesNotConcernThem(t *testing.T) {
	t.Parallel()
	before := config{URL: "ldaps://LDAP.example.com", BindDN: "cn=a", BaseDN: "dc=a", GroupBaseDN: "ou=g,dc=a", UserFilter: "(a=b)"}
	after := config{URL: "ldaps://ldap.example.com", BindDN: "cn=a", BaseDN: "dc=b", GroupBaseDN: "ou=g,dc=a", UserFilter: "(a=c)"}
	for resource, want := range map[string]bool{resourceUsers: false, resourceGroups: true, resourceMemberships: false} {
		one, errOne := before.settings()
		other, errOther := after.settings()
		if err := errors.Join(errOne, errOther); err != nil {
			t.Fatal(err)
		}
		_, err := parseCursor(before.cursor(one.Address, resource, place{}).String(), after.cursor(other.Address, resource, place{}))
		if (err == nil) != want {
			t.Errorf("a cursor of %s is read with %v, want it taken: %t", resource, err, want)
		}
	}
}

// plainAnswer is the root DSE, and an entry for everything else that is read.
func plainAnswer(s ldaptest.Search) ldaptest.Answer {
	if s.Base == "" {
		return ldaptest.Answer{NoPaging: true, Entries: []ldaptest.Entry{{Attributes: map[string][]string{"supportedControl": {ldap.ControlTypePaging}}}}}
	}
	return ldaptest.Answer{NoPaging: true, Entries: []ldaptest.Entry{{DN: s.Base}}}
}

// closedPort is an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// listen serves each connection with a function, and closes it after that.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			} else if err != nil {
				t.Error(err)
				return
			}
			serve(conn)
			_ = conn.Close() // its reader sees that
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close() // the loop ends with it
		<-done
	})
	return listener.Addr().String()
}

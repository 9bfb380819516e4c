package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin/ldap/ldaptest"
)

// The bind password is nowhere, and nor is a person's, although the server lets the
// bind account read it.
func TestNoSecretIsShown(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	show := func(rig *rig) {
		response := rig.tryConnect()
		fmt.Fprintf(&shown, "%v %+v %#v\n", response, response, response)
		if response.HasRefusal() {
			return
		}
		for _, resource := range []string{resourceUsers, resourceGroups, resourceMemberships} {
			got := rig.sync(resource, "", nil)
			fmt.Fprintf(&shown, "%v %v %v %v\n", got.err, got.refusal, got.waits, got.quarantined)
			for _, page := range got.pages {
				fmt.Fprintln(&shown, page.cursor)
				for _, record := range page.records {
					fmt.Fprintf(&shown, "%v %s\n", record, record.GetSource())
				}
			}
		}
	}
	for _, ad := range []bool{false, true} {
		server := ldaptest.Start(t, ldaptest.Settings{
			People: people(12), ActiveDirectory: ad, Access: []string{"access to * by * read"}, Groups: []ldaptest.Group{{Name: "All", Class: "groupOfNames", Members: []string{"p001"}}},
		})
		show(newRig(t, server, withGroups))
	}
	// A server that repeats what it was given.
	echo := &ldaptest.Scripted{OnBind: func(name, password string) ldaptest.Result {
		return ldaptest.Result{Code: ldap.LDAPResultInvalidCredentials, MatchedDN: password, Diagnostic: "no " + password + " for " + name}
	}}
	show(scriptedRig(t, echo, nil))

	for what, secret := range map[string]string{"the bind password": ldaptest.BindPassword, "a user's password": ldaptest.UserPassword} {
		for form, text := range map[string]string{
			"plain": secret, "base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="), "hex": hex.EncodeToString([]byte(secret)),
			"in a URL": url.QueryEscape(secret),
		} {
			for where, all := range map[string]string{"what the host was told": shown.String(), "the log": logged.String()} {
				if strings.Contains(all, text) {
					t.Errorf("%s holds %s, %s", where, what, form)
				}
			}
		}
	}
	if !strings.Contains(shown.String(), "p001@example.com") || !strings.Contains(shown.String(), "[redacted]") {
		t.Error("nothing was shown, so the test says nothing")
	}
}

package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin/ldap/internal/directory"
)

func FuzzCursor(f *testing.F) {
	want := config{BaseDN: "dc=example,dc=com"}.cursor(directory.Address{Host: "ldap.example.com", Port: "636"}, resourceUsers, place{count: 7})
	f.Add(want.String())
	f.Add(want.String()[:30])
	f.Add(cursorPrefix)
	f.Add("okta1.abc")
	f.Fuzz(func(t *testing.T, text string) {
		at, err := parseCursor(text, want)
		if err == nil {
			again := want
			again.Count, again.Hash = at.count, at.hash[:]
			if again.String() != text {
				t.Errorf("%q stands at %d, whose cursor is %q", text, at.count, again)
			}
			return
		}
		if e, ok := errors.AsType[*directory.Error](err); !ok || (e.Reason != reasonCursorInvalid && e.Reason != reasonCursorForeign) {
			t.Errorf("%q: %v has no reason of a cursor", text, err)
		}
	})
}

func FuzzEntry(f *testing.F) {
	f.Add("uid=jane,dc=example,dc=com", "cn", []byte("Jane"), []byte("Example"))
	f.Add("uid=\xff", "objectGUID", []byte("0123456789abcdef"), []byte(""))
	f.Add("", "userPassword;lang-de", []byte("canary-secret"), []byte("\x00"))
	f.Add("dc=example", "dn", []byte("dn"), []byte("\xc3\x28"))
	f.Add("dc=example", "pwdLastSet", []byte("0"), []byte("9223372036854775807"))
	f.Fuzz(func(t *testing.T, dn, name string, first, second []byte) {
		from := &ldap.Entry{DN: dn, Attributes: []*ldap.EntryAttribute{
			{Name: "entryUUID", ByteValues: [][]byte{[]byte("id")}},
			{Name: "objectGUID", ByteValues: [][]byte{[]byte("0123456789abcdef")}},
			{Name: name, ByteValues: [][]byte{first, second}},
		}}
		for _, d := range dialects {
			it := d.readUser(from, time.Unix(0, 0))
			if it.problem != "" {
				continue
			}
			source := map[string]any{}
			if err := json.Unmarshal(it.record.Source, &source); err != nil || !utf8.Valid(it.record.Source) {
				t.Errorf("the source is %q: %v", it.record.Source, err)
			}
			if !utf8.ValidString(it.record.ID) || it.record.ID == "" {
				t.Errorf("the id is %q", it.record.ID)
			}
			for key := range source {
				if strings.Contains(strings.ToLower(key), "userpassword") {
					t.Errorf("the source has %q", key)
				}
			}
		}
	})
}

func FuzzNames(f *testing.F) {
	for _, seed := range []string{"uid=jane,dc=example,dc=com", "cn=Example\\, Jane,dc=example", "(&(objectClass=user)(cn=a*))", "(", "cn=\\", "uid=a+cn=b,dc=c", "#'0'B", "cn=\\20 \\c3\\96  x,2.5.4.10=A", "c\\=n=I\u0307"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := config{BaseDN: text, UserFilter: text}
		if err := c.checkNames(); err != nil {
			if _, ok := errors.AsType[*directory.Error](err); !ok {
				t.Errorf("%q: %v has no reason", text, err)
			}
		}
		if folded := foldDN(text); foldDN(folded) != folded {
			t.Errorf("%q folds to %q, and that to %q", text, folded, foldDN(folded))
		}
		if c.scope(resourceUsers) == (config{}).scope(resourceUsers) && strings.TrimSpace(text) != "" {
			t.Errorf("%q is the same listing as nothing", text)
		}
	})
}

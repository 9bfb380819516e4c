package reporting

import (
	"errors"
	"strings"
	"testing"
	"unicode"
)

func TestDistinguishedNamesThatAreTheSame(t *testing.T) {
	same := [][]string{
		{
			`CN=Doe\, Jane,OU=Sales,DC=example,DC=com`,
			`cn=doe\2c jane, ou=SALES , dc=Example,dc=com`,
			`2.5.4.3=Doe\2C\20Jane,2.5.4.11=Sales,DC=example,DC=com`,
			`CN=#0C09446F652C204A616E65,OU=Sales,DC=example,DC=com`,
			`CN = Doe\,   Jane,OU=Sales,DC=example,DC=com`,
		},
		{`CN=Jane Doe+UID=7,O=Example`, `UID=7+CN=Jane Doe,O=Example`, `0.9.2342.19200300.100.1.1=7+cn=jane  doe,o=example`},
		{`CN=Z\C3\B6e,DC=example`, `CN=Zöe,DC=example`, "CN=Zo\u0308e,DC=example"},
		{`CN=#ABCD,O=x`, `cn=#abcd,o=X`},
		{`CN=`, `cn= `},
	}
	f := newFolder()
	seen := map[string]int{}
	for group, names := range same {
		for _, text := range names {
			name, err := parseDN(text, nil)
			if err != nil {
				t.Errorf("%s: %v", text, err)
				continue
			}
			canonical := string(f.distinguished(name))
			if other, ok := seen[canonical]; ok && other != group {
				t.Errorf("%s: %q is also another name's", text, canonical)
			}
			seen[canonical] = group
		}
	}
	if len(seen) != len(same) {
		t.Errorf("%d names in one way, want %d: %v", len(seen), len(same), seen)
	}
}

func TestDistinguishedNamesThatDiffer(t *testing.T) {
	f := newFolder()
	for _, pair := range [][2]string{
		{`CN=a\,CN=b`, `CN=a,CN=b`},
		{`CN=a\+CN=b`, `CN=a+CN=b`},
		{`CN=a,CN=b`, `CN=b,CN=a`},
		{`CN=José,O=x`, `CN=Jose,O=x`},
		{`CN=a\\,O=x`, `CN=a\\\,O=x`},
		{`CN=1,O=x`, `CN=01,O=x`},
		{`CN=\#ABCD`, `CN=#ABCD`},
	} {
		a, err := parseDN(pair[0], nil)
		b, err2 := parseDN(pair[1], nil)
		if err := errors.Join(err, err2); err != nil {
			t.Errorf("%s, %s: %v", pair[0], pair[1], err)
			continue
		}
		if one := string(f.distinguished(a)); one == string(f.distinguished(b)) {
			t.Errorf("%s and %s are both %q", pair[0], pair[1], one)
		}
	}
}

func TestMalformedDistinguishedNames(t *testing.T) {
	for text, want := range map[string]error{
		`CN=Doe, Jane,OU=Sales`:     errDNType,
		`CN=Jane Doe,OU=Sales,DC`:   errDNType,
		`CN=Jane Doe,,OU=Sales`:     errDNType,
		`CN=Jane Doe,`:              errDNType,
		`=Jane Doe,OU=Sales`:        errDNType,
		`CN=a+,OU=Sales`:            errDNType,
		`CN=Jane Doe\`:              errDNEscape,
		`CN=Jane\zDoe,OU=Sales`:     errDNEscape,
		`CN=Jane\2,OU=Sales`:        errDNEscape,
		`CN="Doe, Jane",OU=Sales`:   errDNChar,
		`CN=Jane;OU=Sales`:          errDNChar,
		"CN=Jane\x00,OU=Sales":      errDNChar,
		`CN=Jane\C3,OU=Sales`:       errDNText,
		`CN=#,OU=Sales`:             errDNHex,
		`CN=#0c0,OU=Sales`:          errDNHex,
		`CN=#xy,OU=Sales`:           errDNHex,
		`Jane Doe,OU=Sales,DC=test`: errDNType,
	} {
		if !looksLikeDN(text) {
			t.Errorf("%q is not taken for a distinguished name", text)
		}
		if _, err := parseDN(text, nil); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

func TestWhatIsNoDistinguishedName(t *testing.T) {
	for _, text := range []string{"", "jane@example.com", "Doe, Jane", "00u1", "1+1 = 2", "Jane (x = y), Doe", "a/b=c", "=", "ö=x"} {
		if looksLikeDN(text) {
			t.Errorf("%q is taken for a distinguished name", text)
		}
	}
}

func TestCommonName(t *testing.T) {
	for text, want := range map[string]string{
		`CN=Doe\, Jane,OU=Sales`:      "Doe, Jane",
		`UID=7+CN=Jane,OU=Sales`:      "Jane",
		`UID=7,CN=Users,DC=example`:   "",
		`2.5.4.3=Jane Doe,DC=example`: "Jane Doe",
	} {
		name, err := parseDN(text, nil)
		if err != nil || name.commonName() != want {
			t.Errorf("%s: %q, %v, want %q", text, name.commonName(), err, want)
		}
	}
}

// Whatever is read can be written, read again and stays the same.
func FuzzDistinguishedName(f *testing.F) {
	for _, seed := range []string{
		`CN=Doe\, Jane,OU=Sales,DC=example,DC=com`, `cn=#0C014A+UID=1 , o=\20x\20`, `2.5.4.3=\C3\B6`, `CN=a\`, `CN=,=`, "CN=\u1fb3\u0345,O=İ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, err := parseDN(text, nil)
		if err != nil || strings.ContainsFunc(text, isCherokee) {
			return
		}
		if !looksLikeDN(text) {
			t.Fatalf("%q was read and looks like none", text)
		}
		once := string(newFolder().distinguished(name))
		again, err := parseDN(once, name)
		if err != nil {
			// What a text may not hold unescaped, it holds in one way here: as it is.
			return
		}
		if twice := string(newFolder().distinguished(again)); twice != once {
			t.Fatalf("%q is %q, and that is %q", text, once, twice)
		}
	})
}

// isCherokee says that golang.org/x/text/cases folds a letter to the other case,
// whichever it has: such texts differ by case, and folding twice is as good as not
// at all.
func isCherokee(r rune) bool { return unicode.Is(unicode.Cherokee, r) }

package reporting

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestNames(t *testing.T) {
	f := newFolder()
	for text, want := range map[string]string{
		"Doe, Jane":                  "jane doe",
		"  DOE ,\u00a0 Jane\t Mary ": "jane mary doe",
		"Jane Doe":                   "jane doe",
		"van der Doe, Jane":          "jane van der doe",
		"Doe, Jane, PhD":             "doe, jane, phd",
		"Doe,":                       "doe,",
		", Jane":                     ", jane",
		",":                          ",",
		"":                           "",
		"Weiß, JOSÉ":                 "josé weiss",
		"JOSE\u0301 WEISS":           "josé weiss",
		"Παππάς, Νίκη":               "νίκη παππάσ",
		"王, 美咲":                      "美咲 王",
		"김\u3000지우":                  "김 지우",
		"Łucja Ångström":             "łucja ångström",
	} {
		if got := string(f.name(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestLooseNumbers(t *testing.T) {
	f := newFolder()
	for text, want := range map[string]string{
		"0042": "42", "42": "42", " 042 ": "42", "000": "0", "E0042": "e0042", "00E2": "00e2", "": "", "-042": "-042",
	} {
		if got := string(f.loose(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	for text, want := range map[string]bool{
		"n/a": true, "N.A.": true, "#N/A": true, "none": true, "<None>": true, "(null)": true, "TBD": true, "t.b.d.": true,
		"-": true, "—": true, "...": true, "?": true, "0": true, "0.0": true, "00000000-0000-0000-0000-000000000000": true,
		"No Manager": true, "no_manager": true, "unknown": true, "Not Applicable": true, "to be determined": true, "🙂": true,
		"Noone": false, "No": false, "Na Li": false, "No, Ne": false, "n@a": false, "1": false, "010": false, "Null Island": false,
		"nan": false, "x": false, "王": false, "Nöne": false, "none@example.com": false,
		strings.Repeat("-", maxPlaceholderBytes+1): false,
	} {
		if got := isPlaceholder(text); got != want {
			t.Errorf("%q is a placeholder: %v, want %v", text, got, want)
		}
	}
}

// The quick way of folding, letter by letter, gives what Unicode's rule for whole
// texts gives; and turning a name loses none of its letters.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{
		"Doe, Jane", "Weiß, José", "ΣΊΣΥΦΟΣ", "İstanbul ı", "e\u0301\u0328", "각\u11a8", "ŉ ǰ ΐ ﬃ", "\u3000,\u00a0", "a\xffb, C", "ᾳ\u0345",
		"Ирина Йо\u0306", "\u0344,ǅ", "नीला", "\u200b x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folder := newFolder()
		trimmed := strings.TrimSpace(text)
		slow := string(folder.appendFoldedSlowly(nil, trimmed))
		got := string(folder.folded(text))
		if utf8.ValidString(trimmed) && got != slow {
			t.Fatalf("%q is folded to %q, by the rule to %q", text, got, slow)
		}
		if utf8.ValidString(trimmed) && got != string(folder.folded(norm.NFD.String(trimmed))) {
			t.Fatalf("%q taken apart is folded to %q, else to %q", text, folder.buf, got)
		}
		spaced := string(folder.spaced(text))
		if spaced != strings.Join(strings.Fields(got), " ") {
			t.Fatalf("%q is spaced to %q", text, spaced)
		}
		name := string(folder.name(text))
		if letters(name) != letters(spaced) {
			t.Fatalf("%q is turned from %q to %q", text, spaced, name)
		}
	})
}

// letters are a text's bytes in order, but for blanks and commas.
func letters(text string) string {
	kept := []byte(strings.NewReplacer(" ", "", ",", "").Replace(text))
	slices.Sort(kept)
	return string(kept)
}

package values

import (
	"testing"
	"time"

	"patchbay.example/plugin"
)

func TestDatesAreReadInTheFormsOfExports(t *testing.T) {
	want := time.Date(2024, time.March, 5, 0, 0, 0, 0, time.UTC)
	for _, form := range []struct {
		text  string
		order Order
	}{
		{"2024-03-05", ""},
		{"2024-03-05T23:59:59Z", ""},
		{"2024-03-05T00:00:00.000+02:00", ""},
		{"2024-03-05 00:00:00", ""},
		{"2024/03/05", ""},
		{"2024/3/5", MDY},
		{"2024.03.05", ""},
		{"20240305", ""},
		{"05.03.2024", ""},
		{"5.3.24", ""},
		{"05.03.2024", MDY},
		{"05.03.2024 00:00", ""},
		{"05/03/2024", DMY},
		{"03/05/2024", MDY},
		{"3/5/24", MDY},
		{"3/5/2024 12:00:00 AM", MDY},
		{"05-03-2024", DMY},
		{"24-03-05", YMD},
		{"05-Mar-2024", ""},
		{"5 March 2024", ""},
		{"March 5, 2024", ""},
		{"Mar 5th, 2024", ""},
		{"5. März 2024", ""},
		{"05-MRZ-24", ""},
		{"5 mars 2024", ""},
		{"5 marzo 2024", ""},
		{"2024 Mar 05", ""},
		{"45356", ""},
	} {
		d, ok := ParseDate(form.text, form.order)
		if day, certain := d.Day(); !ok || !certain || !day.Equal(want) {
			t.Errorf("%q in the order %q is %s (%t, %t)", form.text, form.order, day, ok, certain)
		}
	}
	for _, text := range []string{"", "soon", "2024", "03/2024", "32.01.2024", "30.02.2024", "2024-13-01", "1900-01-01", "0001-01-01", "1899-12-30", "0000-00-00", "12", "123456", "1-2-3-4-5-6-7-8-9", "99/99/9999", "5 Foo 2024"} {
		if d, ok := ParseDate(text, ""); ok {
			t.Errorf("%q is read as the day %s", text, d.day)
		}
	}
}

func TestADateInAnUnknownOrderIsOneOfTwo(t *testing.T) {
	d, ok := ParseDate("03/04/2025", OrderUnknown)
	if _, certain := d.Day(); !ok || certain {
		t.Fatalf("%v is certain", d)
	}
	for day, want := range map[string][2]bool{"2025-03-01": {false, true}, "2025-03-20": {true, false}, "2025-05-01": {true, true}} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		before, known := d.Before(at)
		if known != want[1] || (known && before != want[0]) {
			t.Errorf("before %s: %t, known %t", day, before, known)
		}
	}
	var e Evidence
	for _, text := range []string{"03/04/2025", "13/04/2025", "31.12.2024", "2024-12-31", "x"} {
		e.Add(text)
	}
	if e.Order() != DMY || e.Undecided != 1 || e.DMY != 1 {
		t.Errorf("the evidence is %+v", e)
	}
	e.Add("04/13/2025")
	if e.Order() != OrderUnknown {
		t.Errorf("dates that contradict each other show the order %q", e.Order())
	}
}

func FuzzParseDate(f *testing.F) {
	for _, text := range []string{"2024-03-05T00:00:00Z", "5. März 2024", "45356", "03/04/25", "T1", "1T"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, order := range []Order{OrderUnknown, DMY, MDY, YMD} {
			if d, ok := ParseDate(text, order); ok && (d.day.Year() < firstYear || d.other.Year() > lastYear) {
				t.Errorf("%q is read as %v", text, d)
			}
		}
		var e Evidence
		e.Add(text)
	})
}

func TestValuesAreCleanedOfWhatSpreadsheetsAdd(t *testing.T) {
	for text, want := range map[string]string{
		" a ": "a", "=\"00123\"": "00123", "'00123": "00123", "'t Hart": "'t Hart", "\u00a0a\u200b": "a", "a\x00b": "ab", "a\nb": "a\nb", "N/A": "", "#N/A": "", "NULL": "", "-": "", "": "",
		"=\"say \"\"x\"\"\"": `say "x"`, "=\"": "=\"", "Na": "Na", "None": "", "Null": "Null", "Nan": "Nan", "\xff": "\ufffd", "=1+1": "=1+1",
	} {
		if got := Clean(text); got != want {
			t.Errorf("Clean(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestNumbersAreUndressedByColumn(t *testing.T) {
	for _, column := range []struct{ values, want []string }{
		{[]string{"1,234", "12,345,678", "99"}, []string{"1234", "12345678", "99"}},
		{[]string{"1.234", "1234"}, []string{"1.234", "1234"}},
		{[]string{"1'234", "1\u202f235"}, []string{"1234", "1235"}},
		{[]string{"12.0", "13.0"}, []string{"12", "13"}},
		{[]string{"12.0", "13"}, []string{"12.0", "13"}},
		{[]string{"1,234", "A-7"}, []string{"1,234", "A-7"}},
		{[]string{"1,2345", "1,23"}, []string{"1,2345", "1,23"}},
	} {
		var d Dress
		for _, v := range column.values {
			d.Add(v)
		}
		for i, v := range column.values {
			if got := d.Undress(v); got != column.want[i] {
				t.Errorf("in %q, %q becomes %q, want %q", column.values, v, got, column.want[i])
			}
		}
	}
	for text, want := range map[string]bool{"1.23E+11": true, "1,23457e+11": true, "12": false, "E+5": false, "A1E+5": false} {
		if Damaged(text) != want {
			t.Errorf("Damaged(%q) is not %t", text, want)
		}
	}
}

func TestNoStatusWordHasTwoMeanings(t *testing.T) {
	meaning := map[string]plugin.UserStatus{}
	for kind, words := range statusWords {
		for _, word := range words {
			if other, twice := meaning[word]; twice {
				t.Errorf("%q means %v and %v", word, other, kind)
			}
			meaning[word] = kind
			if foldWord(word) != word {
				t.Errorf("%q is never met, for it is folded to %q", word, foldWord(word))
			}
		}
	}
}

func TestAnAnswerIsYesOrNo(t *testing.T) {
	for word, want := range map[string][2]bool{
		"Ja": {true, true}, "Sí": {true, true}, "TRUE": {true, true}, "x": {true, true}, "1": {true, true},
		"no": {false, true}, "Não": {false, true}, "0": {false, true}, "nein": {false, true},
		"active": {}, "Inactive": {}, "Disabled": {}, "gesperrt": {}, "": {}, "alta": {},
	} {
		if isYes, ok := Answer(word); isYes != want[0] || ok != want[1] {
			t.Errorf("%q is read as %t, %t", word, isYes, ok)
		}
	}
}

func TestWordsAndFiguresForNoEnd(t *testing.T) {
	for text, want := range map[string]bool{
		"unbefristet": true, "Open end": true, "open-ended": true, "CDI": true, "Indéterminée": true, "indefinido": true, "n.a.": true, "No": true, "0": true,
		"00.00.0000": true, "0000-00-00": true, "00000000": true, "__.__.____": true, "  .  .    ": true, "/": true, "1900-01-01": true, "30.12.1899": true,
		"0001-01-01T00:00:00Z": true, "1/1/1900 12:00:00 AM": true, "19000101": true, "99.99.9999": true, "99999999": true,
		"":    true,
		"yes": false, "x": false, "?": false, "2024-06": false, "06/2024": false, "31.02.2024": false, "31.12.9999": false, "Juni 2024": false, "1899": false, "99": false,
		"ausgeschieden": false, "unbefristet bis 2024": false, "2024-06-30": false, "1.1.02": false,
	} {
		if got := NoEnd(text); got != want {
			t.Errorf("NoEnd(%q) is %t", text, got)
		}
	}
}

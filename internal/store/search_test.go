package store_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/store"
)

func TestSearchText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		give store.Version
		want string
	}{
		{store.Version{Name: "Zoë O'Neil", Email: "ZOE@example.com"}, "zoe o neil zoe example com"},
		{store.Version{Name: "Łukasz Çelik", UserName: "lc1"}, "łukasz celik lc1"},
		{store.Version{Name: "하준 남궁"}, strings.Join(store.SearchWords("하준 남궁"), " ")},
		{store.Version{}, ""},
	} {
		if got := tt.give.SearchText(); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.give, got, tt.want)
		}
	}
}

func TestSearchWords(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]string{"anna", "maria"}, store.SearchWords(" Ánna-MARIA! ")); diff != "" {
		t.Error(diff)
	}
	if got := store.SearchWords("…  *\"("); len(got) != 0 {
		t.Errorf("words of nothing: %q", got)
	}
	if got := store.SearchWords(strings.Repeat("a ", 100)); len(got) > 8 {
		t.Errorf("%d words of one query", len(got))
	}
}

// FuzzSearchText: whatever a name holds, the text is bounded UTF-8 of words.
func FuzzSearchText(f *testing.F) {
	for _, seed := range []string{"Anna", "Ünïcode", "\xff\x00", strings.Repeat("x", 3000), "İI", "\u202eabc", strings.Repeat("é ", 900)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		text := store.Version{Name: name}.SearchText()
		if len(text) > 1<<10 || !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\"*'") || text != strings.Join(strings.Fields(text), " ") {
			t.Errorf("%q gives %q", name, text)
		}
	})
}

package store_test

import (
	"testing"

	"patchbay.example/internal/store"
)

func TestPlanWithout(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ plan, want string }{
		{``, ``},
		{`{"count": 2}`, `{"count": 2}`},
		{`{"ids":["x","y"],"n":12345678901234567890}`, `{"ids":["y"],"n":12345678901234567890}`},
		{`{"groups":[{"name":"g","people":[{"id":"x","name":"X"},{"id":"y"}]}]}`, `{"groups":[{"name":"g","people":[{"id":"y"}]}]}`},
		{`[["x"],{"x":"other"},7,null,{"deep":{"id":"x"}}]`, `[[],{"x":"other"},7,null,{"deep":{"id":"x"}}]`},
	} {
		got, err := store.PlanWithout([]byte(tt.plan), "x")
		if err != nil || string(got) != tt.want {
			t.Errorf("%s without x: %s, %v, want %s", tt.plan, got, err, tt.want)
		}
	}
	if _, err := store.PlanWithout([]byte("{"), "x"); err == nil {
		t.Error("half a plan has no error")
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for give, want := range map[string]string{"": "", "Zoë": "Zoë", "a\x00b": "a\ufffdb", "\xff\xfe": "\ufffd", "a\xed\xa0\x80": "a\ufffd"} {
		if got := store.Text(give); got != want {
			t.Errorf("Text(%q) = %q, want %q", give, got, want)
		}
	}
}

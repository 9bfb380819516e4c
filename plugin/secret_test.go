package plugin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// verbs are all of package fmt's that print a value, with their flags.
var verbs = []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%T%v", "%10v", "%t", "%c", "%U", "%p", "%e", "%o", "%b"}

func printed(verb string, value any) string {
	values := []any{value, value}
	return fmt.Sprintf(verb, values[:strings.Count(verb, "%")]...)
}

func TestASecretPrintsAPlaceholder(t *testing.T) {
	t.Parallel()
	const canary = "canary-4711"
	secret := NewSecret(canary)
	type exported struct{ S Secret }
	type unexported struct{ s Secret }
	holders := map[string]any{
		"itself": secret, "pointer": &secret, "exported": exported{secret}, "unexported": unexported{secret},
		"pointer to unexported": &unexported{secret}, "slice": []Secret{secret}, "map": map[string]Secret{"k": secret},
		"as key of interface": map[string]any{"k": unexported{secret}},
	}
	leaks := func(text string) bool {
		return strings.Contains(text, canary) || strings.Contains(strings.ToLower(strings.ReplaceAll(text, " ", "")), fmt.Sprintf("%x", canary))
	}
	for name, holder := range holders {
		for _, verb := range verbs {
			if text := printed(verb, holder); leaks(text) {
				t.Errorf("%s prints %s as %s", verb, name, text)
			}
		}
		if text, err := json.Marshal(holder); err != nil || leaks(string(text)) {
			t.Errorf("JSON of %s is %s, %v", name, text, err)
		}
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("look", slog.Any("holder", holder))
		slog.New(slog.NewTextHandler(&log, nil)).Info("look", slog.Any("holder", holder))
		if leaks(log.String()) {
			t.Errorf("%s is logged as %s", name, &log)
		}
		if text := fmt.Errorf("broke: %v", holder).Error(); leaks(text) {
			t.Errorf("an error shows %s as %s", name, text)
		}
	}
	if got := fmt.Sprint(secret); got != secretPlaceholder {
		t.Errorf("a secret prints as %q, want %q", got, secretPlaceholder)
	}
	if secret.Reveal() != canary || secret.IsZero() {
		t.Error("a secret lost its value")
	}
	var zero Secret
	if !zero.IsZero() || zero.Reveal() != "" || fmt.Sprint(zero) != secretPlaceholder {
		t.Error("the zero value is no empty secret")
	}
}

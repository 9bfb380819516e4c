package spelling

import (
	"strings"
	"testing"
)

func TestTheNearestWordIsFound(t *testing.T) {
	known := []string{"domain", "client_id", "private_key", "Groups"}
	for word, want := range map[string]string{
		"domian":                  "domain",
		"Domain":                  "domain",
		"clientid":                "client_id",
		"privat_kee":              "private_key",
		"priv":                    "private_key",
		"gruops":                  "Groups",
		"Dom":                     "domain",
		"d":                       "",
		"":                        "",
		"password":                "",
		strings.Repeat("d", 1000): "",
	} {
		if got, ok := Nearest(word, known); got != want || ok != (want != "") {
			t.Errorf("%.20q: %q, %v, want %q", word, got, ok, want)
		}
	}
	if got, ok := Nearest("domain", nil); ok {
		t.Errorf("%q is near to nothing", got)
	}
}

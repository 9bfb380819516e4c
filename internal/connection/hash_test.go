package connection_test

import (
	"bytes"
	"testing"

	"patchbay.example/internal/connection"
	"patchbay.example/internal/store"
)

func TestListingHashKnowsWhatDecidesWhatIsListed(t *testing.T) {
	base := store.Connection{Connector: "okta", Resource: "users", Config: []byte(`{"domain":"acme.example.com","share":50}`)}
	same := map[string]func(*store.Connection){
		"the order of properties": func(c *store.Connection) { c.Config = []byte(`{ "share": 50, "domain": "acme.example.com" }`) },
		"a new secret":            func(c *store.Connection) { c.Secrets = map[string][]byte{"private_key": []byte("sealed:x")} },
		"another interval":        func(c *store.Connection) { c.Interval = 1 },
		"another name":            func(c *store.Connection) { c.Name = "renamed" },
	}
	for what, change := range same {
		c := base
		if change(&c); !bytes.Equal(connection.ListingHash(c), connection.ListingHash(base)) {
			t.Errorf("%s changes the hash, and should not", what)
		}
	}
	other := map[string]func(*store.Connection){
		"another property's value":    func(c *store.Connection) { c.Config = []byte(`{"domain":"acme.example.com","share":51}`) },
		"a large number's last digit": func(c *store.Connection) { c.Config = []byte(`{"domain":"acme.example.com","share":9007199254740993}`) },
		"another resource":            func(c *store.Connection) { c.Resource = "groups" },
		"another connector":           func(c *store.Connection) { c.Connector = "scim" },
		"text moved between parts":    func(c *store.Connection) { c.Connector, c.Resource = "oktau", "sers" },
	}
	seen := map[string]string{string(connection.ListingHash(base)): "nothing"}
	for what, change := range other {
		c := base
		change(&c)
		hash := string(connection.ListingHash(c))
		if before, ok := seen[hash]; ok {
			t.Errorf("%s has the hash of %s", what, before)
		}
		seen[hash] = what
	}
}

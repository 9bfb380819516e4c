package connection_test

import (
	"bytes"
	"testing"

	"patchbay.example/internal/connection"
	"patchbay.example/internal/store"
)

// listingSchema marks domain and limit as what decides what is listed.
const listingSchema = `{"properties":{"domain":{"x-listing":true},"limit":{"x-listing":true},"share":{}, "key_id":{"x-listing":false}}}`

func TestListingHashKnowsWhatDecidesWhatIsListed(t *testing.T) {
	base := store.Connection{Connector: "okta", Resource: "users", Config: []byte(`{"domain":"acme.example.com","limit":9007199254740992,"share":50,"key_id":"a"}`)}
	hash := func(c store.Connection) []byte { return connection.ListingHash(c, []byte(listingSchema)) }
	same := map[string]func(*store.Connection){
		"the order of properties": func(c *store.Connection) {
			c.Config = []byte(`{ "share": 50, "limit": 9007199254740992, "key_id":"a", "domain": "acme.example.com" }`)
		},
		"another pace and key": func(c *store.Connection) {
			c.Config = []byte(`{"domain":"acme.example.com","limit":9007199254740992,"share":51,"key_id":"b"}`)
		},
		"a new secret":     func(c *store.Connection) { c.Secrets = map[string][]byte{"private_key": []byte("sealed:x")} },
		"another interval": func(c *store.Connection) { c.Interval = 1 },
		"another name":     func(c *store.Connection) { c.Name = "renamed" },
	}
	for what, change := range same {
		c := base
		if change(&c); !bytes.Equal(hash(c), hash(base)) {
			t.Errorf("%s changes the hash, and should not", what)
		}
	}
	other := map[string]func(*store.Connection){
		"another domain": func(c *store.Connection) {
			c.Config = []byte(`{"domain":"bolt.example.com","limit":9007199254740992,"share":50}`)
		},
		"a large number's last digit": func(c *store.Connection) {
			c.Config = []byte(`{"domain":"acme.example.com","limit":9007199254740993,"share":50}`)
		},
		"no limit":                 func(c *store.Connection) { c.Config = []byte(`{"domain":"acme.example.com","limit":null,"share":50}`) },
		"another resource":         func(c *store.Connection) { c.Resource = "groups" },
		"another connector":        func(c *store.Connection) { c.Connector = "scim" },
		"text moved between parts": func(c *store.Connection) { c.Connector, c.Resource = "oktau", "sers" },
	}
	seen := map[string]string{string(hash(base)): "nothing"}
	for what, change := range other {
		c := base
		change(&c)
		if before, ok := seen[string(hash(c))]; ok {
			t.Errorf("%s has the hash of %s", what, before)
		}
		seen[string(hash(c))] = what
	}
}

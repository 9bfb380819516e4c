package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"patchbay.example/internal/program/demo"
	"patchbay.example/plugin/okta/oktatest"
)

// A change says which tenant a case's run lists. The cases follow upon each
// other, each on the directory that the last has left.
type change struct {
	name   string
	tenant int
}

// cases are measured in this order.
var cases = []change{
	{"first sync", 0},
	{"nothing changed", 0},
	{"40 % with a new lastLogin only", 1},
	{"1 % changed", 2},
}

// tenant is a fake tenant with what a connection to it needs.
type tenant struct {
	*oktatest.Tenant
	certificate   string // path
	harness       string // path of the harness's configuration
	configuration json.RawMessage
	privateKey    string
}

// tenants have the same people, each as some case finds them.
type tenants []*tenant

// startTenants starts the tenants of the cases. Their people are those of a
// generated company, changed step by step.
func (b *bench) startTenants(users int) (tenants, error) {
	people, err := company(users)
	if err != nil {
		return nil, err
	}
	var started tenants
	for _, change := range []func(i int, user json.RawMessage) json.RawMessage{
		func(_ int, user json.RawMessage) json.RawMessage { return user },
		func(i int, user json.RawMessage) json.RawMessage {
			if i%5 < 2 {
				return newLogin(user)
			}
			return user
		},
		func(i int, user json.RawMessage) json.RawMessage {
			if i%100 == 0 {
				return newName(user)
			}
			return user
		},
	} {
		for i, user := range people {
			people[i] = change(i, user)
		}
		t, err := b.startTenant(oktatest.Settings{CustomUsers: people, Prerender: true}, len(started))
		if err != nil {
			started.close()
			return nil, err
		}
		started = append(started, t)
	}
	return started, nil
}

func (t tenants) close() {
	for _, one := range t {
		one.Close()
	}
}

// startLarge starts a tenant that renders its pages when they are asked for.
func (b *bench) startLarge(users int) (*tenant, error) {
	return b.startTenant(oktatest.Settings{Users: users, Seed: 1}, len(cases))
}

// company is a generated company's people, as a tenant lists them.
func company(users int) ([]json.RawMessage, error) {
	generated, err := oktatest.Start(oktatest.Settings{Users: users, Seed: 1})
	if err != nil {
		return nil, err
	}
	defer generated.Close()
	people := make([]json.RawMessage, users)
	for i := range people {
		people[i] = generated.User(i)
		if bytes.Count(people[i], loginMember) != 1 || bytes.Count(people[i], nameMember) != 1 {
			return nil, errors.New("the fake tenant writes people in another form than this program changes them in")
		}
	}
	return people, nil
}

// Where people change.
var loginMember, nameMember = []byte(`"lastLogin":`), []byte(`"lastName":"`)

// newLogin is a user who has signed in since.
func newLogin(user json.RawMessage) json.RawMessage {
	before, after, _ := bytes.Cut(user, loginMember)
	_, after, _ = bytes.Cut(after, []byte{','})
	return bytes.Join([][]byte{before, loginMember, []byte(`"2026-11-24T08:15:00.000Z",`), after}, nil)
}

// newName is a user of another name: in lists, in search and in the record.
func newName(user json.RawMessage) json.RawMessage {
	return bytes.Replace(user, nameMember, []byte(`"lastName":"Renamed `), 1)
}

func (b *bench) startTenant(settings oktatest.Settings, number int) (*tenant, error) {
	settings.TLS, settings.UsersPerMinute = true, oktatest.NoRateLimit
	started, err := oktatest.Start(settings)
	if err != nil {
		return nil, err
	}
	t := &tenant{
		Tenant:      started,
		certificate: filepath.Join(b.folder, fmt.Sprintf("certificate%d.pem", number)),
		harness:     filepath.Join(b.folder, fmt.Sprintf("tenant%d.json", number)),
		privateKey:  string(started.PrivateKeyPEM()),
	}
	t.configuration, err = json.Marshal(map[string]string{"domain": started.URL(), "client_id": started.ClientID(), "key_id": started.KeyID()})
	err = errors.Join(err,
		os.WriteFile(t.certificate, started.CertPEM(), 0o600),
		os.WriteFile(t.harness, demo.Configuration(started), 0o600))
	if err != nil {
		started.Close()
		return nil, err
	}
	return t, nil
}

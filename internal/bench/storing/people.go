package main

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"patchbay.example/internal/store"
)

// sourceBytes is about the size of a user as Okta lists it.
const sourceBytes = 1300

// people are synthetic, in memory: what a listing brings, and the words that
// they are found by.
type people struct {
	versions [2][]store.Version // by state; of the second, those whom a case changes
	words    []string
}

// began is when everything in the benchmark happens.
var began = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func newPeople(n int) *people {
	p := &people{words: make([]string, n)}
	p.versions[0], p.versions[1] = make([]store.Version, n), make([]store.Version, n)
	for i := range n {
		p.versions[0][i] = newVersion(i, 0)
		p.words[i] = p.versions[0][i].SearchText()
		if some(1)(i) == 1 {
			p.versions[1][i] = newVersion(i, 1)
		}
	}
	return p
}

func newVersion(person, state int) store.Version {
	name := fmt.Sprintf("Given%d Family%d", person%300, person)
	email := fmt.Sprintf("person%d@example.com", person)
	title := fmt.Sprintf("Title %d", state)
	source := fmt.Sprintf(`{"id":%q,"status":"ACTIVE","profile":{"login":%q,"displayName":%q,"title":%q,"custom":"`, id(person), email, name, title)
	for salt := 0; len(source) < sourceBytes; salt++ {
		source += fmt.Sprintf("%x", hash(person, state, salt)) // as hard to compress as ids and times
	}
	return store.Version{
		Visible: hash(person, state), UserName: email, Name: name, Email: email, Title: title, Department: "Research",
		Status: "ACTIVE", Access: true, View: []byte(strings.Repeat(email+name, 5)), Source: []byte(source + `"}}`),
	}
}

// id grows as the people are listed, as Okta's do.
func id(person int) string { return fmt.Sprintf("00u%017d", person) }

func (p *people) record(person int, c change) store.StagedRecord {
	state, login := c.state(person), c.login(person)
	return store.StagedRecord{
		ID: id(person), SourceHash: hash(person, state, login),
		Times:   store.Times{LastLogin: began.Add(time.Duration(login) * time.Hour), LastUpdated: began},
		Version: func() store.Version { return p.versions[state][person] },
	}
}

func hash(numbers ...int) []byte {
	sum := sha256.Sum256(fmt.Append(nil, numbers))
	return sum[:store.HashBytes]
}

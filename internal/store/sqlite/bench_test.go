package sqlite_test

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sqlite"
)

const (
	benchPeople = 20_000
	benchPage   = 200
)

// BenchmarkStage stages and promotes a directory of 20,000 people in pages of
// 200, with sources of 1 KiB; one iteration is one run. Whether the ids grow as
// the people are listed, or are in no order, matters to a first run only: later
// ones go by the order of the listing.
func BenchmarkStage(b *testing.B) {
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			s := open(b, filepath.Join(b.TempDir(), "patchbay.db"))
			connection := addConnection(b, s)
			b.StartTimer()
			syncAll(b, s, connection, true, standing)
		}
		report(b)
	})
	for _, bb := range []struct {
		name    string
		inOrder bool
		every   int // one of so many people changes in each run
	}{
		{"unchanged", true, 0},
		{"one percent changed", true, 100},
		{"unchanged in no order", false, 0},
	} {
		b.Run(bb.name, func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "patchbay.db"))
			connection := addConnection(b, s)
			syncAll(b, s, connection, bb.inOrder, standing)
			round := 0
			for b.Loop() {
				round++
				syncAll(b, s, connection, bb.inOrder, func(i int) int {
					if bb.every > 0 && i%bb.every == 0 {
						return round
					}
					return 0
				})
			}
			report(b)
		})
	}
}

// standing is a directory in which nobody changes.
func standing(int) int { return 0 }

func report(b *testing.B) {
	b.ReportMetric(float64(benchPeople)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
}

func addConnection(tb testing.TB, s *sqlite.Store) int64 {
	tb.Helper()
	id, err := s.AddConnection(tb.Context(), store.Connection{Name: "acme", Connector: "okta", Resource: "users"})
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// syncAll runs a run over a directory in which each person has a state.
func syncAll(tb testing.TB, s *sqlite.Store, connection int64, inOrder bool, state func(person int) int) {
	tb.Helper()
	syncPeople(tb, s, connection, benchPeople, inOrder, state)
}

func syncPeople(tb testing.TB, s *sqlite.Store, connection int64, people int, inOrder bool, state func(person int) int) {
	tb.Helper()
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	run, err := s.BeginRun(tb.Context(), store.Begin{ConnectionID: connection, Now: now, LeaseUntil: now.Add(time.Minute)})
	if err != nil {
		tb.Fatal(err)
	}
	f := store.Fence{Run: run.ID, Epoch: run.Epoch}
	for first := 0; first < people; first += benchPage {
		page := store.StagedPage{LeaseUntil: now.Add(time.Minute)}
		for i := first; i < first+benchPage; i++ {
			page.Records = append(page.Records, benchRecord(i, state(i), inOrder, now))
		}
		if first+benchPage < people {
			page.Cursor = fmt.Sprintf("after %d", first)
		}
		if err := s.StagePage(tb.Context(), f, page); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := s.Promote(tb.Context(), f, now); err != nil {
		tb.Fatal(err)
	}
}

var benchSource = make([]byte, 1<<10)

func benchRecord(person, state int, inOrder bool, now time.Time) store.StagedRecord {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d", person, state))
	hash := sum[:store.HashBytes]
	return store.StagedRecord{
		ID:         benchID(person, inOrder),
		SourceHash: hash,
		Times:      store.Times{LastLogin: now, LastUpdated: now},
		Version: func() store.Version {
			name := fmt.Sprintf("Given%d Family%d", person%300, person%3000)
			email := fmt.Sprintf("person%d@example.com", person)
			return store.Version{
				Visible: hash, UserName: email, Name: name, Email: email, Title: "Engineer", Department: "Research",
				Status: "ACTIVE", Access: true, View: benchSource[:300], Source: benchSource,
			}
		},
	}
}

// benchID is a person's id: growing as the people are listed, or in no order.
func benchID(person int, inOrder bool) string {
	if inOrder {
		return fmt.Sprintf("00u%017d", person)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "id %d", person))
	return fmt.Sprintf("00u%x", sum[:9])[:20]
}

package postgres_test

import (
	"fmt"
	"testing"

	"patchbay.example/internal/store"
)

// Searches find the same people, page by page, whether few match or so many
// that the people are walked in their order.
func TestSearchCommonWord(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	const people = 2500 // more than the store takes from its index at once
	records := make([]store.StagedRecord, people)
	for i := range records {
		word := "common"
		if i%100 == 0 {
			word = "rare"
		}
		records[i] = person(fmt.Sprintf("%04d", i), fmt.Sprintf("%s p%d", word, i))
	}
	d.sync(records...)
	for search, want := range map[string]int{"comm": people - people/100, "rare": people / 100, "p2499 com": 1, "p2499 rare": 0, "p": people} {
		got, after := 0, ""
		for {
			part, err := d.People(t.Context(), store.PeopleQuery{ConnectionID: d.id, Search: search, After: after})
			if err != nil {
				t.Fatal(err)
			}
			if len(part) == 0 {
				break
			}
			if part[0].ID <= after {
				t.Fatalf("%s after %s", part[0].ID, after)
			}
			got += len(part)
			after = part[len(part)-1].ID
		}
		if got != want {
			t.Errorf("search for %q finds %d, want %d", search, got, want)
		}
	}
}

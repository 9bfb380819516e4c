package sheet_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func TestAStoredSheetIsTheSame(t *testing.T) {
	t.Parallel()
	s := sheet.Of(3, 2)
	times := []time.Time{{}, noon, time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC)}
	for i := range int64(sheet.People) {
		if i%5 == 1 {
			continue
		}
		slot := sheet.Slot{Met: true, Stale: i%2 == 0, Known: i%3 == 0, Source: [store.HashBytes]byte{byte(i), 1}, Visible: [store.HashBytes]byte{2, byte(i)}}
		slot.Times = store.Times{LastLogin: times[i%4], PasswordChanged: times[(i+1)%4], LastUpdated: times[(i+2)%4]}
		s.Set(3*sheet.People+i, string(rune('a'+i)), slot)
	}
	slots, ids := s.Encode()
	got, err := sheet.Decode(3, 2, slots, ids)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, got); diff != "" {
		t.Error(diff)
	}
	if slot := sheet.DecodeSlot(slots[4*sheet.SlotBytes : 5*sheet.SlotBytes]); slot != s.Slots[4] {
		t.Errorf("cut out: %+v, want %+v", slot, s.Slots[4])
	}
	met, err := sheet.IDsOf(s.Seen(), ids)
	if err != nil || len(met) != s.Met() || met[1] != "c" {
		t.Errorf("met are %q, %v", met, err)
	}
	if !got.Erase("c") || got.Erase("c") || got.Met() != s.Met()-1 {
		t.Error("an erased person is still there")
	}
}

// As many runs as there may be workers go on at once, and some more.
func TestRunsInTurnKeepTheirBooks(t *testing.T) {
	t.Parallel()
	const runs, pages = 70, 20
	var books sheet.Books
	last := map[int64]*sheet.Book{}
	kept := 0
	for range pages {
		for run := range int64(runs) {
			book, put := books.Take(run)
			if last[run] == book {
				kept++
			}
			last[run] = book
			put()
		}
	}
	if kept < runs*pages/2 {
		t.Errorf("of %d times a run found its book %d times", runs*pages, kept)
	}
}

// FuzzDecode: whatever a damaged file holds, it is refused or stored again alike.
func FuzzDecode(f *testing.F) {
	slots, ids := sheet.Of(0, 1).Encode()
	f.Add(slots, ids)
	f.Add(slots, ids[1:])
	f.Add(slots[1:], ids)
	f.Add(slots, append([]byte{0xff, 0xff}, ids...))
	f.Fuzz(func(t *testing.T, slots, ids []byte) {
		s, err := sheet.Decode(0, 1, slots, ids)
		if err != nil {
			return
		}
		again, err := sheet.Decode(0, 1, first(s.Encode()), second(s.Encode()))
		if err != nil || *again != *s {
			t.Errorf("%+v is stored as %+v, %v", s, again, err)
		}
	})
}

func first(b, _ []byte) []byte  { return b }
func second(_, b []byte) []byte { return b }

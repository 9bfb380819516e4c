package sheet

import "sync"

// maxBooks bounds the runs of which a store remembers something: as many as an
// installation may have workers. Of more at once, one begins anew now and then.
const maxBooks = 64

// Books are those of the runs that pages are stored of. Its zero value is ready.
type Books struct {
	mu    sync.Mutex
	books map[int64]*Book
}

// Take takes the book of a run out, or a new one where it has none or somebody
// else has it; put gives it back.
func (b *Books) Take(run int64) (book *Book, put func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	book = b.books[run]
	delete(b.books, run)
	if book == nil {
		book = &Book{}
	}
	return book, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.books == nil {
			b.books = map[int64]*Book{}
		}
		for other := range b.books {
			if len(b.books) < maxBooks {
				break
			}
			delete(b.books, other)
		}
		b.books[run] = book
	}
}

// Drop forgets a run that has ended.
func (b *Books) Drop(run int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.books, run)
}

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // registers the driver

	"patchbay.example/internal/people/search"
	"patchbay.example/internal/store"
)

func plainSQLite(folder string) way {
	return way{name: "SQLite FTS5, prefixes", build: func(ctx context.Context, documents []search.Document) (finder, error) {
		return buildSQLite(ctx, filepath.Join(folder, "plain.db"), documents)
	}}
}

func fuzzySQLite(folder string) way {
	return way{name: "SQLite FTS5, words widened by one letter", build: func(ctx context.Context, documents []search.Document) (finder, error) {
		f, err := buildSQLite(ctx, filepath.Join(folder, "fuzzy.db"), documents)
		if err != nil {
			return nil, err
		}
		if err := f.readVocabulary(ctx); err != nil {
			return nil, errors.Join(err, f.close(ctx))
		}
		return f, nil
	}}
}

// sqliteFinder finds people by FTS5. With a vocabulary it widens the words of a
// text.
type sqliteFinder struct {
	db         *sql.DB
	path       string
	vocabulary []string
	letters    [][]rune // of each word
}

// buildSQLite makes a contentless index, the smallest there is, with the widths
// of prefixes that are typed.
func buildSQLite(ctx context.Context, path string, documents []search.Document) (*sqliteFinder, error) {
	source := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(NORMAL)", "cache_size(-65536)", "mmap_size(268435456)"}}.Encode()}
	db, err := sql.Open("sqlite", source.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	f := &sqliteFinder{db: db, path: path}
	if err := f.fill(ctx, documents); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return f, nil
}

func (f *sqliteFinder) fill(ctx context.Context, documents []search.Document) error {
	for _, statement := range []string{
		`CREATE VIRTUAL TABLE people USING fts5(names, rest, content='', tokenize="unicode61 remove_diacritics 2", prefix='1 2 3')`,
		`INSERT INTO people(people, rank) VALUES ('rank', 'bm25(4, 1)')`,
		`CREATE VIRTUAL TABLE vocabulary USING fts5vocab(people, 'row')`,
	} {
		if _, err := f.db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("create the index: %w", err)
		}
	}
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO people(rowid, names, rest) VALUES (?, ?, ?)`)
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	for i := range documents {
		names, rest := indexed(&documents[i])
		if _, err := insert.ExecContext(ctx, i, names, rest); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = f.db.ExecContext(ctx, `INSERT INTO people(people) VALUES ('optimize')`)
	return err
}

func (f *sqliteFinder) readVocabulary(ctx context.Context) error {
	rows, err := f.db.QueryContext(ctx, `SELECT term FROM vocabulary`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var word string
		if err := rows.Scan(&word); err != nil {
			return err
		}
		f.vocabulary, f.letters = append(f.vocabulary, word), append(f.letters, []rune(word))
	}
	return rows.Err()
}

// find orders by rank only where that is affordable: sorting everybody with a
// letter by rank takes longer than any page may.
func (f *sqliteFinder) find(ctx context.Context, text string) ([]int32, error) {
	words := store.SearchWords(text)
	if len(words) == 0 {
		return nil, nil
	}
	terms := make([]string, len(words))
	for i, word := range words {
		terms[i] = f.term(word)
	}
	order := ""
	if len(words) > 1 || len([]rune(words[0])) >= typoLetters {
		order = " ORDER BY rank"
	}
	rows, err := f.db.QueryContext(ctx, `SELECT rowid FROM people WHERE people MATCH ?`+order+` LIMIT ?`, strings.Join(terms, " AND "), hits)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var persons []int32
	for rows.Next() {
		var person int32
		if err := rows.Scan(&person); err != nil {
			return nil, err
		}
		persons = append(persons, person)
	}
	return persons, rows.Err()
}

// maxWidened is how many words one is widened to.
const maxWidened = 100

// term is what a word is asked for as.
func (f *sqliteFinder) term(word string) string {
	terms := []string{`"` + word + `"*`}
	if letters := []rune(word); len(letters) >= typoLetters && strings.IndexFunc(word, isDigit) < 0 {
		for i, other := range f.letters {
			if len(terms) < maxWidened && oneLetter(letters, other) {
				terms = append(terms, `"`+f.vocabulary[i]+`"`)
			}
		}
	}
	return "(" + strings.Join(terms, " OR ") + ")"
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func (f *sqliteFinder) size(ctx context.Context) (memory, disk int64, err error) {
	if _, err := f.db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return 0, 0, err
	}
	for i, word := range f.vocabulary {
		const headers = 16 + 24 // of a string and of a slice
		memory += int64(headers + len(word) + 4*len(f.letters[i]))
	}
	// The pages of the build are free by now, but still in the file.
	var pages, free, size int64
	for pragma, value := range map[string]*int64{"page_count": &pages, "freelist_count": &free, "page_size": &size} {
		if err := f.db.QueryRowContext(ctx, `PRAGMA `+pragma).Scan(value); err != nil {
			return 0, 0, err
		}
	}
	return memory, (pages - free) * size, nil
}

func (f *sqliteFinder) close(context.Context) error {
	return errors.Join(f.db.Close(), os.Remove(f.path))
}

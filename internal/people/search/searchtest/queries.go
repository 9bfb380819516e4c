package searchtest

import (
	"math/rand/v2"
	"strings"

	"patchbay.example/internal/people/search"
)

// The kinds of queries of [Queries].
const (
	Mixed   = "mixed"   // one of the others each
	Typo    = "typo"    // a full name with one mistake
	Whole   = "name"    // a full name
	Typing  = "typing"  // the beginning of a name
	Surname = "surname" // a family name, the frequent ones most often
	Letter  = "letter"  // one letter
	Job     = "job"     // a title or a department
	Address = "address" // the beginning of an e-mail address, or a number
	Nothing = "nothing" // no text
	Chosen  = "chosen"  // no text, or a family name, and values of several facets
)

// Kinds are all kinds of queries.
var Kinds = []string{Mixed, Typo, Whole, Typing, Surname, Letter, Job, Address, Nothing, Chosen}

// Queries makes queries for a corpus, each for 25 hits and the facets, the same
// for the same seed.
func Queries(documents []search.Document, kind string, n int, seed uint64) []search.Query {
	r := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // reproducible on purpose
	queries := make([]search.Query, n)
	for i := range queries {
		kind := kind
		if kind == Mixed {
			kind = Kinds[1+r.IntN(len(Kinds)-1)]
		}
		queries[i] = query(r, &documents[r.IntN(len(documents))], kind)
		queries[i].Limit = 25
	}
	return queries
}

func query(r *rand.Rand, d *search.Document, kind string) search.Query {
	family := d.Names[1]
	switch kind {
	case Typo:
		if text, ok := Edit(r, d.Name); ok {
			return search.Query{Text: text}
		}
		return search.Query{Text: d.Name}
	case Whole:
		return search.Query{Text: d.Name}
	case Typing:
		letters := []rune(strings.ToLower(d.Name))
		return search.Query{Text: string(letters[:1+r.IntN(len(letters))])}
	case Surname:
		return search.Query{Text: family}
	case Letter:
		return search.Query{Text: string([]rune(d.Names[r.IntN(2)])[:1])}
	case Job:
		return search.Query{Text: []string{d.Title, d.Department}[r.IntN(2)]}
	case Address:
		text := []string{d.Emails[0], d.Numbers[0]}[r.IntN(2)]
		return search.Query{Text: text[:3+r.IntN(len(text)-3)]}
	case Chosen:
		q := search.Query{Chosen: make([][]string, Facets)}
		if r.IntN(2) == 0 {
			q.Text = family
		}
		for range 1 + r.IntN(3) {
			if f := r.IntN(Facets); len(d.Facets[f]) > 0 {
				q.Chosen[f] = append(q.Chosen[f], d.Facets[f][0])
			}
		}
		return q
	default:
		return search.Query{}
	}
}

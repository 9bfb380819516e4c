package search

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
)

// Index finds documents. It does not change, and any number of goroutines may
// search it at once.
type Index struct {
	documents []Document // without their facets
	words     vocabulary
	keys      vocabulary // e-mail addresses as a whole
	nameWords []uint8    // how many words the name of each document has

	byName []uint32 // the documents in the order of their folded names, then indices
	rank   []uint32 // where each stands in byName

	facets []facetField
	// codes are the documents' facet values, a row of len(facets) for each: a code
	// of the field, or -(1+i) for several, which are lists[i].
	codes []int32
	lists [][]uint32

	scratches sync.Pool // of *scratch
}

// maxShards bounds how many goroutines build: the work beside theirs, which is
// done by one, is a tenth of the whole.
const maxShards = 8

// Build makes the index of documents; document i is person i. The documents'
// texts are kept, not copied; the slices are not to be changed afterwards. facets
// is how many facet fields there are. Of more than 2^28 documents the first count.
func Build(documents []Document, facets int) *Index {
	documents = documents[:min(len(documents), maxDocuments)]
	ix := &Index{documents: make([]Document, len(documents))}
	for i, d := range documents {
		d.Facets = nil
		ix.documents[i] = d
	}
	shards := gatherAll(documents)
	parallel(
		func() {
			ix.words = mergeAll(shards, func(g *gathering) *dictionary { return &g.words })
			ix.keys = mergeAll(shards, func(g *gathering) *dictionary { return &g.keys })
		},
		func() { ix.sortNames(shards) },
		func() { ix.buildFacets(documents, max(facets, 0)) },
	)
	ix.scratches.New = func() any { return ix.newScratch() }
	return ix
}

// parallel runs all at once and waits for them.
func parallel(do ...func()) {
	var all sync.WaitGroup
	for _, f := range do {
		all.Go(f)
	}
	all.Wait()
}

func gatherAll(documents []Document) []*gathering {
	shards := make([]*gathering, min(runtime.GOMAXPROCS(0), maxShards))
	work := make([]func(), len(shards))
	for i := range shards {
		first, end := len(documents)*i/len(shards), len(documents)*(i+1)/len(shards)
		work[i] = func() { shards[i] = gather(documents[first:end], first) }
	}
	parallel(work...)
	return shards
}

func mergeAll(shards []*gathering, of func(*gathering) *dictionary) vocabulary {
	dictionaries, orders := make([]*dictionary, len(shards)), make([][]uint32, len(shards))
	work := make([]func(), len(shards))
	for i, g := range shards {
		dictionaries[i] = of(g)
		work[i] = func() { orders[i] = dictionaries[i].sorted() }
	}
	parallel(work...)
	return merge(dictionaries, orders)
}

// sortNames orders the documents by their folded names, those without one last.
func (ix *Index) sortNames(shards []*gathering) {
	type named struct {
		start    uint64 // the name's first eight bytes, which tell most names apart
		name     string
		document uint32
	}
	all := make([]named, 0, len(ix.documents))
	ix.nameWords = make([]uint8, 0, len(ix.documents))
	for _, g := range shards {
		ix.nameWords = append(ix.nameWords, g.nameWords...)
		for _, name := range g.names {
			n := named{name: name, document: uint32(len(all)), start: ^uint64(0)} //nolint:gosec // below maxDocuments
			if name != "" {
				n.start = 0
				for i := range 8 {
					n.start <<= 8
					if i < len(name) {
						n.start |= uint64(name[i])
					}
				}
			}
			all = append(all, n)
		}
	}
	slices.SortFunc(all, func(a, b named) int {
		if a.start != b.start {
			return cmp.Compare(a.start, b.start)
		}
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.document, b.document))
	})
	ix.byName, ix.rank = make([]uint32, len(all)), make([]uint32, len(all))
	for i, n := range all {
		ix.byName[i], ix.rank[n.document] = n.document, uint32(i) //nolint:gosec // below maxDocuments
	}
}

// Len is how many documents the index holds.
func (ix *Index) Len() int { return len(ix.documents) }

package main

import (
	"context"

	"patchbay.example/internal/people/search"
	"patchbay.example/internal/people/search/searchtest"
)

func inMemory() way {
	return way{name: "index in memory", build: func(_ context.Context, documents []search.Document) (finder, error) {
		return memoryFinder{search.Build(documents, searchtest.Facets)}, nil
	}}
}

type memoryFinder struct{ index *search.Index }

func (f memoryFinder) find(_ context.Context, text string) ([]int32, error) {
	var persons []int32
	for _, hit := range f.index.Search(search.Query{Text: text, Limit: hits}).Hits {
		persons = append(persons, hit.Person)
	}
	return persons, nil
}

func (f memoryFinder) size(context.Context) (memory, disk int64, err error) {
	return f.index.Bytes(), 0, nil
}

func (memoryFinder) close(context.Context) error { return nil }

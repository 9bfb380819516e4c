package search

import "unsafe"

// Bytes is the memory of the index, with the texts of its documents, which it
// shares with whoever built them. What searches work in is beside it: five bytes
// for each document and search at the same time, and what is found.
func (ix *Index) Bytes() int64 {
	bytes := ix.words.bytes() + ix.keys.bytes() +
		sizeOf(ix.nameWords) + sizeOf(ix.byName) + sizeOf(ix.rank) + sizeOf(ix.codes) + sizeOf(ix.lists)
	for _, list := range ix.lists {
		bytes += sizeOf(list)
	}
	for i := range ix.facets {
		bytes += ix.facets[i].bytes()
	}
	bytes += sizeOf(ix.documents)
	for i := range ix.documents {
		bytes += ix.documents[i].bytes()
	}
	return bytes
}

func (v *vocabulary) bytes() int64 {
	return int64(len(v.text)) + sizeOf(v.starts) + sizeOf(v.first) + sizeOf(v.postings) + sizeOf(v.offsets)
}

func (field *facetField) bytes() int64 {
	// A map's entry is its key and its value, and as much again for its room.
	bytes := sizeOf(field.values) + sizeOf(field.counts) + 2*int64(len(field.codes))*int64(unsafe.Sizeof("")+unsafe.Sizeof(uint32(0)))
	for _, value := range field.values {
		bytes += int64(len(value))
	}
	return bytes
}

func (d *Document) bytes() int64 {
	bytes := sizeOf(d.Names) + sizeOf(d.Emails) + sizeOf(d.Numbers) + sizeOf(d.Other)
	d.values(func(_ Field, _ int, text string) { bytes += int64(len(text)) })
	return bytes
}

func sizeOf[T any](slice []T) int64 {
	var one T
	return int64(cap(slice)) * int64(unsafe.Sizeof(one))
}

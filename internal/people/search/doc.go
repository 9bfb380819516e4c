// Package search finds people by what is typed, and counts what they have in
// common. It is an index in memory over plain texts: it knows neither the store
// nor the policy, and whoever builds the documents has applied both.
//
//	ix := search.Build(documents, 2) // with two facet fields
//	r := ix.Search(search.Query{Text: "katarz wisnewska", Limit: 25, Chosen: [][]string{{"Finance"}, nil}})
//
// # What matches
//
// A text is split into words without case and diacritics, and so are the people's
// names, titles and so on; a letter that is typed in two ways is found by both
// (Müller by muller and mueller). Words come in any order. Each matches a person
// who has it whole, or a word that it begins, or, in words of four letters or
// more without digits, one that differs by one letter: one more, one less, another
// one, or two neighbours swapped. The last word, which is being typed, may also
// begin a longer word but for one letter inside it. Names in scripts without
// spaces are found from any letter on, and names by their initials (kw). One
// letter alone is an initial and looks at names only. An e-mail address is one
// word.
//
// People who match all words come first: whole words, then beginnings, then those
// with one letter different in one word, in two, and so on. Then come those who
// match some of the words, if one of these has three letters or more.
//
// # How
//
// All words of all people are one sorted list (type vocabulary). The words that
// begin with a text are a range of it, and those that are one letter away are few
// ranges, found by walking the list as a trie. Each word has its postings, the
// people it finds. A search adds up the words of the text in an array with a
// number for each person, counts facets on the way, and keeps the best few. The
// arrays are used again; nothing is cached.
package search

package search

import "unicode/utf8"

// MaxSuggestions is how many people [Index.Suggest] returns at most.
const MaxSuggestions = 20

// suggestLetters is how many letters of a word a suggestion has at least: with
// fewer it would be anybody.
const suggestLetters = 3

// Suggest returns up to n people whose names are near to a text that names nobody:
// those that it finds, and then those who are found by the beginnings of its
// words, the longest that anybody has. It returns none where nothing is near.
func (ix *Index) Suggest(text string, n int) []int32 {
	n = min(max(n, 0), MaxSuggestions)
	var near []int32
	seen := map[int32]bool{}
	take := func(text string) {
		for _, hit := range ix.Search(Query{Text: text, Limit: n}).Hits {
			if len(near) < n && !seen[hit.Person] {
				seen[hit.Person] = true
				near = append(near, hit.Person)
			}
		}
	}
	if asked := words(text); len(asked) > 0 {
		take(text)
		for _, word := range asked {
			if beginning := ix.longestBeginning(word.spellings[0]); len(near) < n && beginning != "" {
				take(beginning)
			}
		}
	}
	return near
}

// longestBeginning is the longest beginning of a word that a word of the index
// has, or empty if it is too short to say anything.
func (ix *Index) longestBeginning(word string) string {
	at, longest, letters := ix.words.all(), 0, 0
	for i, letter := range word {
		size := utf8.RuneLen(letter)
		if at = ix.words.within(at, i, word[i:i+size]); at.empty() {
			break
		}
		longest = i + size
		letters++
	}
	if letters < suggestLetters {
		return ""
	}
	return word[:longest]
}

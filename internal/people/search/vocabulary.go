package search

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// posting says that a word finds a document, and by which class of text: the
// document's index, shifted, and the class.
type posting uint32

// class is a [Field], or one of two further ways to be found. A word that finds a
// document in several ways has its best, which is the lowest number: whatever a
// later class allows, an earlier one does too.
type class uint8

const (
	inner    = class(Other) + 1 // a name inside a run without spaces
	initials = class(Other) + 2
	classes  = int(initials) + 1

	classBits = 4
	classMask = 1<<classBits - 1
	// maxDocuments is what a posting can number; far above any directory.
	maxDocuments = 1 << (32 - classBits)
)

// vocabulary is a set of words in the order of their bytes, which in UTF-8 is
// that of their letters, and the documents that each finds. All words that begin
// in the same way are neighbours, so that the vocabulary is a trie without nodes:
// a node is a range.
type vocabulary struct {
	text   string   // all words, one after the other
	starts []uint32 // where each begins in text; one more at the end
	// first holds the ranges of the words that begin with each letter: the root's
	// children, of which there are hundreds where several scripts meet.
	first []child

	postings []posting // of all words, one word's after the other's, by document
	offsets  []uint32  // where each word's begin; one more at the end
}

// span is a range of words: from low to before high.
type span struct{ low, high int }

func (s span) empty() bool { return s.low >= s.high }

// child is the range of words that go on with a letter.
type child struct {
	letter rune
	span
}

func (v *vocabulary) all() span { return span{0, len(v.starts) - 1} }

func (v *vocabulary) word(i int) string { return v.text[v.starts[i]:v.starts[i+1]] }

// of are the postings of a range of words.
func (v *vocabulary) of(s span) []posting { return v.postings[v.offsets[s.low]:v.offsets[s.high]] }

// within narrows a range of words, whose first depth bytes are the same, to those
// that go on with rest.
func (v *vocabulary) within(s span, depth int, rest string) span {
	low := s.low + sort.Search(s.high-s.low, func(i int) bool { return v.word(s.low + i)[depth:] >= rest })
	high := low + sort.Search(s.high-low, func(i int) bool { return !strings.HasPrefix(v.word(low + i)[depth:], rest) })
	return span{low, high}
}

// exactly narrows a range of words as within does, to the one that is rest and no
// more, if it is there.
func (v *vocabulary) exactly(s span, depth int, rest string) span {
	low := s.low + sort.Search(s.high-s.low, func(i int) bool { return v.word(s.low + i)[depth:] >= rest })
	if low < s.high && v.word(low)[depth:] == rest {
		return span{low, low + 1}
	}
	return span{low, low}
}

// children yields the letters with which a range of words goes on after depth
// bytes, in order.
func (v *vocabulary) children(s span, depth int, yield func(child)) {
	if depth == 0 && v.first != nil {
		for _, c := range v.first {
			yield(c)
		}
		return
	}
	low := s.low
	for low < s.high && len(v.word(low)) == depth {
		low++ // the word that ends here
	}
	for low < s.high {
		letter, size := utf8.DecodeRuneInString(v.word(low)[depth:])
		next := v.word(low)[depth : depth+size]
		high := low + sort.Search(s.high-low, func(i int) bool { return !strings.HasPrefix(v.word(low + i)[depth:], next) })
		yield(child{letter, span{low, high}})
		low = high
	}
}

// typos yields the words that are one letter away from a word: one more, one
// less, another one, or two neighbours swapped. With longer it also yields the
// words that only begin so, if they keep the word's last letter or swap it:
// without that, every word would be a typo of all that begin like it. A word may
// come more than once, and one that begins with the word itself may be among them.
func (v *vocabulary) typos(word string, longer bool, yield func(s span, whole bool)) {
	at := v.all()
	for depth := 0; depth < len(word) && !at.empty(); {
		letter, size := utf8.DecodeRuneInString(word[depth:])
		rest := word[depth+size:]
		try := func(s span, depth int, variant string, longer bool) {
			if longer {
				if s = v.within(s, depth, variant); s.empty() {
					return
				}
				yield(s, false)
			}
			if s = v.exactly(s, depth, variant); !s.empty() {
				yield(s, true)
			}
		}
		try(at, depth, rest, longer && rest != "")
		if next, nextSize := utf8.DecodeRuneInString(rest); rest != "" && next != letter {
			try(at, depth, string(next)+string(letter)+rest[nextSize:], longer)
		}
		var same span
		v.children(at, depth, func(c child) {
			deeper := depth + utf8.RuneLen(c.letter)
			try(c.span, deeper, word[depth:], longer)
			if c.letter == letter {
				same = c.span
				return
			}
			try(c.span, deeper, rest, longer && rest != "")
		})
		at, depth = same, depth+size
	}
}

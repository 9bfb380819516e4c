package search_test

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"patchbay.example/internal/people/search"
)

// naive finds people as the package says, by comparing every word of every
// document with every word of the text. It shares no code with the index.
type naive struct {
	documents []search.Document
	words     [][]naiveWord // of each document
}

type naiveWord struct {
	text string
	from string // name, text, key, inner or initials
}

var (
	firstSpelling  = strings.NewReplacer("ł", "l", "ø", "o", "æ", "ae", "ß", "ss", "đ", "d", "þ", "th", "ı", "i", "ς", "σ", "ى", "ي", "ة", "ه")
	secondSpelling = strings.NewReplacer("ø", "oe", "ö", "oe", "ä", "ae", "ü", "ue", "å", "aa", "đ", "dj")
)

func naiveFold(text string) string {
	var folded strings.Builder
	for _, r := range norm.NFKD.String(firstSpelling.Replace(strings.ToLower(text))) {
		if !unicode.In(r, unicode.Inherited) {
			folded.WriteRune(r)
		}
	}
	return folded.String()
}

func spellings(word string) []string {
	first, second := naiveFold(word), naiveFold(secondSpelling.Replace(strings.ToLower(word)))
	if first == second {
		return []string{first}
	}
	return []string{first, second}
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }

func chunks(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !isWord(r) && r != '\'' && r != '-' })
}

func fields(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !isWord(r) })
}

func naiveUnspaced(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Thai, unicode.Katakana, unicode.Hiragana)
	})
}

func (n *naive) add(d search.Document) {
	var words []naiveWord
	text := func(value, from string) {
		var raw []string
		for _, chunk := range chunks(value) {
			raw = append(raw, fields(chunk)...)
			for part := range strings.SplitSeq(chunk, "-") {
				raw = append(raw, strings.ReplaceAll(part, "'", ""))
			}
			raw = append(raw, strings.NewReplacer("'", "", "-", "").Replace(chunk))
		}
		for _, word := range raw {
			for _, spelling := range spellings(word) {
				words = append(words, naiveWord{spelling, from})
			}
			if !naiveUnspaced(word) {
				continue
			}
			for i, r := range word {
				if i > 0 && !unicode.IsMark(r) {
					words = append(words, naiveWord{naiveFold(word[i:]), "inner"})
				}
			}
		}
	}
	for _, name := range append([]string{d.Name}, d.Names...) {
		text(name, "name")
		if family, given, ok := strings.Cut(name, ","); ok {
			name = given + " " + family
		}
		var first []string
		for _, word := range fields(name) {
			if !naiveUnspaced(word) {
				first = append(first, string([]rune(naiveFold(word))[:1]))
			}
		}
		if len(first) < 2 || len(first) > 6 {
			continue
		}
		words = append(words, naiveWord{strings.Join(first, ""), "initials"})
		for _, other := range first[1:] {
			words = append(words, naiveWord{first[0] + other, "initials"})
		}
	}
	for _, email := range d.Emails {
		words = append(words, naiveWord{naiveFold(email), "key"})
		local, _, _ := strings.Cut(email, "@")
		text(local, "text")
	}
	for _, value := range slices.Concat([]string{d.Title, d.Department}, d.Numbers, d.Other) {
		text(value, "text")
	}
	n.documents, n.words = append(n.documents, d), append(n.words, words)
}

// How a word of a text matches one of a document.
const (
	no = iota
	typo
	beginning
	whole
)

// compare compares one word of a text, which may be the last.
func compare(asked string, last bool, w naiveWord) int {
	letters := []rune(asked)
	single := len(letters) == 1 && !naiveUnspaced(norm.NFC.String(asked))
	switch {
	case strings.Contains(asked, "@") != (w.from == "key"):
		return no
	case w.from == "initials":
		if asked == w.text {
			return beginning
		}
		return no
	case w.from == "inner":
		if asked == w.text || !single && strings.HasPrefix(w.text, asked) {
			return beginning
		}
		return no
	case asked == w.text:
		return whole
	case strings.HasPrefix(w.text, asked):
		if single && w.from != "name" {
			return no
		}
		return beginning
	case w.from == "key" || len(letters) < 4 || strings.ContainsFunc(asked, unicode.IsNumber):
		return no
	case distance(letters, []rune(w.text)) == 1:
		return typo
	case !last || len(letters) < 5:
		return no
	}
	for size := len(letters) - 1; size <= len(letters)+1; size++ {
		if word := []rune(w.text); size <= len(word) {
			start, n := word[:size], len(letters)
			swapped := size == n && start[n-1] == letters[n-2] && start[n-2] == letters[n-1]
			if distance(letters, start) == 1 && (start[size-1] == letters[n-1] || swapped) {
				return typo
			}
		}
	}
	return no
}

// distance is how many letters two words differ by, neighbours swapped being one,
// as the textbook has it (optimal string alignment).
func distance(a, b []rune) int {
	if len(a) > len(b)+1 || len(b) > len(a)+1 {
		return 2 // or more
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range b {
		rows[0][j+1] = j + 1
	}
	for i := range a {
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			rows[i+1][j+1] = min(rows[i][j+1]+1, rows[i+1][j]+1, rows[i][j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				rows[i+1][j+1] = min(rows[i+1][j+1], rows[i-1][j-1]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// asked are the words of a text.
func asked(text string) [][]string {
	var words [][]string
	for part := range strings.FieldsSeq(text) {
		parts := []string{part}
		if !strings.Contains(part, "@") {
			parts = fields(strings.ReplaceAll(part, "'", ""))
		}
		for _, word := range parts {
			forms := spellings(word)
			if !slices.ContainsFunc(words, func(other []string) bool { return other[0] == forms[0] }) {
				words = append(words, forms)
			}
		}
	}
	return words
}

// find is how everybody who is found matches.
func (n *naive) find(text string) map[int32]search.Match {
	found := map[int32]search.Match{}
	words := asked(text)
	for document, own := range n.words {
		var counts [whole + 1]int
		carried := false
		for i, forms := range words {
			best := no
			for _, form := range forms {
				for _, w := range own {
					best = max(best, compare(form, i == len(words)-1, w))
				}
			}
			counts[best]++
			carried = carried || best != no && (len([]rune(forms[0])) >= 3 || naiveUnspaced(norm.NFC.String(forms[0])))
		}
		m := search.Match{Words: len(words) - counts[no]}
		switch {
		case counts[no] == len(words) || counts[no] > 0 && !carried:
			continue
		case counts[no] > 0:
			m.Kind = search.SomeWords
		case counts[typo] > 0:
			m.Kind, m.Typos = search.OneLetter, counts[typo]
		case counts[beginning] > 0:
			m.Kind = search.Beginnings
		default:
			m.Kind = search.WholeWords
		}
		found[int32(document)] = m
	}
	return found
}

// chooses reports whether a document has one of the chosen values in every field
// but one, which may be -1.
func chooses(d search.Document, chosen [][]string, but int) bool {
	for f, values := range chosen {
		if len(values) > 0 && f != but && !slices.ContainsFunc(valuesOf(d, f), func(v string) bool { return slices.Contains(values, v) }) {
			return false
		}
	}
	return true
}

func valuesOf(d search.Document, f int) []string {
	if f < len(d.Facets) && len(d.Facets[f]) > 0 {
		return d.Facets[f]
	}
	return []string{""}
}

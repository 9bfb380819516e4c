package search

import (
	"slices"
	"strings"
)

// gathering is what some of the documents are found by, on the way to an index.
// Each of several goroutines fills its own with documents that follow each other.
type gathering struct {
	words, keys dictionary
	names       []string // the folded name of each document
	nameWords   []uint8  // how many words it has

	tokens tokens
	next   []string // scratch
}

func gather(documents []Document, first int) *gathering {
	g := &gathering{words: newDictionary(), keys: newDictionary(), names: make([]string, 0, len(documents)), nameWords: make([]uint8, 0, len(documents))}
	for i := range documents {
		g.add(&documents[i], uint32(first+i)) //nolint:gosec // below maxDocuments
	}
	return g
}

func (g *gathering) add(d *Document, document uint32) {
	g.words.begin(document)
	g.keys.begin(document)
	d.values(func(f Field, _ int, text string) {
		if f == Emails {
			g.tokens.scanKey(text)
			if key := g.tokens.list[0]; key.to > 0 {
				g.keys.add(g.tokens.textOf(key), class(Emails))
			}
			text = localPart(text)
		}
		g.tokens.scan(text)
		if f == Name {
			g.names = append(g.names, g.foldedName())
			g.nameWords = append(g.nameWords, uint8(len(g.tokens.list))) //nolint:gosec // at most maxValueWords
		}
		g.tokens.words(func(word token) { g.addWord(word, class(f)) })
		if f == Name || f == Names {
			for _, letters := range g.tokens.initials(text) {
				g.words.add([]byte(letters), initials)
			}
		}
	})
}

func (g *gathering) addWord(word token, c class) {
	text := g.tokens.textOf(word)
	g.words.add(text, c)
	if alt := g.tokens.altOf(word); alt != nil {
		g.words.add(alt, c)
	}
	g.tokens.beginnings(word, func(at int) { g.words.add(text[at:], inner) })
}

// foldedName is the scanned text as names are sorted by.
func (g *gathering) foldedName() string {
	var name strings.Builder
	for i, word := range g.tokens.list {
		if i > 0 {
			name.WriteByte(' ')
		}
		name.Write(g.tokens.textOf(word))
	}
	return name.String()
}

// localPart is an e-mail address without its domain.
func localPart(address string) string {
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		return address[:at]
	}
	return address
}

// dictionary numbers words as they come and holds which documents each finds.
type dictionary struct {
	numbers map[string]uint32
	words   []string
	entries []entry
	// latest is, by word, the number after its latest entry: one at or before
	// start is of another document.
	latest   []uint32
	start    uint32
	document posting
}

type entry struct {
	word    uint32
	posting posting
}

func newDictionary() dictionary { return dictionary{numbers: map[string]uint32{}} }

// begin says which document the next words find.
func (d *dictionary) begin(document uint32) {
	d.start, d.document = uint32(len(d.entries)), posting(document)<<classBits //nolint:gosec // memory ends before
}

// add notes that a word finds the document. Of several ways the best counts.
func (d *dictionary) add(word []byte, c class) {
	number, known := d.numbers[string(word)]
	if !known {
		text := string(word)
		number = uint32(len(d.words)) //nolint:gosec // memory ends before
		d.numbers[text] = number
		d.words, d.latest = append(d.words, text), append(d.latest, 0)
	}
	if latest := d.latest[number]; latest > d.start {
		d.entries[latest-1].posting = min(d.entries[latest-1].posting, d.document|posting(c))
		return
	}
	d.entries = append(d.entries, entry{number, d.document | posting(c)})
	d.latest[number] = uint32(len(d.entries)) //nolint:gosec // memory ends before
}

// sorted are the numbers of the words in the order of the words.
func (d *dictionary) sorted() []uint32 {
	order := make([]uint32, len(d.words))
	for i := range order {
		order[i] = uint32(i) //nolint:gosec // memory ends before
	}
	slices.SortFunc(order, func(a, b uint32) int { return strings.Compare(d.words[a], d.words[b]) })
	return order
}

// merge makes one vocabulary of dictionaries whose documents follow each other.
// orders are the dictionaries' words, sorted.
func merge(dictionaries []*dictionary, orders [][]uint32) vocabulary {
	v := vocabulary{}
	var text strings.Builder
	total := 0
	heads := make([]int, len(dictionaries))
	numbers := make([][]uint32, len(dictionaries)) // of each dictionary's words in the vocabulary
	for i, d := range dictionaries {
		numbers[i] = make([]uint32, len(d.words))
		total += len(d.entries)
	}
	for {
		least, ok := "", false
		for i, d := range dictionaries {
			if heads[i] < len(orders[i]) {
				if word := d.words[orders[i][heads[i]]]; !ok || word < least {
					least, ok = word, true
				}
			}
		}
		if !ok {
			break
		}
		for i, d := range dictionaries {
			if heads[i] < len(orders[i]) && d.words[orders[i][heads[i]]] == least {
				numbers[i][orders[i][heads[i]]] = uint32(len(v.starts)) //nolint:gosec // memory ends before
				heads[i]++
			}
		}
		v.starts = append(v.starts, uint32(text.Len())) //nolint:gosec // memory ends before
		text.WriteString(least)
	}
	v.starts = slices.Clip(append(v.starts, uint32(text.Len()))) //nolint:gosec // memory ends before
	v.text = strings.Clone(text.String())
	v.file(dictionaries, numbers, total)
	v.children(v.all(), 0, func(c child) { v.first = append(v.first, c) })
	return v
}

// file puts the postings in the order of the words.
func (v *vocabulary) file(dictionaries []*dictionary, numbers [][]uint32, total int) {
	v.offsets = make([]uint32, len(v.starts)+1)
	for i, d := range dictionaries {
		for _, e := range d.entries {
			v.offsets[numbers[i][e.word]+2]++
		}
	}
	for i := 2; i < len(v.offsets); i++ {
		v.offsets[i] += v.offsets[i-1]
	}
	// offsets[w+1] is now where word w's postings begin, and moves to where they end.
	v.postings = make([]posting, total)
	for i, d := range dictionaries {
		for _, e := range d.entries {
			at := &v.offsets[numbers[i][e.word]+1]
			v.postings[*at] = e.posting
			*at++
		}
	}
	v.offsets = v.offsets[:len(v.starts)]
}

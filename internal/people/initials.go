package people

import (
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tones is how many colours an avatar may have.
const tones = 10

// tone is somebody's colour, which stays when their name changes.
func tone(id string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return int(h.Sum32() >> 8 % tones)
}

// initials are the first letters of the first and the last word of a name, or
// the first letter alone where the script has no case.
func initials(name string) string {
	fields := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
	var first, last string
	for _, field := range fields {
		letter := firstLetter(field)
		if letter == "" {
			continue
		}
		if first == "" {
			first = letter
		} else {
			last = letter
		}
	}
	if first == "" {
		return "?"
	}
	r, _ := utf8.DecodeRuneInString(first)
	if !unicode.IsUpper(r) { // a script without case
		return first
	}
	if r, _ := utf8.DecodeRuneInString(last); last != "" && !unicode.IsUpper(r) {
		return first
	}
	return first + last
}

// firstLetter is the first letter of a word, in capitals, with the marks that
// belong to it.
func firstLetter(word string) string {
	for i, r := range word {
		if !unicode.IsLetter(r) {
			continue
		}
		end := i + utf8.RuneLen(r)
		for _, mark := range word[end:] {
			if !unicode.IsMark(mark) || end-i > 16 {
				break
			}
			end += utf8.RuneLen(mark)
		}
		return strings.ToUpper(word[i:end])
	}
	return ""
}

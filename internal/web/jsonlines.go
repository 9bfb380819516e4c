package web

import (
	"bytes"
	"encoding/json"
	"strings"
)

// maxJSONLines bounds the lines of a record that are shown; the export has all.
const maxJSONLines = 2000

// jsonLine is a line of a JSON text, in pieces of which each has a class of the
// style sheet: k for a key, s for a text, v for a number or a word.
type jsonLine []jsonPiece

type jsonPiece struct{ Class, Text string }

// jsonLines indents a JSON text and tells its parts from each other. Numbers,
// order and spelling stay as they are.
func jsonLines(source json.RawMessage) []jsonLine {
	var indented bytes.Buffer
	if json.Indent(&indented, source, "", "  ") != nil {
		if len(source) == 0 {
			return nil
		}
		return []jsonLine{{{"", strings.ToValidUTF8(string(source), "\uFFFD")}}}
	}
	var lines []jsonLine
	for text := range strings.Lines(indented.String()) {
		if len(lines) == maxJSONLines {
			return append(lines, jsonLine{{"", "…"}})
		}
		lines = append(lines, pieces(strings.TrimRight(text, "\n")))
	}
	return lines
}

// pieces splits an indented line: blanks, maybe a key, a value, maybe a comma.
func pieces(text string) jsonLine {
	var line jsonLine
	rest := strings.TrimLeft(text, " ")
	if blank := text[:len(text)-len(rest)]; blank != "" {
		line = append(line, jsonPiece{"", blank})
	}
	if end := stringEnd(rest); end > 0 && strings.HasPrefix(rest[end:], ":") {
		line = append(line, jsonPiece{"k", rest[:end]}, jsonPiece{"", ": "})
		rest = strings.TrimPrefix(rest[end+1:], " ")
	}
	value := strings.TrimSuffix(rest, ",")
	comma := rest[len(value):]
	class := "v"
	if strings.HasPrefix(value, `"`) {
		class = "s"
	} else if value == "" || strings.ContainsAny(value[:1], "{}[]") {
		class = ""
	}
	return append(line, jsonPiece{class, value}, jsonPiece{"", comma})
}

// stringEnd is where a string that begins the text ends; 0 where none does.
func stringEnd(text string) int {
	if !strings.HasPrefix(text, `"`) {
		return 0
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

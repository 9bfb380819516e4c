package main

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/directory"
)

// refuse makes a refusal of a [directory.Error]; class and fix are those of the
// declared reason. Any other error stays as it is.
func refuse(err error) error {
	e, ok := errors.AsType[*directory.Error](err)
	if !ok {
		return err
	}
	refusal := &plugin.Refusal{Reason: e.Reason, Message: sentence(e.Detail), Cause: err, Metadata: map[string]string{}}
	if e.Code != 0 {
		refusal.Metadata["ldap_result_code"] = fmt.Sprint(e.Code)
	}
	if e.ADCode != "" {
		refusal.Metadata["ad_error"] = e.ADCode
	}
	return refusal
}

// maxListed bounds how many names a sentence has.
const maxListed = 10

// list joins names for a sentence.
func list(names []string) string {
	switch {
	case len(names) == 0:
		return "nothing that it names"
	case len(names) > maxListed:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxListed], ", "), len(names)-maxListed)
	}
	return strings.Join(names, ", ")
}

// printables are texts of the server's, fit to be shown.
func (s *session) printables(texts []string) []string {
	shown := make([]string, len(texts))
	for i, text := range texts {
		shown[i] = s.printable(text)
	}
	return shown
}

// sentence gives a text a capital letter and a full stop. A host name at its
// beginning stays as it is.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	if word, _, _ := strings.Cut(text, " "); !strings.ContainsAny(word, ".:") {
		first, size := utf8.DecodeRuneInString(text)
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

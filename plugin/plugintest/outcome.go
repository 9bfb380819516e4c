package plugintest

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// outcome is what a case's function returns where it does not simply pass: why
// the rule is broken, why it could not be tried, or what a pass rests on.
type outcome struct {
	status Status
	saw    string

	// restsOn and short are those of [Result].
	restsOn string
	short   bool
}

func (o *outcome) Error() string { return o.saw }

// fail says that the rule is broken: the value that was seen, what was required,
// and what to mend.
func fail(format string, args ...any) error {
	o := outcomeWith(Failed, format, args)
	if last, _ := utf8.DecodeLastRuneInString(o.saw); unicode.IsLetter(last) { // an error's own text
		o.saw += "."
	}
	return o
}

// skip says why a case can't be tried.
func skip(format string, args ...any) error { return outcomeWith(Skipped, format, args) }

// pass says what was tried and seen.
func pass(format string, args ...any) error { return outcomeWith(Passed, format, args) }

func outcomeWith(status Status, format string, args []any) *outcome {
	return &outcome{status: status, saw: fmt.Sprintf(format, args...)}
}

// short says that the listing is too short for a case.
func short(format string, args ...any) error {
	o := outcomeWith(Skipped, format, args)
	o.short = true
	return o
}

// skipAfter says that another case failed, without which this one can't be tried.
func skipAfter(failed, format string, args ...any) error {
	o := outcomeWith(Skipped, format, args)
	o.restsOn = failed
	return o
}

// outcomeOf makes an outcome of whatever a case's function returned.
func outcomeOf(err error) outcome {
	if err == nil {
		return outcome{status: Passed}
	}
	if o, ok := errors.AsType[*outcome](err); ok {
		return *o
	}
	return outcome{status: Failed, saw: sentence(err) + "."}
}

// sentence is an error's text with a capital, to stand as a sentence.
func sentence(err error) string { return capital(strings.TrimRight(err.Error(), ".")) }

// capital is a text that begins with a capital letter.
func capital(text string) string {
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// some joins the first few of a list of findings, each a sentence without its
// stop.
func some(findings []string) string {
	const few = 3
	if len(findings) <= few {
		return strings.Join(findings, "; ")
	}
	return fmt.Sprintf("%s; %d more", strings.Join(findings[:few], "; "), len(findings)-few)
}

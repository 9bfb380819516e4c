package plugintest

import (
	"fmt"
	"slices"
	"strings"
)

// contractPage is docs/contract.md: what the cases require, by section.
func contractPage(cases []Case) string {
	var b strings.Builder
	b.WriteString(contractIntroduction)
	for _, section := range sectionsOf(cases) {
		fmt.Fprintf(&b, "\n## %s\n", section)
		for _, c := range cases {
			if c.Section == section {
				fmt.Fprintf(&b, "\n### %s\n\n`%s` · %s\n\n*Why:* %s\n", c.Title, c.Name, c.Requires, c.Why)
			}
		}
	}
	return b.String()
}

// sectionsOf are the sections in the order in which they first come.
func sectionsOf(cases []Case) []string {
	var sections []string
	for _, c := range cases {
		if !slices.Contains(sections, c.Section) {
			sections = append(sections, c.Section)
		}
	}
	return sections
}

const contractIntroduction = `<!-- Made from the cases of package plugintest; its test writes it with -update. -->
# What a connector must do

A connector is an executable in any language. What it says and is told is defined by
[the .proto files](../proto/patchbay/connector/v1/connector.proto), whose comments are the reference, and how it is started and
ended by [their package's documentation](../proto/patchbay/connector/v1/doc.go). This page lists the rules that are examined, each with
the name of its case.

The suite looks at a connector from outside, as a host does: it starts the executable, connects, lists, kills and starts again. It only
reads. With a configuration that works, and its secrets, it tries everything; without one, what needs no connection.

    harness conform --connector PATH --config FILE

does it for anybody, and in a Go test

    plugintest.Conform(t, plugintest.Target{Path: plugintest.Build(t), Config: config, Secrets: secrets})

makes a subtest of each case. A case passes, fails, or is skipped with a reason: what it needs is not there (several pages, a secret, Linux), or
another case failed on which it rests. A failure says what was seen, what is required, and what to mend. A service stands behind a
connector, so the suite is sparing: it reads the listing to its end some dozen times, resumed ones included, and tries one wrong value for
each secret. Examine a small account, with three pages at least.

Package [plugin](../plugin/doc.go) keeps most of these rules for a connector in Go; [write-a-connector.md](write-a-connector.md) begins with it.
`

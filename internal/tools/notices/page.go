package main

import (
	"bytes"
	"fmt"
	"strings"
)

const introduction = `# Third-party notices

What others wrote and our programs (` + "`harness`, `okta`" + ` and whatever else is built from
` + "`host/cmd` and `plugin`" + `) contain, on any of Linux, macOS and Windows. The licences ask that
their texts travel with the programs: give this page along with them. Each module is used
unmodified, and its source at the version named is found at the address that its path names.

Written by ` + "`go -C internal/tools run ./notices`" + `; do not edit.

| module | version | licence |
|---|---|---|
`

// fence encloses a text; no licence holds one.
const fence = "````"

// render returns the page: a table of the components, then each distinct text
// once, under the names of those it comes from.
func render(components []component) []byte {
	var page bytes.Buffer
	page.WriteString(introduction)
	for _, c := range components {
		version := c.version
		if version == "" {
			version = "that of the Go it is built with"
		}
		fmt.Fprintf(&page, "| %s | %s | %s |\n", c.path, version, strings.Join(c.licences, ", "))
	}
	page.WriteString("\n## Texts\n")
	for _, t := range distinctTexts(components) {
		fmt.Fprintf(&page, "\n### %s\n\n%stext\n%s\n%s\n", strings.Join(t.owners, ", "), fence, t.text, fence)
	}
	return page.Bytes()
}

type ownedText struct {
	text   string
	owners []string
}

// distinctTexts returns each text once, in the order of its first owner.
func distinctTexts(components []component) []ownedText {
	var texts []ownedText
	index := map[string]int{}
	for _, c := range components {
		for _, text := range c.texts {
			i, ok := index[text]
			if !ok {
				i = len(texts)
				index[text] = i
				texts = append(texts, ownedText{text: text})
			}
			texts[i].owners = append(texts[i].owners, c.path)
		}
	}
	return texts
}

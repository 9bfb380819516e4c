package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStalePageIsRefused(t *testing.T) {
	root := t.TempDir()
	writeFile(t, root, "go.mod", "module example.com/m\n\ngo 1.26\n")
	writeFile(t, root, "host/cmd/x/main.go", "package main\n\nfunc main() { println() }\n")
	writeFile(t, root, "plugin/y/main.go", "package main\n\nfunc main() { println() }\n")

	if err := run(t.Context(), root, false); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), root, true); err != nil {
		t.Fatalf("check of the page just written: %v", err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "third-party.md"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, root, "docs/third-party.md", "what it was before")
	if err := run(t.Context(), root, true); !errors.Is(err, errStale) {
		t.Errorf("check of a stale page: got %v, want %v", err, errStale)
	}
	if want := "| " + standardLibrary + " |"; !strings.Contains(string(page), want) {
		t.Errorf("the page lacks %q", want)
	}
}

const (
	mitText = "Copyright (c) 2020 Example\n\nPermission is hereby granted, free of charge, to any person obtaining a copy.\n" +
		"The above copyright notice and this permission\nnotice shall be included in all copies.\n"
	bsdText = "Redistribution and use in source and binary forms are permitted.\n" +
		"Neither the name may be used to endorse or promote products.\n"
)

func TestModuleIsListedWithEveryLicenceOnItsLinkedFolders(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir, "LICENSE", mitText)
	writeFile(t, dir, "NOTICE.txt", "Example includes software of others.")
	writeFile(t, dir, "licenses.go", "package example")
	writeFile(t, dir, "json/LICENSE.md", bsdText)
	writeFile(t, dir, "unlinked/COPYING", "all rights reserved")
	writeFile(t, dir, "json/inner/doc.go", "package inner")
	c, err := readComponent(linkedModule{
		path: "example.com/m", version: "v1.2.3", dir: dir,
		packageDirs: []string{dir, filepath.Join(dir, "json", "inner")},
	})
	if err != nil {
		t.Fatal(err)
	}
	page := string(render([]component{c}))
	for _, want := range []string{
		"| example.com/m | v1.2.3 | MIT, BSD-3-Clause |",
		"Copyright (c) 2020 Example",
		"endorse or promote products",
		"software of others",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestMissingOrUnknownLicenceIsAnError(t *testing.T) {
	empty := t.TempDir()
	unread := t.TempDir()
	writeFile(t, unread, "LICENSE", "GNU AFFERO GENERAL PUBLIC LICENSE Version 3")
	for dir, want := range map[string]error{empty: errNoLicence, unread: errUnknownLicence} {
		_, err := readComponent(linkedModule{path: "example.com/m", dir: dir})
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

func TestSameTextStandsOnce(t *testing.T) {
	page := string(render([]component{
		{path: "example.com/a", licences: []string{"MIT"}, texts: []string{mitText}},
		{path: "example.com/b", licences: []string{"MIT"}, texts: []string{mitText}},
	}))
	if n := strings.Count(page, "Permission is hereby granted"); n != 1 {
		t.Errorf("the text stands %d times, want once", n)
	}
	if !strings.Contains(page, "### example.com/a, example.com/b\n") {
		t.Errorf("the text does not name both its owners:\n%s", page)
	}
}

func TestLicencesAreTold(t *testing.T) {
	for text, want := range map[string]string{
		bsdText: "BSD-3-Clause",
		mitText: "MIT",
		"Redistribution and use in source and binary forms":                        "BSD-2-Clause",
		"Apache License\n   Version 2.0, January 2004":                             "Apache-2.0",
		"Mozilla Public License, version 2.0":                                      "MPL-2.0",
		"This is free and unencumbered software released\ninto the public domain.": "Unlicense",
	} {
		if got, err := identify(text); got != want || err != nil {
			t.Errorf("identify(%.40q) = %q, %v; want %q", text, got, err, want)
		}
	}
}

func writeFile(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

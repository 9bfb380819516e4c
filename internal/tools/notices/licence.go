package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// component is a linked module with the licences that its files state.
type component struct {
	path, version string
	// licences are SPDX identifiers, https://spdx.org/licenses/.
	licences []string
	// texts are the contents of the licence and notice files.
	texts []string
}

var (
	errNoLicence      = errors.New("no licence file")
	errUnknownLicence = errors.New("a licence that is not recognised")
)

// licences are those that we link, each known by phrases that its text holds;
// the first that fits counts. A new one is added here only after a person has
// read it and found that our programs may be given away with it.
var licences = []struct {
	spdx    string
	phrases []string
}{
	{"Apache-2.0", []string{"apache license", "version 2.0"}},
	{"MPL-2.0", []string{"mozilla public license", "version 2.0"}},
	{"MIT", []string{"permission is hereby granted, free of charge, to any person", "the above copyright notice and this permission notice"}},
	{"ISC", []string{"permission to use, copy, modify, and/or distribute this software for any purpose"}},
	{"Unlicense", []string{"this is free and unencumbered software released into the public domain"}},
	{"LicenseRef-SQLite-Public-Domain", []string{"sqlite has been dedicated to the public domain by the authors"}},
	{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "endorse or promote products"}},
	{"BSD-2-Clause", []string{"redistribution and use in source and binary forms"}},
}

var (
	licenceFile = regexp.MustCompile(`(?i)^(un)?licen[sc]e|^copying`)
	// Section 4(d) of the Apache License asks for the NOTICE file.
	noticeFile = regexp.MustCompile(`(?i)^notice`)
	spaces     = regexp.MustCompile(`\s+`)
	// The licence of a picture in a module, which no program links.
	pictureFile = regexp.MustCompile(`(?i)^licen[sc]e-logo$`)
)

// readComponent reads the licence files of a module: at its root, and in the
// folders of the linked packages and above them, where a copied package keeps
// its own. It fails with errNoLicence or errUnknownLicence.
func readComponent(m linkedModule) (component, error) {
	c := component{path: m.path, version: m.version}
	for _, dir := range licenceDirs(m) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return component{}, fmt.Errorf("licence of %s: %w", m.path, err)
		}
		for _, entry := range entries {
			if entry.IsDir() || strings.HasSuffix(entry.Name(), ".go") || pictureFile.MatchString(entry.Name()) {
				continue
			}
			if err := c.add(filepath.Join(dir, entry.Name())); err != nil {
				return component{}, fmt.Errorf("licence of %s %s: %w", m.path, m.version, err)
			}
		}
	}
	if len(c.licences) == 0 {
		return component{}, fmt.Errorf("licence of %s %s: %w in %s", m.path, m.version, errNoLicence, m.dir)
	}
	return c, nil
}

// add reads a file if its name is that of a licence or a notice.
func (c *component) add(path string) error {
	name := filepath.Base(path)
	isLicence := licenceFile.MatchString(name)
	if !isLicence && !noticeFile.MatchString(name) {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := tidy(string(content))
	if isLicence {
		spdx, err := identify(text)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if !slices.Contains(c.licences, spdx) {
			c.licences = append(c.licences, spdx)
		}
	}
	if !slices.Contains(c.texts, text) {
		c.texts = append(c.texts, text)
	}
	return nil
}

// identify returns the SPDX identifier of a licence's text.
func identify(text string) (string, error) {
	plain := strings.ToLower(spaces.ReplaceAllString(text, " "))
	for _, licence := range licences {
		missing := func(phrase string) bool { return !strings.Contains(plain, phrase) }
		if !slices.ContainsFunc(licence.phrases, missing) {
			return licence.spdx, nil
		}
	}
	return "", errUnknownLicence
}

// licenceDirs are the folders between the module's root and its linked packages.
func licenceDirs(m linkedModule) []string {
	dirs := []string{m.dir}
	for _, dir := range m.packageDirs {
		for dir != m.dir && strings.HasPrefix(dir, m.dir) && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
			dir = filepath.Dir(dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}

// tidy makes a text the same whatever system its author wrote it on.
func tidy(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\f")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

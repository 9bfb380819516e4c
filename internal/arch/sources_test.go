package arch

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// maxSourceBytes is far above any file that a person writes; larger ones are
// recordings, images and outputs of a sync by hand.
const maxSourceBytes = 1 << 20

// machineTalk matches what means something on one machine only: pages that are
// not in the tree, folders of a developer's machine, a registry's host. Each is
// written so that this file does not match itself.
var machineTalk = []*regexp.Regexp{
	regexp.MustCompile(`\.\./share[d]\b`),
	regexp.MustCompile(`\bshare[d]/(design|okta-api|okta-recorded|goplugin|stack|style|people|bench|hooks|ui)\b`),
	regexp.MustCompile(`(^|[\s"'` + "`" + `(=:])/wor[k](/|["'` + "`" + `)\s]|$)`),
	regexp.MustCompile(`(^|[\s"'` + "`" + `(=:])/roo[t](/|["'` + "`" + `)\s]|$)`),
	regexp.MustCompile(`prox[y]\.golang\.org|registr[y]\.npmjs|de[b]\.debian\.org|pyp[i]\.org`),
}

// A name of these says nothing of what is inside.
var emptyNames = []string{"util", "utils", "common", "helper", "helpers", "manager", "managers", "misc"}

func TestNoFileRefersToAMachine(t *testing.T) {
	for path, content := range sources(t) {
		for number, line := range bytes.Split(content, []byte("\n")) {
			if talk := machineTalkIn(line); talk != "" {
				t.Errorf("%s:%d says %q, which means something on one machine only: say what the reader needs instead", path, number+1, talk)
			}
		}
	}
}

func TestNamesSaySomething(t *testing.T) {
	for path := range sources(t) {
		if word := emptyNameIn(path); word != "" {
			t.Errorf("%s: %q says nothing of what is inside: name it after its idea", path, word)
		}
	}
}

func TestMachineTalkIsSeen(t *testing.T) {
	seen := []string{"see ../share" + "d/x.md", "// share" + "d/design.md", "cd /wor" + "k/main", `"/roo` + `t"`, "https://prox" + "y.golang.org/x"}
	unseen := []string{"shared/state", "https://example.com/work/x", "docs/work", "the root", "host/work", "GOROOT/root.go"}
	for _, line := range seen {
		if machineTalkIn([]byte(line)) == "" {
			t.Errorf("%q goes unseen", line)
		}
	}
	for _, line := range unseen {
		if got := machineTalkIn([]byte(line)); got != "" {
			t.Errorf("%q: %q is taken for a machine's", line, got)
		}
	}
}

func TestEmptyNamesAreSeen(t *testing.T) {
	for path, want := range map[string]string{
		"host/utils/x.go":           "utils",
		"host/test_helper.go":       "helper",
		"internal/web/manager.go":   "manager",
		"plugin/commonplace.go":     "",
		"host/cmd/harness/main.go":  "",
		"docs/okta-setup.md":        "",
		"host/testdata/helper/a.go": "",
	} {
		if got := emptyNameIn(path); got != want {
			t.Errorf("%s: empty name %q, want %q", path, got, want)
		}
	}
}

func machineTalkIn(line []byte) string {
	for _, pattern := range machineTalk {
		if match := pattern.Find(line); match != nil {
			return string(match)
		}
	}
	return ""
}

// emptyNameIn returns the first empty name among a Go file's folders and the
// words of its own name; test data is named after what it tests.
func emptyNameIn(path string) string {
	if !strings.HasSuffix(path, ".go") || strings.Contains(path, "testdata/") {
		return ""
	}
	separators := func(r rune) bool { return strings.ContainsRune("/_-.", r) }
	for word := range strings.FieldsFuncSeq(path, separators) {
		if slices.Contains(emptyNames, word) {
			return word
		}
	}
	return ""
}

// sources are the text files of the tree by their slash-separated path. The tree
// is walked, not asked of git, so that the tests pass on an unpacked archive.
func sources(t *testing.T) map[string][]byte {
	t.Helper()
	root := moduleRoot(t)
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("walk the tree: %w", err)
		}
		relativePath, err := filepath.Rel(root, path)
		if err != nil {
			return fmt.Errorf("walk the tree: %w", err)
		}
		if entry.IsDir() {
			return skipFolder(relativePath)
		}
		content, err := sourceText(path, entry)
		if err != nil || content == nil {
			return err
		}
		files[filepath.ToSlash(relativePath)] = content
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no source under %s", root)
	}
	return files
}

func skipFolder(relativePath string) error {
	if slices.Contains([]string{".git", "bin", ".idea", ".vscode"}, relativePath) {
		return filepath.SkipDir
	}
	return nil
}

// sourceText returns a file's content, or nil if it is not ours to read: larger
// than a source, binary, no regular file, or gone meanwhile.
func sourceText(path string, entry fs.DirEntry) ([]byte, error) {
	info, err := entry.Info()
	if os.IsNotExist(err) || err == nil && (!info.Mode().IsRegular() || info.Size() > maxSourceBytes) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the tree: %w", err)
	}
	content, err := os.ReadFile(path)
	if os.IsNotExist(err) || err == nil && bytes.IndexByte(content, 0) >= 0 {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the tree: %w", err)
	}
	return content, nil
}

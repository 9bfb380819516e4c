package scaffold

import (
	"context"
	"errors"
	"flag"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"patchbay.example/internal/needtest"
)

var update = flag.Bool("update", false, "write the template of the page about a connector anew")

// sample is the name of the tests' connector: one that stands in no template.
const sample = "zz-sample"

// What an author gets is green at once, with nothing but what this machine has.
func TestAConnectorOfItsOwnModuleIsGreenAtOnce(t *testing.T) {
	t.Parallel()
	c := write(t, Settings{Name: sample, Folder: filepath.Join(t.TempDir(), "with a blank", sample), Patchbay: patchbay(t)})
	if c.Inside || len(c.Kept) != 0 {
		t.Errorf("inside: %v, kept %v; want neither", c.Inside, c.Kept)
	}
	wantFormatted(t, c)
	if *update {
		goRun(t, c.Folder, "test", "-run", "Document", "-update", ".")
		text := strings.NewReplacer(title(sample), "«.Title»", sample, "«.Name»").Replace(read(t, c.Folder, sample+".md"))
		if err := os.WriteFile("templates/page.md.tmpl", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	goRun(t, c.Folder, "vet", "./...")
	goRun(t, c.Folder, "build", "./...")
	goRun(t, c.Folder, "test", "./...") // where the page is stale: go test . -update here
	if mod := read(t, c.Folder, "go.mod"); strings.Contains(mod, "sqlite") || strings.Contains(mod, "chromedp") {
		t.Errorf("the connector's module requires what only Patchbay's service needs:\n%s", mod)
	}
}

// The mistakes that leave every single answer right: the tests that an author gets
// notice them.
func TestWhatALearnerGetsWrongIsNoticed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, right, wrong, says string }{
		{"the next page is not followed", "service.go", "\treturn answer, nil\n", "\tanswer.Next = \"\"\n\treturn answer, nil\n", "50 different records and 0 quarantined ones came, and there are 500 at least: is every page followed"},
		{"an id that many share", "users.go", "plugin.Record{ID: u.ID,", "plugin.Record{ID: u.Department,", "4 different records"},
		{"names that the service does not know", "users.go", `json:"`, `json:"the_`, "none of 500 people has a name, a user name or an e-mail address in the typed view"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := write(t, Settings{Name: sample, Folder: filepath.Join(t.TempDir(), sample), Patchbay: patchbay(t)})
			right := read(t, n.Folder, c.file)
			wrong := strings.ReplaceAll(strings.ReplaceAll(right, c.right, c.wrong), `json:"the_id"`, `json:"id"`)
			if wrong == right {
				t.Fatalf("%s has no %q to get wrong", c.file, c.right)
			}
			put(t, n.Folder, c.file, wrong)
			output, err := goCommand(t, n.Folder, "test", "-run", "Conformance", ".")
			if err == nil || !strings.Contains(output, c.says) {
				t.Errorf("the tests say %v, and not %q:\n%s", err, c.says, output)
			}
		})
	}
}

// Where go does not tell what the packages need, all that Patchbay requires is
// there: a longer list, and as complete.
func TestAConnectorIsBuiltWithAllRequirements(t *testing.T) {
	t.Parallel()
	asked, cancel := context.WithCancel(t.Context())
	cancel() // go is not asked
	c, err := Write(asked, Settings{Name: sample, Folder: filepath.Join(t.TempDir(), sample), Patchbay: patchbay(t)})
	if err != nil {
		t.Fatal(err)
	}
	if mod := read(t, c.Folder, "go.mod"); !strings.Contains(mod, "modernc.org/sqlite ") {
		t.Fatalf("the list is the short one:\n%s", mod)
	}
	goRun(t, c.Folder, "vet", "./...")
}

// In Patchbay's own module it is one of its connectors.
func TestAConnectorOfPatchbaysModuleIsGreenAtOnce(t *testing.T) {
	t.Parallel()
	root := copyOfPatchbay(t)
	c := write(t, Settings{Name: sample, Folder: filepath.Join(root, "plugin", sample)})
	if !c.Inside || c.Patchbay != root {
		t.Errorf("inside: %v, of %s; want inside of %s", c.Inside, c.Patchbay, root)
	}
	wantFormatted(t, c)
	for _, name := range []string{"go.mod", "go.sum", ".gitignore"} {
		if slices.Contains(c.Written, name) {
			t.Errorf("%s was written, which the module has", name)
		}
	}
	goRun(t, root, "vet", "./plugin/"+sample)
	goRun(t, root, "test", "-run", "Document|Refusals|Cursor", "./plugin/"+sample)

	put(t, c.Folder, "connector.md", "Something else is read.")
	output, err := goCommand(t, root, "test", "-run", "Document", "./plugin/"+sample)
	if err == nil || !strings.Contains(output, "docs/connectors/"+sample+".md is not what the connector says of itself") || !strings.Contains(output, "-update") {
		t.Errorf("a page that is stale: %v\n%s", err, output)
	}
}

func TestWhatIsThereIsKept(t *testing.T) {
	t.Parallel()
	s := Settings{Name: sample, Folder: filepath.Join(t.TempDir(), sample), Patchbay: patchbay(t)}
	first := write(t, s)
	put(t, first.Folder, "users.go", "package main // mine")
	put(t, first.Folder, "groups.go", "package main // mine, too")
	if err := os.Remove(filepath.Join(first.Folder, "cursor.go")); err != nil {
		t.Fatal(err)
	}
	again := write(t, s)
	if !slices.Equal(again.Written, []string{"cursor.go"}) || len(again.Kept) != len(first.Written)-1 {
		t.Errorf("written %v, kept %d; want cursor.go and %d", again.Written, len(again.Kept), len(first.Written)-1)
	}
	if read(t, first.Folder, "users.go") != "package main // mine" || read(t, first.Folder, "groups.go") != "package main // mine, too" {
		t.Error("work was overwritten")
	}
	wantNothingBeside(t, first.Folder)
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	empty := func(t *testing.T) string { t.Helper(); return t.TempDir() }
	for _, c := range []struct {
		name     string
		settings func(t *testing.T) Settings
		problem  string
	}{
		{"no name", func(t *testing.T) Settings { return Settings{Folder: empty(t)} }, "none is given"},
		{"a capital", func(t *testing.T) Settings { return Settings{Name: "Roster", Folder: empty(t)} }, `"Roster" is not`},
		{"a path", func(t *testing.T) Settings { return Settings{Name: "../x", Folder: empty(t)} }, `"../x" is not`},
		{"a dash at the end", func(t *testing.T) Settings { return Settings{Name: "x-", Folder: empty(t)} }, `"x-" is not`},
		{"a digit first", func(t *testing.T) Settings { return Settings{Name: "1st", Folder: empty(t)} }, `"1st" is not`},
		{"a keyword", func(t *testing.T) Settings { return Settings{Name: "func", Folder: empty(t)} }, `"func" means something else`},
		{"internal", func(t *testing.T) Settings { return Settings{Name: "internal", Folder: empty(t)} }, `"internal" means something else`},
		{"a fake's name", func(t *testing.T) Settings { return Settings{Name: "oktatest", Folder: empty(t)} }, "ends in “test”"},
		{"a long name", func(t *testing.T) Settings { return Settings{Name: strings.Repeat("x", 41), Folder: empty(t)} }, "at most 40 bytes"},
		{"no folder", func(*testing.T) Settings { return Settings{Name: sample} }, "none is given"},
		{"a connector that Patchbay has", func(t *testing.T) Settings {
			return Settings{Name: "okta", Folder: filepath.Join(empty(t), "okta"), Patchbay: patchbay(t)}
		}, `has a connector "okta" already`},
		{"the folder of a connector that Patchbay has", func(t *testing.T) Settings {
			return Settings{Name: "okta", Folder: filepath.Join(patchbay(t), "plugin", "okta")}
		}, "and no connector \"okta\" that harness new has written"},
		{"another place in Patchbay's module", func(t *testing.T) Settings {
			return Settings{Name: sample, Folder: filepath.Join(patchbay(t), "docs", sample)}
		}, "a connector's folder is plugin/NAME"},
		{"a folder that is no module", func(t *testing.T) Settings {
			return Settings{Name: sample, Folder: filepath.Join(empty(t), "x"), Patchbay: empty(t)}
		}, "is not the folder of Patchbay's module"},
		{"a folder of something else", func(t *testing.T) Settings {
			folder := empty(t)
			put(t, folder, "letter.txt", "Dear reader")
			return Settings{Name: sample, Folder: folder, Patchbay: patchbay(t)}
		}, "holds letter.txt, and no connector"},
		{"a file", func(t *testing.T) Settings {
			folder := empty(t)
			put(t, folder, "letter.txt", "Dear reader")
			return Settings{Name: sample, Folder: filepath.Join(folder, "letter.txt"), Patchbay: patchbay(t)}
		}, "is not a folder"},
		{"the folder of another new connector", func(t *testing.T) Settings {
			first := write(t, Settings{Name: "zz-other", Folder: filepath.Join(empty(t), "x"), Patchbay: patchbay(t)})
			return Settings{Name: sample, Folder: first.Folder, Patchbay: patchbay(t)}
		}, `no connector "` + sample + `"`},
		{"the same, by a name that every connector holds somewhere", func(t *testing.T) Settings {
			first := write(t, Settings{Name: "zz-other", Folder: filepath.Join(empty(t), "x"), Patchbay: patchbay(t)})
			return Settings{Name: "people", Folder: first.Folder, Patchbay: patchbay(t)}
		}, `no connector "people"`},
		{"a folder where a file goes", func(t *testing.T) Settings {
			s := Settings{Name: sample, Folder: filepath.Join(empty(t), "x"), Patchbay: patchbay(t)}
			first := write(t, s)
			for _, step := range []error{os.Remove(filepath.Join(first.Folder, "users.go")), os.Mkdir(filepath.Join(first.Folder, "users.go"), 0o700)} {
				if step != nil {
					t.Fatal(step)
				}
			}
			return s
		}, "users.go is a folder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := c.settings(t)
			before := listing(t, s.Folder)
			_, err := Write(t.Context(), s)
			invalid, ok := errors.AsType[*InvalidError](err)
			if !ok || !strings.Contains(invalid.Problem, c.problem) || invalid.Fix == "" {
				t.Errorf("got %v, want a problem with %q and a fix", err, c.problem)
			}
			if after := listing(t, s.Folder); !slices.Equal(before, after) {
				t.Errorf("the folder held %v and holds %v", before, after)
			}
		})
	}
}

// The page for authors quotes what they get.
func TestThePageQuotesWhatIsWritten(t *testing.T) {
	t.Parallel()
	page := read(t, patchbay(t), "docs/write-a-connector.md")
	var written strings.Builder
	for _, o := range order {
		text, err := execute(o.template, data{Name: "roster", Title: title("roster"), Variable: variable("roster"), Page: "roster.md"})
		if err != nil {
			t.Fatal(err)
		}
		written.WriteString(text)
	}
	quotes := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(page, -1)
	if len(quotes) == 0 {
		t.Fatal("the page quotes nothing")
	}
	for _, quote := range quotes {
		if !strings.Contains(written.String(), quote[1]) {
			t.Errorf("docs/write-a-connector.md quotes what no new connector holds:\n%s", quote[1])
		}
	}
}

// Every name that is taken makes Go that is formatted, and no name leaves the
// folder.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{"roster", "my-hr", "a", "a-1-b2", "x\n", "é", "..", strings.Repeat("ab-", 13) + "c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if CheckName(name) != nil {
			return
		}
		if !filepath.IsLocal(name) || strings.ContainsAny(name, "/\\\"`\n «") {
			t.Fatalf("%q is taken for a name", name)
		}
		for _, o := range order {
			if !strings.HasSuffix(o.name, ".go") {
				continue
			}
			text, err := execute(o.template, data{Name: name, Title: title(name), Variable: variable(name), Page: name + ".md"})
			if err != nil {
				t.Fatal(err)
			}
			if formatted, err := format.Source([]byte(text)); err != nil || string(formatted) != text {
				t.Errorf("%s of %q is not formatted Go: %v", o.name, name, err)
			}
		}
	})
}

func TestAPathInGoMod(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/home/me/patchbay":      "/home/me/patchbay",
		"/home/my own/patchbay":  `"/home/my own/patchbay"`,
		`C:\patchbay`:            `C:\patchbay`,
		`C:\Program Files\patch`: `"C:\\Program Files\\patch"`,
	} {
		if got := quoted(path); got != want {
			t.Errorf("%s is written as %s, want %s", path, got, want)
		}
	}
}

// patchbay is this module's folder.
func patchbay(t *testing.T) string {
	t.Helper()
	folder, err := resolved(filepath.Join("..", "..", "..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// copyOfPatchbay is a module with what a connector needs of this one.
func copyOfPatchbay(t *testing.T) string {
	t.Helper()
	root, err := resolved(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		put(t, root, name, read(t, patchbay(t), name))
	}
	for _, folder := range []string{"proto", "internal", "host", "plugin"} {
		copySources(t, filepath.Join(patchbay(t), folder), filepath.Join(root, folder))
	}
	return root
}

// copySources copies a folder without its test data, which others may be writing.
func copySources(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		switch {
		case entry.IsDir() && entry.Name() == "testdata":
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(target, 0o700)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, s Settings) Connector {
	t.Helper()
	c, err := Write(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// goRun runs the go command, and ends the test where it fails.
func goRun(t *testing.T, folder string, arguments ...string) {
	t.Helper()
	if output, err := goCommand(t, folder, arguments...); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
}

// goCommand runs the go command as on a machine without network.
func goCommand(t *testing.T, folder string, arguments ...string) (output string, err error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", arguments...)
	command.Dir = folder
	command.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off", "GOWORK=off", "PATCHBAY_REQUIRE=")
	text, err := command.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		needtest.Missing(t, "subprocess", err)
	}
	return string(text), err
}

func wantFormatted(t *testing.T, c Connector) {
	t.Helper()
	for _, name := range c.Written {
		text := read(t, c.Folder, name)
		if strings.Contains(text, "«") || strings.Contains(text, "<no value>") {
			t.Errorf("%s is not filled in", name)
		}
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		if formatted, err := format.Source([]byte(text)); err != nil || string(formatted) != text {
			t.Errorf("%s is not formatted: %v", name, err)
		}
	}
	wantNothingBeside(t, c.Folder)
}

// wantNothingBeside checks that the folder in which files are made is gone.
func wantNothingBeside(t *testing.T, folder string) {
	t.Helper()
	for _, name := range listing(t, filepath.Dir(folder)) {
		if strings.HasPrefix(name, ".") {
			t.Errorf("%s is left beside the connector", name)
		}
	}
}

func listing(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // there is none
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	return names
}

func put(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, folder, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

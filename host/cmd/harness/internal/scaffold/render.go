package scaffold

import (
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// templates are the files of a connector, each with .tmpl at its end so that Go
// leaves them alone. What is filled in stands between « and », for two braces are
// Go.
//
//go:embed templates
var templates embed.FS

// file is one to be written.
type file struct {
	name  string // relative to the connector's folder, with slashes
	text  string
	named bool // its text is another one for every connector's name
}

// data is what the templates know.
type data struct {
	Name, Title, Variable string
	// Page is the path of the page about the connector.
	Page   string
	Inside bool
}

// outsideOnly are files that a folder of Patchbay's module has no use for.
var outsideOnly = map[string]bool{".gitignore": true}

// render makes the files of a connector, in the order in which they are read.
func (c *Connector) render(ctx context.Context) ([]file, error) {
	d := data{Name: c.Name, Title: title(c.Name), Variable: c.Variable, Page: c.Name + ".md", Inside: c.Inside}
	if c.Inside {
		d.Page = "../../docs/connectors/" + d.Page
	}
	nobodys := d
	nobodys.Name, nobodys.Title = "", ""
	var files []file
	for _, t := range order {
		if c.Inside && outsideOnly[t.name] {
			continue
		}
		text, err := execute(t.template, d)
		if err != nil {
			return nil, err
		}
		another, err := execute(t.template, nobodys)
		if err != nil {
			return nil, err
		}
		name := t.name
		if name == thePage {
			name = d.Page
		}
		files = append(files, file{name: name, text: text, named: text != another})
	}
	if c.Inside {
		return files, nil
	}
	goMod, err := c.goMod(ctx)
	if err != nil {
		return nil, err
	}
	goSum, err := os.ReadFile(filepath.Join(c.Patchbay, "go.sum"))
	if err != nil {
		return nil, fmt.Errorf("read Patchbay's go.sum: %w", err)
	}
	return append(files, file{name: "go.mod", text: goMod}, file{name: "go.sum", text: string(goSum)}), nil
}

// thePage stands in order for the page about the connector, whose name differs.
const thePage = ""

// order is the files' order, and which template each is made of.
var order = []struct{ name, template string }{
	{"README.md", "README.md.tmpl"},
	{"main.go", "main.go.tmpl"},
	{"connector.go", "connector.go.tmpl"},
	{"config.go", "config.go.tmpl"},
	{"service.go", "service.go.tmpl"},
	{"example.go", "example.go.tmpl"},
	{"session.go", "session.go.tmpl"},
	{"users.go", "users.go.tmpl"},
	{"cursor.go", "cursor.go.tmpl"},
	{"reasons.go", "reasons.go.tmpl"},
	{"connector.md", "connector.md.tmpl"},
	{thePage, "page.md.tmpl"},
	{"conformance_test.go", "conformance_test.go.tmpl"},
	{"service_test.go", "service_test.go.tmpl"},
	{"users_test.go", "users_test.go.tmpl"},
	{"cursor_test.go", "cursor_test.go.tmpl"},
	{"config.json", "config.json.tmpl"},
	{".gitignore", "gitignore.tmpl"},
}

func execute(name string, d data) (string, error) {
	text, err := templates.ReadFile("templates/" + name)
	if err != nil {
		return "", fmt.Errorf("read the template %s: %w", name, err)
	}
	t, err := template.New(name).Delims("«", "»").Option("missingkey=error").Parse(string(text))
	if err != nil {
		return "", fmt.Errorf("read the template %s: %w", name, err)
	}
	var b strings.Builder
	if err := t.Execute(&b, d); err != nil {
		return "", fmt.Errorf("fill in the template %s: %w", name, err)
	}
	return b.String(), nil
}

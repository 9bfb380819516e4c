package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var staticFiles embed.FS

//go:embed templates
var templateFiles embed.FS

// assetVersion is part of the address of a static file, so that a browser can
// keep each for good.
var assetVersion = func() string {
	hash := sha256.New()
	_ = fs.WalkDir(staticFiles, "static", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			content, _ := staticFiles.ReadFile(name)
			_, _ = hash.Write(content)
		}
		return err
	})
	return hex.EncodeToString(hash.Sum(nil))[:12]
}()

// asset is the address of a static file.
func asset(name string) string { return "/static/" + assetVersion + "/" + name }

// static serves the static files.
func (s *Site) static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := strings.CutPrefix(r.URL.Path, "/static/"+assetVersion+"/")
		content, err := staticFiles.ReadFile("static/" + name)
		if !ok || err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write(content)
	})
}

// parse reads the templates: each page with the layout and the parts.
func (s *Site) parse() (map[string]*template.Template, error) {
	base, err := template.New("layout.html").Funcs(s.funcs()).ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/people.html", "templates/icons.html")
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(templateFiles, "templates/page")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, entry := range entries {
		page, err := base.Clone()
		if err == nil {
			page, err = page.ParseFS(templateFiles, "templates/page/"+entry.Name())
		}
		if err != nil {
			return nil, err
		}
		pages[strings.TrimSuffix(entry.Name(), ".html")] = page
	}
	return pages, nil
}

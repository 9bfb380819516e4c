package oktatest

import "net/http"

// renderedPages are the pages of the plain list at the largest limit, rendered
// before the tenant started, so that a benchmark pays for none.
type renderedPages struct {
	pages []renderedPage
	limit int
}

type renderedPage struct {
	start   int
	bodies  [2][]byte // without and with credentials
	gzipped [2][]byte
}

func (t *Tenant) prerender() renderedPages {
	rendered := renderedPages{limit: t.settings.PageLimit}
	for start := 0; start < t.people.listed(); start += rendered.limit {
		page := renderedPage{start: start}
		for variant := range page.bodies {
			l := t.plainList(form{credentials: variant == 1, transitions: variant == 1})
			l.start, l.limit = start, rendered.limit
			indices, _, _ := l.members()
			page.bodies[variant] = l.render(nil, indices)
			page.gzipped[variant] = compress(page.bodies[variant])
		}
		rendered.pages = append(rendered.pages, page)
	}
	return rendered
}

// prerendered returns the body of the page asked for if it was rendered before
// and no fault changes it.
func (x *exchange) prerendered() (body []byte, gzipped bool) {
	l := x.listing
	if x.endpoint != EndpointUsers || l.limit != x.t.rendered.limit || l.start%l.limit != 0 ||
		len(x.plan.bodies) > 0 || x.plan.send != nil || x.r.Method != http.MethodGet {
		return nil, false
	}
	n := l.start / l.limit
	if n >= len(x.t.rendered.pages) {
		return nil, false
	}
	page, variant := x.t.rendered.pages[n], 0
	switch x.form() {
	case form{}:
	case form{credentials: true, transitions: true}:
		variant = 1
	default:
		return nil, false
	}
	if x.takesGzip() {
		return page.gzipped[variant], true
	}
	return page.bodies[variant], false
}

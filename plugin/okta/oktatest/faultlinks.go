package oktatest

import (
	"slices"
	"strings"
)

// linkKinds spoil the Link header of a list.
func linkKinds() []faultKind {
	return []faultKind{
		textKind("next-elsewhere", atLists, "an address", "", "point the next link to another host; by default one that counts what arrives there", checkAddress, func(x *exchange, address string) {
			x.changeNext(func(string) string { return x.elsewhereOr(address) })
		}),
		plainKind("next-self", atLists, "point the next link to the page itself", func(x *exchange) {
			x.changeNext(func(string) string { return x.origin() + x.r.URL.RequestURI() })
		}),
		plainKind("next-cycle", atLists, "point the next link to the page before", func(x *exchange) {
			x.changeNext(func(string) string { return x.pageBefore() })
		}),
		plainKind("next-scheme", atLists, "change the next link's scheme, http for https or the other way", func(x *exchange) {
			x.changeNext(func(next string) string {
				if rest, found := strings.CutPrefix(next, "https:"); found {
					return "http:" + rest
				}
				return "https:" + strings.TrimPrefix(next, "http:")
			})
		}),
		plainKind("next-garbled", atLists, "send a next link that is no address", func(x *exchange) {
			x.changeNext(func(string) string { return "http://[::1" })
		}),
		plainKind("next-empty", atLists, "let the last page have a next link, to an empty page", func(x *exchange) {
			x.changeLinks(func(links []string) []string {
				if _, _, more := x.listing.members(); more || x.listing.start == x.listing.to {
					return links
				}
				return append(links, x.linkTo(x.listing.page+1, x.listing.to))
			})
		}),
		plainKind("link-missing", atLists, "send no Link header", func(x *exchange) {
			x.changeLinks(func([]string) []string { return nil })
		}),
		plainKind("link-merged", atLists, "send all links in one line, separated by commas", func(x *exchange) {
			x.changeLinks(func(links []string) []string { return []string{strings.Join(links, ", ")} })
		}),
		plainKind("link-reordered", atLists, "send next before self", func(x *exchange) {
			x.changeLinks(func(links []string) []string {
				slices.Reverse(links)
				return links
			})
		}),
		plainKind("link-uppercase", atLists, "send REL=\"NEXT\"", func(x *exchange) {
			x.changeLinks(func(links []string) []string {
				for i, line := range links {
					target, rel, _ := strings.Cut(line, "; ")
					links[i] = target + "; " + strings.ToUpper(rel)
				}
				return links
			})
		}),
	}
}

func (x *exchange) changeLinks(change func([]string) []string) {
	x.plan.links = append(x.plan.links, func() {
		links := change(x.w.Header()["Link"])
		if links == nil {
			x.w.Header().Del("Link")
			return
		}
		x.w.Header()["Link"] = links
	})
}

// changeNext changes the address of the next link, if there is one.
func (x *exchange) changeNext(change func(string) string) {
	x.changeLinks(func(links []string) []string {
		for i, line := range links {
			if address, found := strings.CutSuffix(line, `>; rel="next"`); found {
				links[i] = link(change(strings.TrimPrefix(address, "<")), "next")
			}
		}
		return links
	})
}

// pageBefore is the address of the page before, or of the first page.
func (x *exchange) pageBefore() string {
	l := x.listing
	page, start := max(l.page-1, 1), max(l.start-l.limit, l.from)
	return l.url(x.origin(), x.t.cursors.seal(l.key, page, start))
}

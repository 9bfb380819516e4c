// Package web is the service's pages: connections and how they stand, a form
// for each connector's configuration, runs with their progress, plans held for
// review, and the records of people. It also guards whatever else the service
// answers, the JSON API and the metrics, which are handlers given to [New].
//
// Everything that is shown comes from a [service.Operations]; the package keeps
// nothing but sessions and, for a short time, secrets that were typed into a
// form and not saved yet. Pages are rendered by the server from html/template.
// htmx swaps parts of a page that a full load would also show, and a small
// script adds keys and live progress: everything else works without scripts.
//
// What protects it, from the first page on:
//   - Host must be the printed address or localhost with its port, so that no
//     name that somebody else resolves to the loopback address (DNS rebinding)
//     reaches a page.
//   - [http.CrossOriginProtection] refuses whatever writes and comes from
//     another origin.
//   - A session is a cookie that no script and no other site can use, had for a
//     token that is good for one use. Machines have a bearer token.
//   - The content security policy allows this origin's files and nothing inline.
package web

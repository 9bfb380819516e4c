// Package service is what an installation can do: the operations that its
// pages, its JSON API and its commands offer, each of them once.
//
// A [Service] stands between those and the store: it finds connectors, asks
// them for the form of their configuration, tests what an administrator has
// entered before it stores anything, seals secrets, and shows connections, runs
// and people in the shapes that the API documents. It runs no syncs: it plans
// them, and whoever runs the schedule begins them.
//
// Its types carry their names in JSON; times are RFC 3339, durations are in the
// form of [time.ParseDuration] ("6h0m0s").
package service

package web

// PersonAt is for tests of addresses.
var PersonAt = personAt

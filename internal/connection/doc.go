// Package connection is about one configured connection: what an administrator
// entered for a connector, with its secrets kept apart.
//
// [Parse] reads a configuration file against the connector's own schema and
// puts the values of its secret properties, which the file may give by
// reference, into a map of their own: that is how they travel to a connector,
// and nothing else ever sees them.
package connection

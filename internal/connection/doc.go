// Package connection is about one configured connection: what an administrator
// entered for a connector, with its secrets kept apart.
//
// [Parse] reads a configuration file against the connector's own schema and
// puts the values of its secret properties, which the file may give by
// reference, into a map of their own: that is how they travel to a connector,
// and nothing else ever sees them.
//
// A connection that is stored keeps references as they are and everything else
// sealed: [Sealer.Store] and [Sealer.Load] are the two directions. The key
// stands in a file beside the store, or is given by whoever runs the service;
// a copy of the store alone reveals nothing.
package connection

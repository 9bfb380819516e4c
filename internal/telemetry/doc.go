// Package telemetry is what an operator's monitoring sees of an installation:
// metrics for Prometheus, and traces over OTLP.
//
// [New] gathers metrics: of the process, of connections as they stand whenever
// somebody asks, and of the requests that pass through [Telemetry.Instrument].
// [Telemetry.Metrics] answers with them. [Start] sends traces where the standard
// environment variables of OpenTelemetry say so, and does nothing otherwise.
//
// Neither holds anything of people, nor a path, query, or text of an error:
// labels are names of connections, states, and the patterns of routes.
package telemetry

package telemetry

import (
	"context"
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Variables of OpenTelemetry that say whether and where traces go. All others
// (headers, certificates, sampler, batch sizes, service name …) have their
// standard meaning too:
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
const (
	endpointVariable       = "OTEL_EXPORTER_OTLP_ENDPOINT"
	tracesEndpointVariable = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	disabledVariable       = "OTEL_SDK_DISABLED"
	exporterVariable       = "OTEL_TRACES_EXPORTER"
)

// Start sends traces over OTLP, by HTTP, to where [OTEL_EXPORTER_OTLP_ENDPOINT]
// or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT says; where neither does it sends
// nothing, and nothing is recorded. version is the program's. stop sends what is
// left, for as long as its context lasts, and ends it; it is never nil. An error
// is about the variables: that the collector answers is not waited for.
//
// [OTEL_EXPORTER_OTLP_ENDPOINT]: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
func Start(ctx context.Context, version string) (stop func(context.Context) error, err error) {
	nothing := func(context.Context) error { return nil }
	if !wanted() {
		return nothing, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nothing, fmt.Errorf("send traces to what %s or %s says: %w", endpointVariable, tracesEndpointVariable, err)
	}
	described, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "patchbay"), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(),
		resource.WithFromEnv(), // last: what the operator says wins
	)
	if err != nil {
		return nothing, fmt.Errorf("describe this service in traces, by OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(described))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	return func(ctx context.Context) error {
		otel.SetTracerProvider(noop.NewTracerProvider())
		if err := provider.Shutdown(ctx); err != nil {
			return fmt.Errorf("send the last traces: %w", err)
		}
		return nil
	}, nil
}

func wanted() bool {
	if strings.EqualFold(os.Getenv(disabledVariable), "true") || os.Getenv(exporterVariable) == "none" {
		return false
	}
	return os.Getenv(endpointVariable) != "" || os.Getenv(tracesEndpointVariable) != ""
}

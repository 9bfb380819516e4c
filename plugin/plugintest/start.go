package plugintest

import (
	"context"
	"crypto/tls"
	"fmt"
	"strconv"
	"strings"
	"time"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	sectionStart  = "Start"
	caseHandshake = "handshake"

	// unknownVersion is a version of the protocol that nobody speaks.
	unknownVersion = "4711"
	// refusedLimit is how long a connection that must be refused may take to be.
	refusedLimit = 5 * time.Second
)

func startCases() []Case {
	return []Case{
		{
			Name: caseHandshake, Section: sectionStart, Title: "It starts and says where it listens",
			Requires: "The first line of standard output is 1|1|unix|ADDRESS|grpc|CERTIFICATE: versions of the handshake and of the protocol, a Unix socket in the folder of PLUGIN_UNIX_SOCKET_DIR (on Windows TCP on a loopback address), and its own certificate as base64 of DER. Nothing comes before it. With mutual TLS the connector then answers, go-plugin's health service included. Of the environment it relies on nothing but what the handshake names.",
			Why:      "This line is all that a host knows of a process that it has started; what doesn't begin so is no connector.",
			try:      tryHandshake,
		},
		{
			Name: "started-by-hand", Section: sectionStart, Title: "Started by hand, it says what it is and ends",
			Requires: "Started without the cookie PATCHBAY_CONNECTOR in its environment, a connector writes to standard error what it is, writes nothing to standard output, and ends with an exit status other than 0.",
			Why:      "Whoever starts it by hand would otherwise look at a program that hangs.",
			after:    []string{caseHandshake},
			try:      tryStartedByHand,
		},
		{
			Name: "version-mismatch", Section: sectionStart, Title: "It claims no version that it does not speak",
			Requires: "Offered only a version of the protocol that it does not know in PLUGIN_PROTOCOL_VERSIONS, a connector ends, or names a version that it has. It neither claims the unknown one nor hangs. Offered several, it takes the newest that it has.",
			Why:      "A newer host goes on with what both speak, or tells its operator that the connector is older.",
			after:    []string{caseHandshake},
			try:      tryVersionMismatch,
		},
		{
			Name: "mutual-tls", Section: sectionStart, Title: "Only its own host is answered",
			Requires: "A client that does not prove with the certificate of PLUGIN_CLIENT_CERT that it is the host gets no answer: neither without a certificate nor with another one.",
			Why:      "The process holds a customer's secrets, and other users of the machine may reach its socket.",
			after:    []string{caseHandshake},
			try:      tryMutualTLS,
		},
	}
}

func tryStartedByHand(ctx context.Context, t *trial) error {
	p, err := t.start(ctx, startup{byHand: true})
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	limit := t.startLimit()
	if !p.wasEnded(ctx, limit) {
		return fail("Without the cookie the process was still there after %s. Look for PATCHBAY_CONNECTOR first, and end without it.", limit)
	}
	said := strings.TrimSpace(p.stderr.tail())
	line, _ := p.stdout.firstLine()
	switch {
	case p.ended == "exit status 0":
		return fail("Without the cookie it ended with exit status 0. End with another one: it has done nothing.")
	case said == "":
		return fail("Without the cookie it ended (%s) and wrote nothing to standard error. Say what the program is, and how it is to be started.", p.ended)
	case line != "":
		return fail("Without the cookie it wrote %.200q to standard output. Standard output is for the handshake.", line)
	}
	return pass("It said %.120q and ended with %s.", said, p.ended)
}

func tryHandshake(ctx context.Context, t *trial) error {
	p, err := t.begin(ctx, startup{})
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	if err := p.healthy(ctx); err != nil {
		return fail("The handshake is right, and with mutual TLS the health service does not answer: %v. Serve grpc.health.v1.Health, with the service %q as SERVING: a host asks it when a stream is silent.", err, goplugin.GRPCServiceName)
	}
	line, _ := p.stdout.firstLine()
	return pass("The first line was %.60q…, and it answered.", line)
}

func tryVersionMismatch(ctx context.Context, t *trial) error {
	both, err := t.begin(ctx, startup{versions: unknownVersion + "," + strconv.Itoa(wire.ProtocolVersion)})
	if err != nil {
		return fail("Offered the versions %s and %d: %v", unknownVersion, wire.ProtocolVersion, err)
	}
	both.discard(ctx)
	p, err := t.start(ctx, startup{versions: unknownVersion})
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	limit := t.startLimit()
	line, complete := p.awaitFirstLine(ctx, limit)
	if !complete {
		if p.wasEnded(ctx, endNotice) {
			return pass("Offered version %s, it ended: %s.", unknownVersion, p.ended)
		}
		return fail("Offered only version %s, it wrote no handshake within %s and did not end.", unknownVersion, limit)
	}
	h, err := parseHandshake(line)
	if err != nil {
		return err
	}
	if h.version == 4711 {
		return fail("Offered only version %s, it claims to speak that. Compare PLUGIN_PROTOCOL_VERSIONS with the versions that it has.", unknownVersion)
	}
	return pass("Offered version %s, it named version %d.", unknownVersion, h.version)
}

func tryMutualTLS(ctx context.Context, t *trial) error {
	p, err := t.begin(ctx, startup{})
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	line, _ := p.stdout.firstLine()
	h, err := parseHandshake(line)
	if err != nil {
		return err
	}
	stranger, err := newIdentity()
	if err != nil {
		return err
	}
	without := t.identity.tlsFor(h.certificate)
	without.Certificates = nil
	for _, client := range []struct {
		who    string
		config *tls.Config
	}{{"without a certificate", without}, {"with another certificate", stranger.tlsFor(h.certificate)}} {
		if p.answers(ctx, h, client.config) {
			return fail("A client %s was answered. Require and verify the client's certificate: the one of PLUGIN_CLIENT_CERT is the only one to trust.", client.who)
		}
	}
	if err := p.healthy(ctx); err != nil {
		return fail("After two clients without the host's certificate were turned away, the host itself is not answered any more: %v", err)
	}
	return pass("Clients without the host's certificate were turned away, and the host was answered.")
}

// healthy asks go-plugin's health service.
func (p *process) healthy(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.trial.patience)
	defer cancel()
	health, err := grpc_health_v1.NewHealthClient(p.conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: goplugin.GRPCServiceName})
	if err == nil && health.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		return fmt.Errorf("it says %s", health.GetStatus())
	}
	return err
}

// answers reports whether Describe is answered at all to a client with that
// configuration: a status of the connector's own is an answer, too.
func (p *process) answers(ctx context.Context, h *handshake, config *tls.Config) bool {
	conn, err := p.dial(h, config)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(ctx, refusedLimit)
	defer cancel()
	_, err = connectorv1.NewConnectorServiceClient(conn).Describe(ctx, &connectorv1.DescribeRequest{})
	code := status.Code(err)
	return code != codes.Unavailable && code != codes.DeadlineExceeded
}

package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	goplugin "github.com/hashicorp/go-plugin"

	"patchbay.example/host/internal/subprocess"
	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// minCertificate tells a certificate in a handshake from older protocols' extra
// field, as go-plugin does.
const minCertificate = 50

// fileFault explains why a connector's file can't be used.
func fileFault(path string, err error) error {
	reason := StartFailed
	switch {
	case errors.Is(err, subprocess.ErrNotExecutable), errors.Is(err, fs.ErrPermission):
		reason = ConnectorNotExecutable
	case errors.Is(err, subprocess.ErrWritableByOthers):
		reason = ConnectorWritableByOthers
	case errors.Is(err, subprocess.ErrChecksum):
		reason = ChecksumMismatch
	case errors.Is(err, fs.ErrNotExist):
		reason = ConnectorNotFound
	}
	return &Fault{Reason: reason, Message: fmt.Sprintf("the connector %s can't be used: %v", path, err), Cause: err}
}

// startFault explains why a process did not come up. The most telling is what
// the process wrote, then how it ended.
func (s *starter) startFault(ctx, limited context.Context, p *process, err error) error {
	path := s.settings.Path
	if ctx.Err() != nil {
		return fmt.Errorf("start %s: %w", path, contextError(ctx))
	}
	if limited.Err() != nil {
		return &Fault{
			Reason: StartTimeout, Log: p.stderr.lastLines(maxFaultLog), Cause: err,
			Message: fmt.Sprintf("the connector %s was not ready after %s", path, s.settings.Limits.StartTimeout),
		}
	}
	if _, explained := Explain(err); explained {
		return err
	}
	if p.run.Pid() == 0 {
		return execFault(path, err)
	}
	if line := p.run.FirstLine(); line != "" {
		return s.handshakeFault(p, line, err)
	}
	if late := p.kill(ctx); late != nil { // it ended by itself, or go-plugin has killed it
		return late
	}
	return &Fault{
		Reason: ConnectorCrashed, Log: p.stderr.lastLines(maxFaultLog), Cause: err,
		Message: fmt.Sprintf("%s %s before it said that it is ready: it is no connector, or it failed", path, p.run.Exit()),
	}
}

// execFault explains why the system would not run a file that is there.
func execFault(path string, err error) error {
	switch {
	case isWrongArchitecture(err):
		return &Fault{Reason: WrongArchitecture, Cause: err, Message: fmt.Sprintf("%s is no program for this machine: %v", path, err)}
	case errors.Is(err, fs.ErrNotExist): // the file was just opened
		return &Fault{Reason: WrongArchitecture, Cause: err, Message: fmt.Sprintf("%s needs an interpreter or loader that is not here: %v", path, err)}
	case errors.Is(err, fs.ErrPermission):
		return &Fault{Reason: ConnectorNotExecutable, Cause: err, Message: fmt.Sprintf("%s must not be run: %v", path, err)}
	default:
		return &Fault{Reason: StartFailed, Cause: err, Message: fmt.Sprintf("%s could not be started: %v", path, err)}
	}
}

// handshakeFault explains a first line that go-plugin did not accept.
func (s *starter) handshakeFault(p *process, line string, err error) error {
	if fault := checkHandshake(line); fault != nil {
		return fault
	}
	if errors.Is(err, subprocess.ErrForeignAddress) {
		return &Fault{Reason: ContractBroken, Cause: err, Message: "the connector listens where it must not: " + s.redactor.foreign(err.Error())}
	}
	return &Fault{
		Reason: HandshakeGarbled, Cause: err, Log: p.stderr.lastLines(maxFaultLog),
		Message: fmt.Sprintf("the connector's handshake can't be used: %s", s.redactor.foreign(err.Error())),
	}
}

// checkHandshake reads the first line of standard output:
// core|app|network|address|protocol|certificate.
func checkHandshake(line string) error {
	fields := strings.Split(strings.TrimSpace(line), "|")
	if len(fields) < 5 || fields[0] == "" || strings.Trim(fields[0]+fields[1], "0123456789") != "" {
		shown, _ := cutText(line, 200)
		return faultf(HandshakeGarbled, "the connector printed something else before its handshake: %q", shown)
	}
	if fields[0] != strconv.Itoa(goplugin.CoreProtocolVersion) || fields[1] != strconv.Itoa(wire.ProtocolVersion) {
		return faultf(ProtocolIncompatible, "the connector speaks version %s of the protocol (handshake %s), and this host speaks version %d (handshake %d)",
			fields[1], fields[0], wire.ProtocolVersion, goplugin.CoreProtocolVersion)
	}
	if fields[4] != string(goplugin.ProtocolGRPC) {
		return faultf(ProtocolIncompatible, "the connector speaks %.40q, and this host speaks gRPC", fields[4])
	}
	if len(fields) < 6 || len(fields[5]) <= minCertificate {
		return faultf(ContractBroken, "the connector offers no certificate in its handshake, and mutual TLS is not optional")
	}
	return nil
}

// checkDescription keeps out what nothing else can be built on.
func checkDescription(d *connectorv1.DescribeResponse) error {
	if d.GetName() == "" || d.GetVersion() == "" {
		return faultf(ContractBroken, "the connector's description lacks its name or version (name %.40q, version %.40q)", d.GetName(), d.GetVersion())
	}
	if strings.ContainsFunc(d.GetName(), func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		return faultf(ContractBroken, "the connector's name is %.40q, and a name is lower case letters, digits and dashes", d.GetName())
	}
	return nil
}

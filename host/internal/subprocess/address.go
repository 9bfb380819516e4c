package subprocess

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
)

// ErrForeignAddress says that a connector named an address that can't be its
// own: outside its socket folder, or not on this machine.
var ErrForeignAddress = errors.New("the connector's address is not one of its own")

// PluginToHost checks the address that the connector named in its handshake: a
// Unix socket in its own folder, or TCP on a loopback address where there are
// no Unix sockets.
func (p *Process) PluginToHost(network, address string) (string, string, error) {
	if network == "unix" && inFolder(p.socketDir, address) {
		return network, address, nil
	}
	if network == "tcp" && tcpAllowed {
		host, _, err := net.SplitHostPort(address)
		if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsLoopback() {
			return network, address, nil
		}
	}
	return "", "", fmt.Errorf("%w: %.40q %.200q", ErrForeignAddress, network, address)
}

// HostToPlugin translates nothing: both live on one machine.
func (p *Process) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

func inFolder(folder, path string) bool {
	relative, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsAbs(path) && relative != "." && relative != ".." &&
		!strings.HasPrefix(relative, ".."+string(filepath.Separator))
}

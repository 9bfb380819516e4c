// Package subprocess runs a connector's executable for go-plugin: it is the
// runner.Runner of package host.
//
// go-plugin's own runner hangs when a grandchild keeps a pipe open, lets
// go-plugin parse standard error (a line it does not expect ends the host), and
// leaves a quiet plugin behind when the host is killed. This one owns what
// those have in common:
//
//   - Standard input is a pipe whose write end only the host holds. The kernel
//     closes it however the host dies, and a connector exits at its end of file.
//     On Linux the kernel also kills the connector when the host dies.
//   - Standard output: the first line, the handshake, goes to go-plugin; what
//     follows is drained and counted, so that a connector never blocks on it.
//   - Standard error is handed to the host's log writer, and never to go-plugin.
//   - The connector leads a process group of its own, and is killed with it.
//   - Once the connector is gone, its pipes are read for [DrainLimit] more and
//     then closed, whoever else may still hold them.
//
// A [Process] runs once; for a restart make a new one.
package subprocess

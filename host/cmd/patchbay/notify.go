package main

import (
	"context"
	"log/slog"
	"net"
	"os"
)

// tellServiceManager sends a state to the service manager that started us, if
// one did and wants to know.
//
// See sd_notify(3): a datagram to the socket that NOTIFY_SOCKET names, an
// abstract one where the name begins with @.
func tellServiceManager(ctx context.Context, log *slog.Logger, state string) {
	socket := os.Getenv("NOTIFY_SOCKET")
	if socket == "" {
		return
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unixgram", socket)
	if err == nil {
		_, err = conn.Write([]byte(state))
		_ = conn.Close()
	}
	if err != nil {
		log.WarnContext(ctx, "the service manager could not be told", slog.String("state", state), slog.Any("error", err))
	}
}

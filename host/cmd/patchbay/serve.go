package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"patchbay.example/internal/api"
	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/telemetry"
	"patchbay.example/internal/web"
	"patchbay.example/internal/wire"
)

// The limits of an orderly end, which takes 10 s at most: a service manager
// waits a little longer before it kills.
const (
	// yieldLimit is how long runs may take to store the page in hand. Afterwards
	// they are cancelled, and begin at that page when they go on.
	yieldLimit = 4 * time.Second
	// scheduleLimit is when runs that do not even end then are left: their leases
	// run out by themselves.
	scheduleLimit = 8 * time.Second
	// answersLimit is how long answers under way may take.
	answersLimit = time.Second
	// tracesLimit is how long the last traces may take.
	tracesLimit = time.Second
)

const (
	// headerLimit and maxHeaderBytes keep a silent or talkative client of this
	// machine from holding what others need. Answers have no limit as a whole, for
	// live progress and exports last: handlers set their own.
	headerLimit    = 10 * time.Second
	idleLimit      = 2 * time.Minute
	maxHeaderBytes = 32 << 10
)

func (a *app) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the service: schedule, pages and API",
		Long: `Serve syncs every connection on its schedule and shows what stands, on an
address of this machine. It prints an address that opens a session, once; patchbay
open prints another. SIGTERM ends it within 10 seconds: a run stores the page in
hand and goes on from there next time. A second signal ends it at once.`,
		Example: `  patchbay serve
  patchbay serve --data /srv/patchbay --listen 127.0.0.1:8080`,
		Args: program.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context()) },
	}
	a.flags.addServe(cmd.Flags())
	return cmd
}

func (a *app) openCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "open",
		Short:   "Print an address that opens a session with the running service",
		Example: "  patchbay open",
		Args:    program.NoArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.openSession(cmd.Context()) },
	}
}

// serve runs the service until ctx ends.
func (a *app) serve(ctx context.Context) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	stopTraces, err := telemetry.Start(ctx, version)
	if err != nil {
		return configError(err, "")
	}
	sv, err := start(ctx, s, s.log(a))
	if err != nil {
		return err
	}
	err = sv.greet(a)
	if err == nil {
		err = sv.wait(ctx)
	}
	err = errors.Join(err, sv.stop(ctx))
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), tracesLimit)
	defer cancel()
	if err := stopTraces(last); err != nil {
		sv.log.WarnContext(last, "the last traces were not sent", slog.Any("error", err))
	}
	return err
}

// served is a service that runs.
type served struct {
	*installed
	log     *slog.Logger
	held    *lock // nil where another service of this machine speaks for the data folder
	site    *web.Site
	server  *http.Server
	address string
	failed  chan error // the server's end, before it was asked to
	// cool ends the warming of the People view, and waits for it; nil before it
	// has begun.
	cool func()
}

// start starts everything, in order; where something fails, what was started
// before is stopped again.
func start(ctx context.Context, s settings, log *slog.Logger) (_ *served, err error) {
	sv := &served{log: log, failed: make(chan error, 1)}
	if sv.held, err = claimToServe(ctx, s); err != nil {
		return nil, err
	}
	listener, err := listen(ctx, s.listen)
	if err != nil {
		return nil, errors.Join(err, sv.held.release())
	}
	sv.address = "http://" + listener.Addr().String()
	if sv.installed, err = assemble(ctx, s, log, sv.address); err != nil {
		return nil, errors.Join(err, listener.Close(), sv.held.release())
	}
	token, err := machineToken(s.data)
	if err != nil {
		err = folderError(s.data, err)
	} else if err = sealingKeyError(sv.service.CheckSealingKey(ctx)); err == nil {
		err = sv.answer(listener, token)
	}
	if err == nil {
		err = sv.scheduler.Start(ctx)
	}
	if err == nil && sv.held != nil {
		if err = sv.held.announce(announcement{Address: sv.address, Token: token, PID: os.Getpid(), Version: version}); err != nil {
			err = folderError(s.data, err)
		}
	}
	if err != nil {
		return nil, errors.Join(err, sv.stop(ctx))
	}
	sv.keepWarm(ctx)
	log.InfoContext(ctx, "the service is ready", slog.String("address", sv.address), slog.String("store", s.storeName()))
	tellServiceManager(ctx, log, "READY=1")
	return sv, nil
}

// sealingKeyError says what to do about a sealing key that is another one's.
func sealingKeyError(err error) error {
	if !errors.Is(err, service.ErrSealingKey) {
		return err
	}
	return &program.Error{
		Err: err, Reason: "SEALING_KEY", Code: wire.ExitUsage,
		Fix: "Copy the key of the process that stored the secrets, or restore it from a backup, and name it with sealing_key. Where it is lost, enter each secret again with: patchbay connections set.",
	}
}

// claimToServe takes the lock of the data folder. On PostgreSQL, where several
// services may share a folder, it is nil for all but the first.
func claimToServe(ctx context.Context, s settings) (*lock, error) {
	if s.postgres() {
		return tryClaim(s.data)
	}
	held, running, err := claim(ctx, s.data)
	if err != nil {
		return nil, err
	}
	if running != nil {
		return nil, &program.Error{
			Err:    fmt.Errorf("a service has %s already: process %d, at %s", s.data, running.PID, running.Address),
			Reason: "ALREADY_SERVED", Code: wire.ExitOurs,
			Fix: "Open it with: patchbay open. For a second installation name another folder with --data, and another address with --listen.",
		}
	}
	return held, nil
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, &program.Error{
			Err: fmt.Errorf("%s is in use by another program", address), Reason: "ADDRESS_IN_USE", Code: wire.ExitOurs,
			Fix: "Stop that program, or listen elsewhere: --listen 127.0.0.1:0 takes a free port.",
		}
	case err != nil:
		reason := err
		if number, ok := errors.AsType[syscall.Errno](err); ok {
			reason = number // the rest repeats the address
		}
		return nil, &program.Error{
			Err: fmt.Errorf("listen on %s: %w", address, reason), Reason: "ADDRESS_UNUSABLE", Code: wire.ExitOurs,
			Fix: "Choose another: --listen " + defaultListen + ". Ports below 1024 are for root on most systems.",
		}
	}
	return listener, nil
}

// answer begins to answer requests.
func (sv *served) answer(listener net.Listener, token string) error {
	measured := telemetry.New(telemetry.Config{Operations: sv.service, Version: version})
	var err error
	sv.site, err = web.New(web.Config{
		Operations: sv.service, People: sv.directory, API: sv.machines(), Telemetry: measured.Metrics(), Ready: sv.ready,
		Origin: sv.address, APIToken: token, Version: version, Log: sv.log,
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	sv.server = &http.Server{
		Handler: measured.Instrument(sv.site), ReadHeaderTimeout: headerLimit, IdleTimeout: idleLimit, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: slog.NewLogLogger(sv.log.Handler(), slog.LevelWarn),
	}
	sv.server.RegisterOnShutdown(sv.site.Close)
	go func() { sv.failed <- sv.server.Serve(listener) }()
	return nil
}

// greet prints where to go. The address opens a session, so it goes to whoever
// started the program, and not into a service manager's log.
func (sv *served) greet(a *app) error {
	shown := struct {
		Address string `json:"address"`
		Login   string `json:"login_url,omitempty"`
	}{Address: sv.address}
	if os.Getenv("INVOCATION_ID") == "" { // systemd.exec(5)
		shown.Login = sv.site.LoginURL()
	}
	return a.show(shown, func(w io.Writer) {
		if shown.Login == "" {
			_, _ = fmt.Fprintf(w, "Patchbay is ready at %s. For an address that opens a session: patchbay open\n", shown.Address)
			return
		}
		_, _ = fmt.Fprintf(w, "Patchbay is ready: %s\nThe address opens one session. For another one: patchbay open\n", shown.Login)
	})
}

// wait waits for the end of ctx, or of the server.
func (sv *served) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case err := <-sv.failed:
		return fmt.Errorf("answer at %s: %w", sv.address, err)
	}
}

// stop ends what start began, in reverse. Runs hand over after the page in
// hand. That ctx has ended is why one stops, and cuts nothing short.
func (sv *served) stop(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	tellServiceManager(ctx, sv.log, "STOPPING=1")
	sv.log.InfoContext(ctx, "the service is stopping")
	close(sv.yield)
	if sv.cool != nil {
		sv.cool()
	}
	err := errors.Join(sv.stopSchedule(ctx), sv.stopAnswering(ctx), sv.close(), sv.held.release())
	if err != nil {
		sv.log.ErrorContext(ctx, "the service did not end cleanly", slog.Any("error", err))
		return err
	}
	sv.log.InfoContext(ctx, "the service has stopped")
	return nil
}

func (sv *served) stopSchedule(ctx context.Context) error {
	stopped := make(chan error, 1)
	go func() {
		yielding, cancel := context.WithTimeout(ctx, yieldLimit)
		defer cancel()
		stopped <- sv.scheduler.Stop(yielding)
	}()
	select {
	case err := <-stopped:
		return err
	case <-time.After(scheduleLimit):
		return errors.New("runs did not end in time; they go on when their leases are over")
	}
}

func (sv *served) stopAnswering(ctx context.Context) error {
	if sv.server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answersLimit)
	defer cancel()
	if err := sv.server.Shutdown(ctx); err != nil { // somebody takes their time
		return sv.server.Close()
	}
	return nil
}

// loginPath is where a service is asked for an address that opens a session. It
// stands below what is for machines, and so behind the guard's token.
const loginPath = "/api/login"

// machines answers what machines ask: the API, and for a session.
func (sv *served) machines() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", api.WithDirectory(sv.service, sv.directory, version))
	mux.HandleFunc("POST "+loginPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(login{URL: sv.site.LoginURL()}) // whoever has left needs no answer
	})
	return mux
}

// login is an address that opens a session.
type login struct {
	URL string `json:"url"`
}

// openSession prints an address that opens a session with the service that runs.
func (a *app) openSession(ctx context.Context) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	running, err := readRuntime(runtimePath(s.data))
	if err != nil || !answers(ctx, running) {
		return &program.Error{
			Err: fmt.Errorf("no service runs on %s", s.data), Reason: "NOT_SERVED", Code: wire.ExitOurs,
			Fix: "Start it with: patchbay serve. If it runs with another data folder, name that with --data.",
		}
	}
	session, err := askForLogin(ctx, running)
	if err != nil {
		return fmt.Errorf("ask the service at %s for a session: %w", running.Address, err)
	}
	return a.show(session, func(w io.Writer) { _, _ = fmt.Fprintln(w, session.URL) })
}

func askForLogin(ctx context.Context, running announcement) (login, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, running.Address+loginPath, nil)
	if err != nil {
		return login{}, err
	}
	request.Header.Set("Authorization", "Bearer "+running.Token)
	response, err := loopback.Do(request)
	if err != nil {
		return login{}, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return login{}, fmt.Errorf("it answers %s; was it started by another version?", response.Status)
	}
	var session login
	err = json.NewDecoder(io.LimitReader(response.Body, maxRuntimeBytes)).Decode(&session)
	return session, err
}

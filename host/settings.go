package host

import (
	"cmp"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"time"
)

// Defaults of [Settings], each used where the setting is zero.
const (
	// DefaultStartTimeout is far above the 50 ms that a start takes, and low
	// enough that a cancelled start is not felt.
	DefaultStartTimeout = 15 * time.Second
	// DefaultIdleLimit is how long a stream may say nothing. A connector that
	// waits says so every 20 s; a single request to a service, with all its
	// retries, stays below.
	DefaultIdleLimit = 5 * time.Minute
	// DefaultGracePeriod is how long a connector may take to stop after it was
	// asked. go-plugin gives it 2 s after its answer.
	DefaultGracePeriod = 3 * time.Second
	// DefaultMaxRestarts is how often a process is started again without a page
	// accepted in between. What fails four times in a row fails always.
	DefaultMaxRestarts = 3
	// DefaultBackoff is the wait before the first restart; it doubles with each.
	DefaultBackoff = time.Second
	// DefaultMaxBackoff bounds the doubling.
	DefaultMaxBackoff = 2 * time.Minute
	// DefaultCallTimeout bounds Describe and ListResources.
	DefaultCallTimeout = 30 * time.Second
	// DefaultConnectTimeout bounds Connect, which asks the service several
	// times and may meet a rate limit.
	DefaultConnectTimeout = 2 * time.Minute
)

// Settings say which connector to run, and how. Only Path is needed.
type Settings struct {
	// Path is the connector's executable. Neither it nor the folder that holds
	// it, or that holds a symbolic link to it, may be writable by everybody, or
	// by a group other than the user's own primary one. A folder with the sticky
	// bit, such as /tmp, may. (On Windows this is not looked at.)
	Path string
	// SHA256 pins the executable: 64 hexadecimal digits, checked at each start
	// on the opened file. On Linux that very file is run, whatever has taken its
	// place meanwhile. Empty: not pinned.
	SHA256 string
	// RuntimeDir holds the folders of sockets, mode 0700. It is made if it does
	// not exist. Empty: a folder of this user in XDG_RUNTIME_DIR, or else in the
	// system's folder for temporary files.
	RuntimeDir string
	// Log takes what host and connector log; nil discards it.
	Log *slog.Logger
	// LogLevel is what the connector is asked to log.
	LogLevel slog.Level
	// HostName is the host's name and version, for the connector's own log and
	// the user agent of its requests, for example "patchbay/0.1.0".
	HostName string
	// Limits bounds times and restarts.
	Limits Limits
}

// Limits bounds times and restarts. A zero value is the default of that name.
type Limits struct {
	// StartTimeout is from the start of the process to its first answer.
	StartTimeout time.Duration
	// CallTimeout bounds Describe and ListResources, ConnectTimeout Connect.
	CallTimeout, ConnectTimeout time.Duration
	// IdleLimit is how long Sync waits for the next event.
	IdleLimit time.Duration
	// GracePeriod is how long a process may take to stop, and a stream to end
	// after it was cancelled.
	GracePeriod time.Duration
	// MaxRestarts is the number of restarts without an accepted page in
	// between; negative: none.
	MaxRestarts int
	// Backoff is the wait before the first restart and doubles with each up to
	// MaxBackoff. Half of it is left to chance.
	Backoff, MaxBackoff time.Duration
}

func (l Limits) withDefaults() Limits {
	l.StartTimeout = cmp.Or(l.StartTimeout, DefaultStartTimeout)
	l.CallTimeout = cmp.Or(l.CallTimeout, DefaultCallTimeout)
	l.ConnectTimeout = cmp.Or(l.ConnectTimeout, DefaultConnectTimeout)
	l.IdleLimit = cmp.Or(l.IdleLimit, DefaultIdleLimit)
	l.GracePeriod = cmp.Or(l.GracePeriod, DefaultGracePeriod)
	l.MaxRestarts = max(0, cmp.Or(l.MaxRestarts, DefaultMaxRestarts))
	l.Backoff = cmp.Or(l.Backoff, DefaultBackoff)
	l.MaxBackoff = cmp.Or(l.MaxBackoff, DefaultMaxBackoff)
	return l
}

// backoff is the wait before the restart of that number, from 1: half of it
// fixed, half by chance, so that many connectors that died together do not
// start together.
func (l Limits) backoff(restart int) time.Duration {
	wait := l.MaxBackoff
	if shift := restart - 1; shift < 32 && l.Backoff<<shift>>shift == l.Backoff {
		wait = min(wait, l.Backoff<<shift)
	}
	half := wait / 2
	return half + rand.N(half+1)
}

// complete checks the settings and fills in the defaults. The second result is
// the pin, nil for none.
func (s Settings) complete() (Settings, []byte, error) {
	if s.Path == "" {
		return s, nil, faultf(SettingsInvalid, "no connector was named: Path is empty")
	}
	path, err := filepath.Abs(s.Path)
	if err != nil {
		return s, nil, &Fault{Reason: SettingsInvalid, Message: "the connector's path " + s.Path + " can't be resolved", Cause: err}
	}
	s.Path = path
	var pin []byte
	if s.SHA256 != "" {
		if pin, err = hex.DecodeString(s.SHA256); err != nil || len(pin) != 32 {
			return s, nil, faultf(SettingsInvalid, "the connector's SHA-256 must be 64 hexadecimal digits, and %.80q is not", s.SHA256)
		}
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	s.Limits = s.Limits.withDefaults()
	return s, pin, nil
}

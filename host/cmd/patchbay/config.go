package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"patchbay.example/internal/connection"
	"patchbay.example/internal/program"
	"patchbay.example/internal/spelling"
	"patchbay.example/internal/wire"
)

// settings are how an installation is set up, from all sources.
type settings struct {
	data          string // folder of what is kept
	database      string // PostgreSQL's connection string; empty: SQLite in data
	connectors    string // folder of connectors; may be empty
	requirePin    bool
	sealingKey    string // file
	listen        string // address, loopback
	workers       int
	tick, lease   time.Duration
	logLevel      slog.Level
	logFormat     string // text or json
	webhook       string // the address; may hold a secret
	webhookSecret string
	webhookKey    []byte // what webhookSecret stands for
	keepRuns      time.Duration
	// keepTombstones is for replaced versions, too.
	keepTombstones time.Duration
	configuredIn   string // the configuration file that was read; empty: none
}

const (
	databaseFile     = "patchbay.db"
	sealingKeyFile   = "sealing-key.json"
	configFile       = "patchbay.yaml"
	systemConfigFile = "/etc/patchbay/patchbay.yaml"

	defaultListen  = "127.0.0.1:7788"
	defaultWorkers = 4 // runs at once: each is a process of some 30 MiB and mostly waits for the service
	defaultTick    = 15 * time.Second
	defaultLease   = time.Minute
	defaultKeep    = 90 * 24 * time.Hour
)

func defaultSettings() settings {
	return settings{
		listen: defaultListen, workers: defaultWorkers, tick: defaultTick, lease: defaultLease,
		logLevel: slog.LevelInfo, logFormat: "text", keepRuns: defaultKeep, keepTombstones: defaultKeep,
	}
}

func (s *settings) databasePath() string { return filepath.Join(s.data, databaseFile) }

// postgres reports whether the installation is on PostgreSQL.
func (s *settings) postgres() bool { return s.database != "" }

// storeName names the store in messages, without a password.
func (s *settings) storeName() string {
	if s.postgres() {
		return "the PostgreSQL database"
	}
	return s.databasePath()
}

// settingsFlags are the flags that say which installation is meant, and how it
// is set up.
type settingsFlags struct {
	config string
	given  map[string]string // by the name of the key
}

// add adds what every command takes.
func (f *settingsFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.config, "config", "", "configuration file (default "+configFile+" in the data folder, or "+systemConfigFile+")")
	f.addKeys(flags, func(k key) bool { return !k.serve })
}

// addServe adds what only the service takes.
func (f *settingsFlags) addServe(flags *pflag.FlagSet) {
	f.addKeys(flags, func(k key) bool { return k.serve })
}

func (f *settingsFlags) addKeys(flags *pflag.FlagSet, wanted func(key) bool) {
	if f.given == nil {
		f.given = map[string]string{}
	}
	for _, k := range keys() {
		if wanted(k) {
			flag := flags.VarPF(&keyFlag{key: k, given: f.given}, k.flag(), "", k.help)
			if k.boolean {
				flag.NoOptDefVal = "true"
			}
		}
	}
}

// keyFlag is a key of the configuration as a flag.
type keyFlag struct {
	key   key
	given map[string]string
}

var _ pflag.Value = (*keyFlag)(nil)

func (f *keyFlag) String() string { return "" }

func (f *keyFlag) Type() string { return f.key.kind() }

// Set keeps the value. It is looked at later: what pflag says of a value that
// is refused repeats it, and it may hold a password.
func (f *keyFlag) Set(value string) error {
	f.given[f.key.name] = value
	return nil
}

// hasPassword reports whether a connection string may hold a password.
func hasPassword(database string) bool {
	_, rest, isURL := strings.Cut(database, "://")
	user, _, hasUser := strings.Cut(rest, "@")
	if isURL && hasUser && strings.Contains(user, ":") {
		return true
	}
	return strings.Contains(database, "password=")
}

// environment is where settings come from beside flags and files.
type environment struct {
	all  []string // NAME=value, as os.Environ
	home func() (string, error)
}

func (e environment) get(name string) string {
	value := ""
	for _, entry := range e.all {
		if n, v, ok := strings.Cut(entry, "="); ok && n == name {
			value = v
		}
	}
	return value
}

// settings reads the configuration: file, environment and flags, the later
// ahead of the earlier. Errors are [*program.Error] with wire.ExitUsage.
func (a *app) settings() (settings, error) {
	return a.flags.load(environment{all: os.Environ(), home: os.UserHomeDir})
}

func (f *settingsFlags) load(env environment) (settings, error) {
	s := defaultSettings()
	if hasPassword(f.given["database"]) {
		return settings{}, configError(errors.New("--database holds a password, which everybody on this machine may read in the list of processes"), "Set DATABASE_URL, or database in the configuration file.")
	}
	fromEnvironment, err := env.values()
	if err != nil {
		return settings{}, configError(err, "")
	}
	data := firstOf(f.given["data"], fromEnvironment["data"])
	if data == "" {
		if data, err = env.dataFolder(); err != nil {
			return settings{}, configError(err, "Name a folder with --data.")
		}
	}
	s.data = data
	path, text, err := f.file(env, data)
	switch {
	case err != nil && path == filepath.Join(data, configFile) && errors.Is(err, fs.ErrPermission):
		return settings{}, foreignFolder(data)
	case err != nil:
		return settings{}, configError(err, "Correct the path, or leave --config and PATCHBAY_CONFIG away.")
	}
	if path != "" {
		if s.configuredIn, err = filepath.Abs(path); err != nil {
			return settings{}, configError(err, "")
		}
		if err := s.applyFile(s.configuredIn, text); err != nil {
			return settings{}, configError(err, "Correct "+path+"; docs/service.md lists every key.")
		}
	}
	if err := s.apply(fromEnvironment, key.env); err != nil {
		return settings{}, err
	}
	if err := s.apply(f.given, func(k key) string { return "--" + k.flag() }); err != nil {
		return settings{}, err
	}
	return s, s.complete()
}

// apply sets values by their keys. called is what a key is called where they
// come from.
func (s *settings) apply(values map[string]string, called func(key) string) error {
	for _, k := range keys() {
		value, given := values[k.name]
		if !given {
			continue
		}
		if err := k.set(s, value); err != nil {
			return configError(fmt.Errorf("%s %w", called(k), err), "")
		}
	}
	return nil
}

// complete fills in what depends on other settings, of which data is given, and
// follows references.
func (s *settings) complete() error {
	var err error
	if s.data, err = filepath.Abs(s.data); err != nil {
		return configError(err, "")
	}
	if s.sealingKey == "" {
		s.sealingKey = filepath.Join(s.data, sealingKeyFile)
	}
	for name, value := range map[string]*string{"database": &s.database, "webhook.url": &s.webhook, "webhook.secret": &s.webhookSecret} {
		if *value, err = s.resolve(name, *value); err != nil {
			return err
		}
	}
	if s.webhook != "" {
		if address, err := url.Parse(s.webhook); err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" {
			return configError(errors.New("webhook.url (it is not shown, for it may hold a secret) is no address that can be posted to"), "Write it as https://hooks.example.com/path.")
		}
	}
	if s.webhookKey, err = signingKey(s.webhookSecret); err != nil {
		return configError(fmt.Errorf("webhook.secret %w", err), "")
	}
	return nil
}

// signingKey is the key that a webhook's secret stands for. Standard Webhooks
// writes keys in base64 behind whsec_; any other text is a key as it is.
func signingKey(secret string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(secret, "whsec_")
	if !ok {
		return []byte(secret), nil
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) == 0 {
		return nil, errors.New("begins with whsec_, and what follows is no base64") // and is not shown
	}
	return key, nil
}

// foreignFolder says that a data folder is another user's.
func foreignFolder(data string) error {
	return &program.Error{
		Err:    fmt.Errorf("the data folder %s can't be read: it belongs to another user", data),
		Reason: "DATA_FOLDER", Code: wire.ExitOurs,
		Fix: "Run this as the user whom the service runs as: docs/service.md, Commands and the service.",
	}
}

// resolve follows a reference to a secret: env:NAME, file:PATH.
func (s *settings) resolve(name, value string) (string, error) {
	if value == "" {
		return "", nil
	}
	sources := connection.Sources{}
	if s.configuredIn != "" {
		sources.Folder = filepath.Dir(s.configuredIn)
	}
	resolved, err := connection.Entered{JSON: []byte("{}"), Secrets: map[string]string{name: value}}.Resolve(sources)
	if err != nil {
		return "", configError(err, "")
	}
	return strings.TrimSpace(resolved.Secrets[name]), nil
}

// file is the configuration file, if there is one.
func (f *settingsFlags) file(env environment, data string) (path string, text []byte, err error) {
	if named := firstOf(f.config, env.get("PATCHBAY_CONFIG")); named != "" {
		text, err = readConfigFile(named)
		return named, text, err
	}
	for _, path := range []string{filepath.Join(data, configFile), systemConfigFile} {
		text, err := readConfigFile(path)
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) { // of the latter the data folder's maker tells
			return path, text, err
		}
	}
	return "", nil, nil
}

// values are the keys that the environment sets. A variable that begins as ours
// do and means nothing is an error.
func (e environment) values() (map[string]string, error) {
	values := map[string]string{}
	if value := e.get("DATABASE_URL"); value != "" {
		values["database"] = value
	}
	names := map[string]string{}
	known := []string{"PATCHBAY_CONFIG"}
	for _, k := range keys() {
		names[k.env()] = k.name
		known = append(known, k.env())
	}
	for _, entry := range e.all {
		name, value, _ := strings.Cut(entry, "=")
		switch {
		case !strings.HasPrefix(name, "PATCHBAY_") || name == "PATCHBAY_CONFIG" || ofTests(name):
		case names[name] == "":
			return nil, fmt.Errorf("the environment variable %s means nothing to Patchbay%s", name, didYouMean(name, known))
		case value != "":
			values[names[name]] = value
		}
	}
	return values, nil
}

// ofTests reports whether a variable is for Patchbay's own tests.
func ofTests(name string) bool {
	return name == "PATCHBAY_REQUIRE" || name == "PATCHBAY_PICTURES" || strings.HasPrefix(name, "PATCHBAY_TEST_")
}

// dataFolder is the default: that of the service manager, or that of the
// user's programs.
//
// See systemd.exec(5), STATE_DIRECTORY, which lists folders, and the XDG Base
// Directory Specification, XDG_DATA_HOME, which counts only where absolute.
func (e environment) dataFolder() (string, error) {
	if state := e.get("STATE_DIRECTORY"); state != "" {
		first, _, _ := strings.Cut(state, ":")
		return first, nil
	}
	if folder := e.get("XDG_DATA_HOME"); filepath.IsAbs(folder) {
		return filepath.Join(folder, "patchbay"), nil
	}
	home, err := e.home()
	if err != nil {
		return "", fmt.Errorf("no data folder is named, and this user has no home folder: %w", err)
	}
	return filepath.Join(home, ".local", "share", "patchbay"), nil
}

// checkListen accepts addresses of this machine only.
func checkListen(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return fmt.Errorf("is %q, and should be an address and a port such as %s", address, defaultListen)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("is %q, and a port is a number from 0 to 65535, where 0 takes a free one", clip(address))
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("is %q, which other machines may reach: this version listens on 127.0.0.1, ::1 or localhost only; to reach it from elsewhere, use an SSH tunnel", address)
	}
	return nil
}

// didYouMean completes a sentence about a name that is none of those known.
func didYouMean(name string, known []string) string {
	lower := make([]string, len(known))
	for i, k := range known {
		lower[i] = strings.ToLower(k)
	}
	guess, ok := spelling.Nearest(clip(name), lower)
	if !ok {
		return ""
	}
	return ": did you mean " + known[slices.Index(lower, guess)] + "?"
}

func configError(err error, fix string) error {
	return &program.Error{Err: err, Reason: program.ReasonConfig, Fix: fix, Code: wire.ExitUsage}
}

func firstOf(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}

// log is the log that the settings ask for.
func (s *settings) log(a *app) *slog.Logger {
	if s.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(a.stderr, &slog.HandlerOptions{Level: s.logLevel}))
	}
	return program.NewLog(a.stderr, s.logLevel)
}

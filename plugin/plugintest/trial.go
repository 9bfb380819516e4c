package plugintest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Times of the examination. They follow those of a host, so that a connector
// which passes here is not given up there.
const (
	// DefaultPatience is how long a call may take, and how long a stream may say
	// nothing without announcing a wait, where [Target] says nothing else. A host
	// gives Describe and ListResources as long.
	DefaultPatience = 30 * time.Second
	// maxStart is how long a start may take, as a host's.
	maxStart = 15 * time.Second
	// connectPatience is by how much Connect, which asks the service several
	// times, may take longer than other calls.
	connectPatience = 4
	// stopLimit is how long a connector that was asked to stop may take. A host
	// kills it after 3 s; the rest is for a machine that is busy with tests.
	stopLimit = 6 * time.Second
	// caseLimit is how long a case may take that reads no listing to its end, and
	// listingLimit one that does: a service with rate limits takes its time.
	caseLimit    = 3 * time.Minute
	listingLimit = 20 * time.Minute
)

// trial is one examination: what was seen so far, and the processes that run.
type trial struct {
	target   Target
	patience time.Duration
	folder   string // of the socket folders; removed at the end
	identity *identity
	canaries *canaries
	seen     *seen
	failed   map[string]bool   // the cases that failed
	rested   map[string]string // the cases that were skipped, each with the failed one on which it rests

	starts  int // processes started
	running map[*process]struct{}
	main    *process // the connected process that cases share; nil before

	description *connectorv1.DescribeResponse // nil until Describe was answered
	current     string                        // the case that is tried
	unstartable string                        // the case in which no process could be started
	unconnected string                        // the case in which none could be connected
	straight    *book                         // the listing that cases compare with; nil until it was read
	straightErr error                         // why it did not come to its end
	straightLog int64                         // bytes that were logged meanwhile
	longestLine int64                         // in any log
	floods      []string                      // logs that were too long, by what was tried
}

func newTrial(target Target) (*trial, error) {
	// The system's own folder: a test's has a path that is too long for sockets.
	folder, err := os.MkdirTemp("", "pbt")
	if err != nil {
		return nil, fmt.Errorf("make a folder for sockets: %w", err)
	}
	t := &trial{
		target: target, patience: target.Patience, folder: folder, seen: newSeen(),
		canaries: newCanaries(target.Secrets), failed: map[string]bool{}, rested: map[string]string{}, running: map[*process]struct{}{},
	}
	if t.patience <= 0 {
		t.patience = DefaultPatience
	}
	if t.identity, err = newIdentity(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return t, nil
}

func (t *trial) startLimit() time.Duration { return min(t.patience, maxStart) }

// close ends all processes and removes what they left.
func (t *trial) close(ctx context.Context) error {
	for _, p := range slices.Collect(maps.Keys(t.running)) {
		p.discard(ctx)
	}
	return os.RemoveAll(t.folder)
}

// started returns a process that can be called: the shared one, or else a new
// one that is not connected. After a start that failed it skips.
func (t *trial) started(ctx context.Context) (*process, error) {
	if t.main != nil && t.main.alive() {
		return t.main, nil
	}
	return t.fresh(ctx, startup{})
}

// fresh starts a process that is not connected. The first case that can't is
// failed by it, and those after it skip.
func (t *trial) fresh(ctx context.Context, how startup) (*process, error) {
	if t.unstartable != "" {
		return nil, skipAfter(t.unstartable, "No process could be started any more (see the case %q).", t.unstartable)
	}
	if t.failed[caseSideBySide] && t.main != nil && t.main.alive() {
		return nil, skipAfter(caseSideBySide, "It needs a second process (see the case %q).", caseSideBySide)
	}
	p, err := t.begin(ctx, how)
	if err != nil && ctx.Err() == nil {
		if t.current != caseSideBySide {
			t.unstartable = t.current
		}
		return nil, fail("A process can't be started: %v", err)
	}
	return p, err
}

// described returns the connector's description.
func (t *trial) described(ctx context.Context) (*connectorv1.DescribeResponse, error) {
	if t.description != nil {
		return t.description, nil
	}
	p, err := t.started(ctx)
	if err != nil {
		return nil, err
	}
	if t.main != p {
		defer p.discard(ctx)
	}
	if _, err := p.describe(ctx); err != nil {
		return nil, skip("Describe was not answered (see the case %q): %v", caseDescribe, err)
	}
	return t.description, nil
}

// connected returns the connected process that cases share. It skips where there
// can be none.
func (t *trial) connected(ctx context.Context) (*process, error) {
	if t.main != nil && t.main.alive() {
		return t.main, nil
	}
	t.main.discard(ctx)
	p, err := t.another(ctx, startup{logLevel: "INFO"})
	if err != nil {
		return nil, err
	}
	t.main = p
	return p, nil
}

// another starts and connects a process. The case that asks for it discards it.
// The first case that can't is failed by it, and those after it skip.
func (t *trial) another(ctx context.Context, how startup) (*process, error) {
	if t.target.Config == nil {
		return nil, skip("No configuration was given with which the connector connects.")
	}
	if t.unconnected != "" {
		return nil, skipAfter(t.unconnected, "There is no connection any more (see the case %q).", t.unconnected)
	}
	p, err := t.fresh(ctx, how)
	if err != nil {
		return nil, err
	}
	response, err := p.connect(ctx, t.connectRequest(nil))
	if err == nil && response.HasRefusal() {
		err = fail("The connection is refused with the configuration of this examination: %s", refusalText(response.GetRefusal()))
	}
	if err == nil {
		return p, nil
	}
	p.discard(ctx)
	if ctx.Err() == nil && t.current != caseSideBySide {
		t.unconnected = t.current
	}
	return nil, err
}

// connectRequest is Connect with the target's configuration, to resume with
// those cursors.
func (t *trial) connectRequest(cursors map[string]string) *connectorv1.ConnectRequest {
	return connectorv1.ConnectRequest_builder{ConfigJson: t.target.Config, Secrets: t.target.Secrets, ResumeCursors: cursors}.Build()
}

// resource returns a connected process and the resource that streams are read
// of: the target's, or else the first that can be read.
func (t *trial) resource(ctx context.Context) (*process, *connectorv1.Resource, error) {
	p, err := t.connected(ctx)
	if err != nil {
		return nil, nil, err
	}
	r, err := t.resourceOf(ctx, p)
	return p, r, err
}

func (t *trial) resourceOf(ctx context.Context, p *process) (*connectorv1.Resource, error) {
	resources, err := p.list(ctx)
	if err != nil {
		return nil, skip("ListResources was not answered (see the case %q): %v", caseResources, err)
	}
	names := make([]string, len(resources))
	for i, resource := range resources {
		names[i] = resource.GetName()
		if t.target.Resource == "" && len(resource.GetMissingScopes()) == 0 || t.target.Resource == resource.GetName() && t.target.Resource != "" {
			return resource, nil
		}
	}
	if t.target.Resource != "" {
		return nil, skip("There is no resource %q; there are: %s.", t.target.Resource, strings.Join(names, ", "))
	}
	return nil, skip("No resource can be read: each of %s lacks a scope.", strings.Join(names, ", "))
}

// refusalText is a refusal in one line.
func refusalText(r *connectorv1.Refusal) string {
	return fmt.Sprintf("%s %s: %q", r.GetClass(), r.GetReason(), r.GetMessage())
}

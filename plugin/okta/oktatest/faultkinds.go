package oktatest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultKind describes a kind of fault.
type FaultKind struct {
	// Name is what Fault.Kind must be.
	Name string
	// Argument says what Fault.Argument means; empty if the kind takes none.
	Argument string
	// Default is the argument when none is given; empty means none.
	Default string
	// Endpoints that it can strike.
	Endpoints []Endpoint
	// Help is a line for people.
	Help string
}

// FaultKinds lists all kinds: first those that answer in an endpoint's place,
// then those that spoil what it answers, then the token endpoint's own.
func FaultKinds() []FaultKind {
	kinds := make([]FaultKind, len(faultKinds))
	for i, kind := range faultKinds {
		kinds[i] = kind.FaultKind
		kinds[i].Endpoints = slices.Clone(kind.Endpoints)
	}
	return kinds
}

// faultKind is a kind with what it does.
type faultKind struct {
	FaultKind
	check func(argument string) error // nil: takes no argument
	lay   func(x *exchange, argument string)
}

func (k faultKind) validate(f Fault) error {
	if f.Argument == "" {
		return nil
	}
	if k.check == nil {
		return fmt.Errorf("fault %s: %s takes no argument", f, k.Name)
	}
	if err := k.check(f.Argument); err != nil {
		return fmt.Errorf("fault %s: %s must be %s: %w", f, k.Name, k.Argument, err)
	}
	return nil
}

// Where kinds can strike.
var (
	everywhere = endpoints
	atToken    = []Endpoint{EndpointToken}
	atAPI      = slices.DeleteFunc(slices.Clone(endpoints), func(e Endpoint) bool { return e == EndpointToken })
	atGroups   = []Endpoint{EndpointGroups}
	atMembers  = []Endpoint{EndpointMembers}
	atLists    = slices.DeleteFunc(slices.Clone(endpoints), func(e Endpoint) bool { return !e.isList() })
)

// plainKind makes a kind without argument.
func plainKind(name string, at []Endpoint, help string, lay func(*exchange)) faultKind {
	return faultKind{
		FaultKind: FaultKind{Name: name, Endpoints: at, Help: help},
		lay:       func(x *exchange, _ string) { lay(x) },
	}
}

// durationKind makes a kind whose argument is a duration.
func durationKind(name string, at []Endpoint, fallback time.Duration, help string, lay func(*exchange, time.Duration)) faultKind {
	return faultKind{
		FaultKind: FaultKind{Name: name, Endpoints: at, Argument: "a duration such as 500ms or 5s", Default: fallback.String(), Help: help},
		check:     checkDuration,
		lay: func(x *exchange, argument string) {
			d, _ := time.ParseDuration(argument) // checked when it was ordered
			lay(x, d)
		},
	}
}

// maxFaultDuration keeps a slip of the keyboard from becoming a wait for ever.
const maxFaultDuration = 24 * time.Hour

func checkDuration(argument string) error {
	d, err := time.ParseDuration(argument)
	if err == nil && (d > maxFaultDuration || d < -maxFaultDuration) {
		return fmt.Errorf("%s is more than %s", d, maxFaultDuration)
	}
	return err
}

// numberKind makes a kind whose argument is a whole number within limits.
func numberKind(name string, at []Endpoint, argument string, fallback, least, most int, help string, lay func(*exchange, int)) faultKind {
	return faultKind{
		FaultKind: FaultKind{Name: name, Endpoints: at, Argument: argument, Default: strconv.Itoa(fallback), Help: help},
		check: func(argument string) error {
			n, err := strconv.Atoi(argument)
			if err == nil && (n < least || n > most) {
				return fmt.Errorf("%d is not between %d and %d", n, least, most)
			}
			return err
		},
		lay: func(x *exchange, argument string) {
			n, _ := strconv.Atoi(argument) // checked when it was ordered
			lay(x, n)
		},
	}
}

// textKind makes a kind whose argument is text.
func textKind(name string, at []Endpoint, argument, fallback, help string, check func(string) error, lay func(*exchange, string)) faultKind {
	return faultKind{FaultKind: FaultKind{Name: name, Endpoints: at, Argument: argument, Default: fallback, Help: help}, check: check, lay: lay}
}

// oauthKind makes the kind of a refusal by the token endpoint.
func oauthKind(e oauthError) faultKind {
	return durationKind(e.name, atToken, 0,
		fmt.Sprintf("%d %s: %s The argument shifts the Date header.", e.status, e.code, strings.TrimSuffix(e.description, ".")+"."),
		func(x *exchange, skew time.Duration) {
			x.plan.skew += skew
			x.answer(func() { x.refuseToken(e) })
		})
}

var faultKinds = allKinds()

func allKinds() []faultKind {
	kinds := slices.Concat(answerKinds(), refusalKinds(), linkKinds(), bodyKinds(), transferKinds())
	for _, e := range oauthErrors {
		kinds = append(kinds, oauthKind(e))
	}
	return kinds
}

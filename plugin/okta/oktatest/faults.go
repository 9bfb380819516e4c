package oktatest

// Fault is something that goes wrong by order.
type Fault struct{}

type faultList struct{}

// Order adds faults to those that strike from now on.
func (t *Tenant) Order(...Fault) error { return nil }

func (l *faultList) strike(*exchange, int) {}

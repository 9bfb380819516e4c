package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"patchbay.example/internal/connection"
	"patchbay.example/internal/store"
)

// overdue is how late a run may begin before it says that nobody runs the
// schedule.
const overdue = 5 * time.Minute

// maxDiagnosed bounds the notifications that a diagnosis counts.
const maxDiagnosed = 100

// Diagnose implements [Operations].
func (s *Service) Diagnose(ctx context.Context) ([]Check, error) {
	began := time.Now()
	stored, err := s.Store.Connections(ctx)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return []Check{{
			Name: "store", Title: "Database", Status: CheckFail, Detail: "The database can't be read: " + err.Error(),
			Fix: "See whether its disk or server is there and has room.", TookMS: time.Since(began).Milliseconds(),
		}}, nil
	}
	checks := []Check{{Name: "store", Title: "Database", Status: CheckOK, Detail: fmt.Sprintf("It answers; %s.", counted(int64(len(stored)), "connection")), TookMS: time.Since(began).Milliseconds()}}
	checks = append(checks, s.sealing(stored), s.punctuality(stored))
	connectors, err := s.diagnoseConnectors(ctx, stored)
	if err != nil {
		return nil, err
	}
	checks = append(checks, connectors...)
	delivery, err := s.delivery(ctx)
	if err != nil {
		return nil, err
	}
	return append(checks, delivery), nil
}

// sealing says whether every secret can be read here.
func (s *Service) sealing(stored []store.Connection) Check {
	c := Check{Name: "secrets", Title: "Secrets", Status: CheckOK, Detail: "Every secret can be read."}
	for _, conn := range stored {
		_, err := s.Sealer.Load(conn.Name, conn.Secrets, connection.Sources{})
		if err == nil {
			continue
		}
		c.Status, c.Detail = CheckFail, fmt.Sprintf("A secret of connection %s can't be read: %v.", conn.Name, err)
		c.Fix = "Make what it refers to readable for this service, or enter the secret again."
		if errors.Is(err, connection.ErrSealed) {
			c.Fix = "Give every process of this installation the same sealing key, or enter the secret again."
		}
		return c
	}
	return c
}

// punctuality says whether somebody runs the schedule.
func (s *Service) punctuality(stored []store.Connection) Check {
	c := Check{Name: "schedule", Title: "Schedule", Status: CheckOK, Detail: "No run is overdue."}
	late := 0
	var oldest store.Connection
	for _, conn := range stored {
		next := conn.Schedule.Next
		if next.IsZero() || conn.Paused || conn.State() == store.StateSyncing || s.Now().Sub(next) < overdue {
			continue
		}
		if late++; oldest.Name == "" || next.Before(oldest.Schedule.Next) {
			oldest = conn
		}
	}
	if late > 0 {
		c.Status = CheckWarn
		c.Detail = fmt.Sprintf("%s overdue; %s should have begun at %s.", counted(int64(late), "run"), oldest.Name, oldest.Schedule.Next.Format(time.RFC3339))
		c.Fix = "See that `patchbay serve` runs, and that it has workers enough."
	}
	return c
}

// diagnoseConnectors says of each connector that is used whether it can be.
func (s *Service) diagnoseConnectors(ctx context.Context, stored []store.Connection) ([]Check, error) {
	var checks []Check
	seen := map[string]bool{}
	for _, conn := range stored {
		if seen[conn.Connector] {
			continue
		}
		seen[conn.Connector] = true
		found, err := s.connector(ctx, conn.Connector)
		if err != nil {
			return nil, err
		}
		c := Check{Name: "connector_" + conn.Connector, Title: "Connector " + conn.Connector, Status: CheckOK}
		switch {
		case found.Problem != "":
			c.Status, c.Detail, c.Fix = CheckFail, sentence(found.Problem), found.Fix
		default:
			c.Detail = fmt.Sprintf("Version %s, %s.", found.Version, found.Trust)
		}
		checks = append(checks, c)
	}
	return checks, nil
}

// delivery says whether notifications reach somebody.
func (s *Service) delivery(ctx context.Context) (Check, error) {
	pending, err := s.Store.Pending(ctx, maxDiagnosed)
	if err != nil {
		return Check{}, fmt.Errorf("look at the notifications: %w", err)
	}
	c := Check{Name: "notifications", Title: "Notifications", Status: CheckOK, Detail: "None waits to be delivered."}
	for _, n := range pending {
		if n.Attempts > 0 {
			c.Status = CheckWarn
			c.Detail = fmt.Sprintf("%s not delivered yet; the last attempt failed: %s.", counted(int64(len(pending)), "notification"), n.LastError)
			c.Fix = "See whether the webhook's address is right and answers."
			break
		}
	}
	return c, nil
}

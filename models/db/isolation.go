package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// readCommitted sets the isolation level on every new connection. A statement does it, since
// the variable's name differs between MySQL and older MariaDB.
type readCommitted struct{ driver.Connector }

func (c readCommitted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // database/sql tells driver.ErrBadConn by identity
	}
	exec, ok := conn.(driver.ExecerContext)
	if !ok {
		return nil, errors.Join(errors.New("db: the driver cannot execute statements"), conn.Close())
	}
	if _, err := exec.ExecContext(ctx, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", nil); err != nil {
		return nil, errors.Join(fmt.Errorf("db: set isolation: %w", err), conn.Close())
	}
	return conn, nil
}

package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/ncruces/go-sqlite3"
	sqlite "github.com/ncruces/go-sqlite3/driver"
)

// keptStatements is how many parsed statements a SQLite connection keeps. Parsing is a third of the
// work of our short statements, database/sql throws them away at the end of each transaction, and
// GORM's own cache is bound to transactions, too.
const keptStatements = 256

// statementKeeper opens SQLite connections that keep their statements.
type statementKeeper struct{ driver.Connector }

func newStatementKeeper(dsn string) (statementKeeper, error) {
	c, err := (&sqlite.SQLite{}).OpenConnector(dsn)
	if err != nil {
		return statementKeeper{}, fmt.Errorf("db: %w", err)
	}
	return statementKeeper{c}, nil
}

func (k statementKeeper) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // database/sql tells driver.ErrBadConn by identity
	}
	full, ok := c.(fullConn)
	raw, rawOK := c.(interface{ Raw() *sqlite3.Conn })
	if !ok || !rawOK {
		return nil, errors.Join(errors.New("db: the SQLite driver has changed"), c.Close())
	}
	// Without this a kept statement is parsed again each time another number is bound to its LIMIT.
	if _, err := raw.Raw().Config(sqlite3.DBCONFIG_ENABLE_QPSG, true); err != nil {
		return nil, errors.Join(fmt.Errorf("db: %w", err), c.Close())
	}
	return &keptConn{fullConn: full, kept: map[string]*keptStatement{}}, nil
}

// fullConn is what the driver's connections can do and database/sql asks for.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
}

// keptConn is a connection with its parsed statements. database/sql uses a connection
// from one goroutine at a time.
type keptConn struct {
	fullConn
	kept map[string]*keptStatement
}

// PrepareContext gives a kept statement that is not in use, or parses a new one.
func (c *keptConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if s := c.kept[query]; s != nil && !s.busy {
		s.busy = true
		return s, nil
	}
	parsed, err := c.fullConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err //nolint:wrapcheck // mapped by errors.go
	}
	full, ok := parsed.(fullStatement)
	if !ok || c.kept[query] != nil || len(query) > 8<<10 {
		return parsed, nil // a second one at the same time, or a long list of values: not kept
	}
	if len(c.kept) >= keptStatements {
		if err := c.drop(); err != nil {
			return nil, errors.Join(err, parsed.Close())
		}
	}
	s := &keptStatement{fullStatement: full, busy: true}
	c.kept[query] = s
	return s, nil
}

// drop closes the statements that are not in use.
func (c *keptConn) drop() error {
	var errs []error
	for query, s := range c.kept {
		if !s.busy {
			errs = append(errs, s.fullStatement.Close())
			delete(c.kept, query)
		}
	}
	return errors.Join(errs...)
}

// Close closes the statements and the connection.
func (c *keptConn) Close() error {
	for _, s := range c.kept {
		s.busy = false
	}
	return errors.Join(c.drop(), c.fullConn.Close())
}

// fullStatement is what the driver's statements can do and database/sql asks for.
type fullStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

// keptStatement stays parsed when it is closed. The driver resets it and clears its
// bindings when its rows are closed or its execution ends.
type keptStatement struct {
	fullStatement
	busy bool
}

func (s *keptStatement) Close() error {
	s.busy = false
	return nil
}

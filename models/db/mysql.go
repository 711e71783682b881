package db

import (
	"database/sql"
	"fmt"
	"time"

	driver "github.com/go-sql-driver/mysql"
	gormmysql "gorm.io/driver/mysql"
	"gorm.io/gorm"
)

// sqlMode is MySQL 8's default; MariaDB is laxer and would store 0000-00-00.
const sqlMode = "'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"

func openMySQL(cfg Config) (*DB, error) {
	c, err := driver.ParseDSN(cfg.DSN)
	if err != nil {
		return nil, fmt.Errorf("db: the address of the MySQL server: %w", err)
	}
	c.ParseTime, c.Loc = true, time.UTC
	c.Collation = "utf8mb4_bin"
	c.InterpolateParams = true // one round trip instead of three
	c.ClientFoundRows = true   // a compare-and-set counts matched rows, as SQLite does
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Second
	}
	if c.Params == nil {
		c.Params = map[string]string{}
	}
	c.Params["sql_mode"] = sqlMode
	c.Params["time_zone"] = "'+00:00'"
	c.Params["innodb_lock_wait_timeout"] = "5"
	connector, err := driver.NewConnector(c)
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	pool := sql.OpenDB(readCommitted{connector})
	size := cfg.Pool
	if size == 0 {
		size = 16
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxLifetime(3 * time.Minute) // under any server's wait_timeout
	g, err := gorm.Open(gormmysql.New(gormmysql.Config{Conn: pool, DisableWithReturning: true}), gormConfig())
	if err != nil {
		return nil, fmt.Errorf("db: open MySQL: %w", err)
	}
	return &DB{write: g, read: g, pools: []*sql.DB{pool}}, nil
}

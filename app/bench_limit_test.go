//go:build linux

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"huotang/models/db"
)

// A limit is what the same answer costs without huotang: a bare Gin engine that asks its queries
// through database/sql, reads every row, and answers with bytes that it was given. It runs in a process
// of its own, this test binary started again with limitVariable, so that its time can be told from the client's.
type limit struct {
	Queries  []string `json:"queries"`
	Body     []byte   `json:"body"`
	Type     string   `json:"type"`
	Encoding string   `json:"encoding"`
	File     string   `json:"file"` // served by http.ServeContent instead
}

// limitVariable holds what a limit's process needs to know.
const limitVariable = "HUOTANG_BENCH_LIMIT"

type limitSetup struct {
	Address  string    `json:"address"`
	Database db.Config `json:"database"`
}

// serveLimits is the process of the limits; it ends by a signal.
func serveLimits(setup string) error {
	var in limitSetup
	if err := json.Unmarshal([]byte(setup), &in); err != nil {
		return err
	}
	d, err := db.Open(context.Background(), in.Database, time.Now)
	if err != nil {
		return err
	}
	lean(os.Environ(), demoMemory)
	gin.SetMode(gin.ReleaseMode)
	g, limits := gin.New(), map[string]*limit{}
	g.GET("/readyz", func(c *gin.Context) { c.Status(http.StatusOK) })
	g.POST("/api/v1/limits/:name", func(c *gin.Context) {
		l := &limit{}
		if err := json.NewDecoder(c.Request.Body).Decode(l); err != nil {
			c.AbortWithError(http.StatusBadRequest, err) //nolint:errcheck // kept in the context
			return
		}
		limits[c.Param("name")] = l
	})
	g.GET("/limits/:name", func(c *gin.Context) {
		if err := limits[c.Param("name")].answer(c, d.Pool()); err != nil {
			c.String(http.StatusInternalServerError, err.Error())
		}
	})
	return g.Run(in.Address)
}

func (l *limit) answer(c *gin.Context, pool *sql.DB) error {
	if l.File != "" {
		f, err := os.Open(l.File)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		http.ServeContent(c.Writer, c.Request, "x.mp4", time.Unix(1, 0), f)
		return nil
	}
	for _, q := range l.Queries {
		if err := readAll(c.Request.Context(), pool, q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	if l.Encoding != "" {
		c.Header("Content-Encoding", l.Encoding)
	}
	c.Data(http.StatusOK, l.Type, l.Body)
	return nil
}

func readAll(ctx context.Context, pool *sql.DB, query string) error {
	rows, err := pool.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(names))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// startLimits starts the process of the limits beside a database.
func startLimits(b *testing.B, database db.Config) *child {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	in := limitSetup{Address: freeAddress(b), Database: database}
	setup, err := json.Marshal(in)
	if err != nil {
		b.Fatal(err)
	}
	return startChild(b, in.Address, []string{limitVariable + "=" + string(setup)}, self)
}

// against measures a GET of ours against a limit that asks the queries and answers with the same bytes.
func (f *figure) against(b *testing.B, batch int, house *child, as *caller, path string, limits *child, server int, queries ...string) {
	b.Helper()
	was := as.do(true, http.MethodGet, path, nil)
	f.Bytes = was.size
	bareGin := newCaller(b, limits.url)
	bareGin.send("/limits/x", limit{
		Queries: queries, Body: was.body, Type: was.header.Get("Content-Type"), Encoding: was.header.Get("Content-Encoding"),
	})
	f.measure(b, batch,
		&side{request: func(int) { as.do(false, http.MethodGet, path, nil) }, pids: []int{house.pid}, server: server},
		&side{request: func(int) { bareGin.do(false, http.MethodGet, "/limits/x", nil) }, pids: []int{limits.pid}, server: server})
}

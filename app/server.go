package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"huotang/configs"
	"huotang/handlers"
	"huotang/handlers/web"
	"huotang/jobs"
	"huotang/media"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// Options are what a [Server] is made from.
type Options struct {
	Config  configs.Config // valid
	Demo    bool           // cards on the sign-in page
	Version string
	Now     func() time.Time // the one clock
	Log     *slog.Logger
	Out     io.Writer // for people at the terminal

	DB      *db.DB                                    // for tests: an open and migrated database, which stays open; else as Config says
	prepare func(ctx context.Context, f *front) error // of the demo: what is done while the front answers, before the database is opened
}

// Server is the whole house: [New] builds it and takes the address, [Server.Run] opens it and stays
// until it is told to stop, [Server.Close] gives everything back.
type Server struct {
	opts    Options
	front   *front
	db      *db.DB
	store   media.Store
	areas   handlers.Areas
	web     *web.App
	closers []closer // in the order of opening
}

type closer struct {
	name  string
	close func() error
}

// shutdownTime is how long requests under way may take when the server stops.
const shutdownTime = 20 * time.Second

// New takes the address, waits for database and store, brings the schema up to date and puts
// the rooms together. It answers /healthz from the start; everything else from [Server.Run] on.
func New(ctx context.Context, o Options) (*Server, error) {
	s := &Server{opts: o}
	return s.open(ctx, s.openFolder, s.openSecret, s.openFront, s.prepare, s.openDatabase, s.migrate, s.openStore, s.openAreas, s.openJobs, s.openWeb)
}

// newBackroom is [New] for commands: without address and pages, beside a server that may be
// running. It does not migrate.
func newBackroom(ctx context.Context, o Options) (*Server, error) {
	s := &Server{opts: o}
	return s.open(ctx, s.openSecret, s.openDatabase, s.current, s.openStore, s.openAreas, s.openJobs)
}

// open takes the steps in order, and gives everything back when one fails.
func (s *Server) open(ctx context.Context, steps ...func(context.Context) error) (*Server, error) {
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// later registers what [Server.Close] does.
func (s *Server) later(name string, f func() error) {
	s.closers = append(s.closers, closer{name, f})
}

// lockName is the file by which a process holds its folder.
const lockName = "lock"

// openFolder makes the data folder this process's own.
func (s *Server) openFolder(context.Context) error {
	if !s.opts.Config.UsesData() {
		return nil
	}
	unlock, err := holdFolder(s.opts.Config.Data)
	if err != nil {
		return err
	}
	s.later("folder", unlock)
	return nil
}

func (s *Server) openSecret(context.Context) error { return keepKeys(&s.opts.Config) }

// keepKeys fills what must be secret and was not given from the data folder.
func keepKeys(cfg *configs.Config) error {
	if err := cfg.KeepSecret(); err != nil {
		return err
	}
	return cfg.KeepPhoneKeys()
}

func (s *Server) openFront(context.Context) (err error) {
	if s.front, err = openFront(s.opts.Config, s.opts.Log); err != nil {
		return err
	}
	s.later("front", s.front.server.Close)
	return nil
}

// within gives f a context that ends after the time.
func within(limit time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return f(ctx)
}

func (s *Server) prepare(ctx context.Context) error {
	if s.opts.prepare == nil {
		return nil
	}
	return s.opts.prepare(ctx, s.front)
}

func (s *Server) openDatabase(ctx context.Context) (err error) {
	if s.opts.DB != nil {
		s.db = s.opts.DB
		return nil
	}
	s.db, err = openDatabase(ctx, s.opts.Config, s.opts.Now, s.opts.Out)
	if err != nil {
		return err
	}
	s.later("database", s.db.Close)
	return nil
}

func (s *Server) migrate(ctx context.Context) error {
	steps, err := s.db.Migrate(ctx, nil)
	if err == nil && steps > 0 {
		s.opts.Log.Info("schema brought up to date", "steps", steps)
	}
	return err
}

// current refuses a schema that is not this binary's.
func (s *Server) current(ctx context.Context) error {
	if err := s.db.Current(ctx); err != nil {
		return fmt.Errorf("先运行 / first run: huotang migrate (%w)", err)
	}
	return nil
}

func (s *Server) openStore(ctx context.Context) (err error) {
	s.store, err = openStore(ctx, s.opts.Config, s.opts.Now, s.opts.Out)
	if err != nil {
		return err
	}
	if c, ok := s.store.(io.Closer); ok {
		s.later("store", c.Close)
	}
	return nil
}

func (s *Server) openAreas(context.Context) (err error) {
	s.areas, err = connect(s.opts.Config, s.db, s.store)
	return err
}

// stopTime is how long jobs under way may take when the server stops.
const stopTime = 10 * time.Second

func (s *Server) openJobs(context.Context) (err error) {
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	s.areas.Jobs = jobs.New(s.db, s.opts.Log, fmt.Sprintf("%.80s/%d", host, os.Getpid()), s.opts.Now)
	s.areas.Jobs.Version = s.opts.Version
	s.areas.Importer = jobs.NewImporter(s.db, s.areas.Imports, s.opts.Log)
	s.areas.Imports.OnWork(s.areas.Importer.Wake)
	s.areas.Sender = jobs.NewSender(s.db, s.areas.Messages, s.gateway(host), s.opts.Log)
	s.areas.Messages.OnWork(s.areas.Sender.Wake)
	s.later("messages", func() error { return within(stopTime, s.areas.Sender.Stop) })
	s.later("imports", func() error { return within(stopTime, s.areas.Importer.Stop) })
	s.later("jobs", func() error { return within(stopTime, s.areas.Jobs.Stop) })
	return s.areas.Jobs.Add(everyJob(s.opts.Config.Schedules, s.areas)...)
}

// gateway is the county's way to telephones, none when it is not configured.
func (s *Server) gateway(host string) jobs.Gateway {
	w := s.opts.Config.Webhook
	if !w.On() {
		return jobs.Gateway{}
	}
	return jobs.Gateway{URL: w.URL, Key: w.Key(), Host: fmt.Sprintf("%.60s/%d", host, os.Getpid())}
}

func (s *Server) openWeb(ctx context.Context) (err error) {
	cfg := s.opts.Config
	s.web, err = web.New(web.Config{
		BaseURL: s.URL(), TrustedProxies: cfg.TrustedProxies, StoreOrigin: s.store.Origin(),
		Demo: s.opts.Demo, SecondFactor: cfg.Factor() && !s.opts.Demo, Version: s.opts.Version,
		FormKey: cfg.Key("forms"),
	}, s.db, s.areas.Accounts, s.opts.Log)
	if err != nil {
		return err
	}
	s.web.Registry.MustRegister(s.areas.Jobs, s.areas.Sender)
	s.web.ReadyWhen("schema", s.db.Current)
	s.web.ReadyWhen("store", s.store.Check)
	s.later("requests", func() error { return within(shutdownTime, s.front.close) })
	return s.nameCounty(ctx)
}

// nameCounty puts the county's own name into the header of every page, once it is set up.
func (s *Server) nameCounty(ctx context.Context) error {
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		root, err := org.Root(tx)
		if err == nil {
			s.web.SetCounty(root.Name)
		}
		return err
	})
	if fail.KindOf(err) == fail.Missing {
		return nil
	}
	return err
}

// Addr is the address listened on, with the port taken.
func (s *Server) Addr() string { return s.front.addr() }

// URL is the address that people type.
func (s *Server) URL() string { return s.opts.Config.Site(s.Addr()) }

// Run serves until ctx ends or the address is lost. It does not close the server.
func (s *Server) Run(ctx context.Context) error {
	s.front.show(handlers.New(s.web, s.areas))
	if s.opts.Config.JobsOn() {
		if err := s.areas.Jobs.Start(ctx); err != nil {
			return err
		}
		s.areas.Importer.Start()
		s.areas.Sender.Start()
	}
	s.opts.Log.Info("serving", "address", s.Addr(), "url", s.URL(), "version", s.opts.Version)
	select {
	case <-ctx.Done():
		s.opts.Log.Info("stopping")
		return nil
	case err := <-s.front.failed:
		return err
	}
}

// Close gives everything back, in the reverse order of opening: requests under way get 20 seconds to
// finish. It may be called again.
func (s *Server) Close() error {
	var errs []error
	for _, c := range slices.Backward(s.closers) {
		if err := c.close(); err != nil {
			errs = append(errs, fmt.Errorf("close %s: %w", c.name, err))
		}
	}
	s.closers = nil
	return errors.Join(errs...)
}

// openDatabase opens what the configuration names and waits for a server.
func openDatabase(ctx context.Context, cfg configs.Config, now func() time.Time, out io.Writer) (d *db.DB, err error) {
	if cfg.Database.Driver == configs.SQLite {
		if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
			return nil, fmt.Errorf("data: %w", err)
		}
		return db.Open(ctx, db.Config{Driver: db.SQLite, Path: cfg.DatabaseFile()}, now)
	}
	err = waitFor(ctx, out, "数据库/the database", cfg.Wait(), func(ctx context.Context) error {
		d, err = db.Open(ctx, db.Config{Driver: db.MySQL, DSN: string(cfg.Database.DSN)}, now)
		return err
	})
	return d, err
}

// openStore opens what the configuration names and waits for a server.
func openStore(ctx context.Context, cfg configs.Config, now func() time.Time, out io.Writer) (store media.Store, err error) {
	if cfg.Store.Kind == configs.Disk {
		return media.OpenDisk(cfg.ObjectFolder(), now)
	}
	lookup := media.Lookup(cfg.S3.Lookup)
	if lookup == "auto" {
		lookup = media.LookupAuto
	}
	err = waitFor(ctx, out, "文件存储/the object store", cfg.Wait(), func(ctx context.Context) error {
		store, err = media.OpenS3(ctx, media.S3Config{
			Endpoint: cfg.S3.Endpoint, PublicEndpoint: cfg.S3.PublicEndpoint, Region: cfg.S3.Region, Bucket: cfg.S3.Bucket,
			AccessKey: string(cfg.S3.AccessKey), SecretKey: string(cfg.S3.SecretKey), Lookup: lookup,
		})
		return err
	})
	return store, err
}

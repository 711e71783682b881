// Package configs says how this installation differs from the defaults.
//
// default.yaml, embedded, is the manual: it lists every key with its meaning, unit,
// default and an example. [Load] lays a file, the environment and the command line over it and
// reports every fault at once, with the key, where the value came from, what is wrong
// and an example. Rules of the domain that change by year or place are not configuration;
// they have a date and live in models/settings.
//
// Secrets never appear in what is printed or logged: they are of type [Secret], and a
// Config prints itself by [Config.Values].
package configs

import (
	_ "embed"
	"path/filepath"
	"strings"
	"time"
)

// Config is a whole configuration. Its keys in files are the yaml tags joined by dots
// ("database.dsn"), its environment variables "HUOTANG_" with the env tags ("HUOTANG_DATABASE_DSN").
type Config struct {
	Listen         string   `yaml:"listen" env:"LISTEN"`
	BaseURL        string   `yaml:"base_url" env:"BASE_URL"` // "" means made from Listen, see [Config.Site]
	TrustedProxies []string `yaml:"trusted_proxies" env:"TRUSTED_PROXIES"`
	Data           string   `yaml:"data" env:"DATA"`
	Secret         Secret   `yaml:"secret" env:"SECRET"`
	TimeZone       string   `yaml:"time_zone" env:"TIME_ZONE"`
	UploadLimitMB  int      `yaml:"upload_limit_mb" env:"UPLOAD_LIMIT_MB"`
	WaitSeconds    int      `yaml:"wait_seconds" env:"WAIT_SECONDS"`
	Jobs           string   `yaml:"jobs" env:"JOBS"`
	Database       Database `yaml:"database" envPrefix:"DATABASE_"`
	Store          Store    `yaml:"store" envPrefix:"STORE_"`
	S3             S3       `yaml:"s3" envPrefix:"S3_"`
	TLS            TLS      `yaml:"tls" envPrefix:"TLS_"`
	Log            Log      `yaml:"log" envPrefix:"LOG_"`

	origins  map[string]string // by key; none for defaults
	warnings []string
}

// Database says which database to use.
type Database struct {
	Driver string `yaml:"driver" env:"DRIVER"`
	DSN    Secret `yaml:"dsn" env:"DSN"` // holds a password
}

// The values of database.driver.
const (
	SQLite = "sqlite"
	MySQL  = "mysql"
)

// Store says where objects are kept.
type Store struct {
	Kind string `yaml:"kind" env:"KIND"`
}

// The values of store.kind.
const (
	Disk   = "disk"
	Bucket = "s3"
)

// S3 says where the S3 server is.
type S3 struct {
	Endpoint       string `yaml:"endpoint" env:"ENDPOINT"`
	PublicEndpoint string `yaml:"public_endpoint" env:"PUBLIC_ENDPOINT"`
	Bucket         string `yaml:"bucket" env:"BUCKET"`
	Region         string `yaml:"region" env:"REGION"`
	AccessKey      Secret `yaml:"access_key" env:"ACCESS_KEY"`
	SecretKey      Secret `yaml:"secret_key" env:"SECRET_KEY"`
	Lookup         string `yaml:"lookup" env:"LOOKUP"`
}

// TLS names the files to serve https with.
type TLS struct {
	Cert string `yaml:"cert" env:"CERT"`
	Key  string `yaml:"key" env:"KEY"`
}

// Log says what is logged and how.
type Log struct {
	Level  string `yaml:"level" env:"LEVEL"`
	Format string `yaml:"format" env:"FORMAT"`
}

// Manual is default.yaml, as `huotang config default` prints it.
//
//go:embed default.yaml
var Manual string

// Default is what default.yaml says.
func Default() Config {
	var c Config
	if faults := c.readYAML("default.yaml", []byte(Manual)); len(faults) > 0 {
		panic(faults) // embedded, and held by a test
	}
	c.origins = map[string]string{}
	return c
}

// JobsOn reports whether jobs run in this process.
func (c Config) JobsOn() bool { return c.Jobs == "on" }

// Wait is how long the start waits for the database and the store.
func (c Config) Wait() time.Duration { return time.Duration(c.WaitSeconds) * time.Second }

// UploadLimit is the largest file that may be uploaded, in bytes.
func (c Config) UploadLimit() int64 { return int64(c.UploadLimitMB) << 20 }

// DatabaseFile is where SQLite keeps its database.
func (c Config) DatabaseFile() string { return filepath.Join(c.Data, "huotang.db") }

// ObjectFolder is where the disk store keeps objects.
func (c Config) ObjectFolder() string { return filepath.Join(c.Data, "objects") }

// UsesData reports whether anything is kept in the data folder.
func (c Config) UsesData() bool { return c.Database.Driver == SQLite || c.Store.Kind == Disk }

// Site is the address that people type: base_url, or one made from the address listened on ("127.0.0.1:8080").
func (c Config) Site(listening string) string {
	if c.BaseURL != "" {
		return strings.TrimSuffix(c.BaseURL, "/")
	}
	scheme := "http://"
	if c.TLS.Cert != "" {
		scheme = "https://"
	}
	host, port, ok := cutPort(listening)
	if ok && (host == "" || host == "0.0.0.0" || host == "::") {
		host = "127.0.0.1"
	}
	return scheme + joinPort(host, port)
}

// Warnings tells what is allowed but probably a mistake: variables with our prefix that mean nothing.
func (c Config) Warnings() []string { return c.warnings }

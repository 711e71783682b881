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
	"reflect"
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
	PhoneKeys      Secret   `yaml:"phone_keys" env:"PHONE_KEYS"`           // separated by commas, newest first
	PhoneIndexKey  Secret   `yaml:"phone_index_key" env:"PHONE_INDEX_KEY"` // given when PhoneKeys are
	TimeZone       string   `yaml:"time_zone" env:"TIME_ZONE"`
	UploadLimitMB  int      `yaml:"upload_limit_mb" env:"UPLOAD_LIMIT_MB"`
	WaitSeconds    int      `yaml:"wait_seconds" env:"WAIT_SECONDS"`
	Jobs           string   `yaml:"jobs" env:"JOBS"`
	SecondFactor   string   `yaml:"second_factor" env:"SECOND_FACTOR"`
	Database       Database `yaml:"database" envPrefix:"DATABASE_"`
	Store          Store    `yaml:"store" envPrefix:"STORE_"`
	S3             S3       `yaml:"s3" envPrefix:"S3_"`
	TLS            TLS      `yaml:"tls" envPrefix:"TLS_"`
	Log            Log      `yaml:"log" envPrefix:"LOG_"`
	Webhook        Webhook  `yaml:"webhook" envPrefix:"WEBHOOK_"`

	Schedules Schedules `yaml:"schedules" envPrefix:"SCHEDULES_"`

	fileKeys bool              // PhoneKeys come from the data folder
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

// Webhook says where messages for telephones go, and when none does.
type Webhook struct {
	URL        string `yaml:"url" env:"URL"` // "" for none
	Secret     Secret `yaml:"secret" env:"SECRET"`
	QuietFrom  string `yaml:"quiet_from" env:"QUIET_FROM"` // "21:00"
	QuietUntil string `yaml:"quiet_until" env:"QUIET_UNTIL"`
}

// On reports whether there is a gateway.
func (w Webhook) On() bool { return w.URL != "" }

// Key derives the 32-byte key that requests are signed with (HKDF with SHA-256), as the manual says for the receiver.
func (w Webhook) Key() []byte { return derive(w.Secret, "webhook") }

// Schedules says when each job runs: minute hour day month weekday, in the county's time zone. The key of a job is its
// name with _ in place of the dot.
type Schedules struct {
	CalendarPlan      string `yaml:"calendar_plan" env:"CALENDAR_PLAN"`
	CalendarAnnounce  string `yaml:"calendar_announce" env:"CALENDAR_ANNOUNCE"`
	CalendarNoRecord  string `yaml:"calendar_no_record" env:"CALENDAR_NO_RECORD"`
	CalendarClose     string `yaml:"calendar_close" env:"CALENDAR_CLOSE"`
	AccountsCloseLeft string `yaml:"accounts_close_left" env:"ACCOUNTS_CLOSE_LEFT"`
	Retention         string `yaml:"retention" env:"RETENTION"`
	VideosSweep       string `yaml:"videos_sweep" env:"VIDEOS_SWEEP"`
	TalliesCheck      string `yaml:"tallies_check" env:"TALLIES_CHECK"`
	RollsAsk          string `yaml:"rolls_ask" env:"ROLLS_ASK"`
	Digest            string `yaml:"digest" env:"DIGEST"`
}

// Of is the schedule of a job, "" for one that has no key.
func (s Schedules) Of(job string) string {
	v, key := reflect.ValueOf(s), strings.ReplaceAll(job, ".", "_")
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("yaml") == key {
			return v.Field(i).String()
		}
	}
	return ""
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

// Factor reports whether counties and townships sign in with a second factor.
func (c Config) Factor() bool { return c.SecondFactor == "on" }

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

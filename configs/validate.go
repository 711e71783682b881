package configs

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// Validate reports everything that is wrong, as [Faults].
func (c Config) Validate() error { return c.faults(nil).err() }

// checker gathers faults; keys that already have one are left alone.
type checker struct {
	c      Config
	known  Faults
	faults Faults
}

func (k *checker) fault(key, wrong, example string) {
	if !slices.ContainsFunc(k.known, func(f Fault) bool { return f.Key == key }) {
		k.faults = append(k.faults, Fault{Key: key, From: k.c.origin(key), Wrong: wrong, Example: example})
	}
}

func (c Config) faults(known Faults) Faults {
	k := &checker{c: c, known: known}
	k.listen()
	k.baseURL()
	k.proxies()
	k.secret()
	k.plain()
	k.database()
	k.store()
	k.tls()
	k.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	k.oneOf("log.format", c.Log.Format, "text", "json")
	return k.faults
}

func (k *checker) listen() {
	_, port, ok := cutPort(k.c.Listen)
	n, err := strconv.ParseUint(port, 10, 16)
	if !ok || err != nil || n > 65535 {
		k.fault("listen", fmt.Sprintf("%q 要写成 主机:端口 / must be host:port", k.c.Listen), "127.0.0.1:8080")
	}
}

func (k *checker) baseURL() {
	s := k.c.BaseURL
	if s == "" {
		return
	}
	if !isOrigin(s) {
		k.fault("base_url", fmt.Sprintf("%q 要写成 http(s)://主机,不带路径 / must be http(s)://host without a path", hideUser(s)), "https://dangxiao.example.cn")
	} else if k.c.TLS.Cert != "" && strings.HasPrefix(s, "http://") {
		k.fault("base_url", "给了 tls.cert,要以 https:// 开头 / must begin with https:// since tls.cert is set", "https"+strings.TrimPrefix(s, "http"))
	}
}

// isOrigin reports "http(s)://host[:port]" and nothing more than a slash after it.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil &&
		(u.Path == "" || u.Path == "/") && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && !strings.HasSuffix(s, "#")
}

func (k *checker) proxies() {
	for _, p := range k.c.TrustedProxies {
		_, err := netip.ParseAddr(p)
		if _, err2 := netip.ParsePrefix(p); err != nil && err2 != nil {
			k.fault("trusted_proxies", fmt.Sprintf("%q 不是 IP 或网段 / is neither an IP address nor a CIDR", p), "[10.0.0.0/8]")
		}
	}
}

func (k *checker) secret() {
	n := len(k.c.Secret)
	switch {
	case n > 0 && n < minSecret:
		k.fault("secret", fmt.Sprintf("只有 %d 字节,至少要 %d / has %d bytes, needs %d", n, minSecret, n, minSecret), "openssl rand -base64 48")
	case n == 0 && !k.c.UsesData():
		k.fault("secret", "数据库和文件都不在 data 里,必须给,几个副本要一样 / must be given, the same for all replicas, when neither database nor store is in data", "openssl rand -base64 48")
	}
}

func (k *checker) plain() {
	c := k.c
	if strings.TrimSpace(c.Data) == "" || strings.ContainsRune(c.Data, 0) {
		k.fault("data", "要写一个文件夹 / must name a folder", "./data/huotang")
	}
	if c.TimeZone != "Asia/Shanghai" {
		k.fault("time_zone", fmt.Sprintf("%q:现在只能是 Asia/Shanghai,因为活动日期按它存,按月按年的账都以它为准 / only Asia/Shanghai for now, since local days are stored and counted by it", c.TimeZone), "Asia/Shanghai")
	}
	k.within("upload_limit_mb", c.UploadLimitMB, 1, 2000, "200")
	k.within("wait_seconds", c.WaitSeconds, 0, 3600, "60")
	k.oneOf("jobs", c.Jobs, "on", "off")
}

func (k *checker) within(key string, n, least, most int, example string) {
	if n < least || n > most {
		k.fault(key, fmt.Sprintf("%d 不在 %d 到 %d 之间 / is not between %d and %d", n, least, most, least, most), example)
	}
}

func (k *checker) oneOf(key, value string, choices ...string) {
	if !slices.Contains(choices, value) {
		k.fault(key, fmt.Sprintf("%q 只能是 / must be %s", value, strings.Join(choices, ", ")), choices[0])
	}
}

const exampleDSN = "huotang:PASSWORD@tcp(127.0.0.1:3306)/huotang"

func (k *checker) database() {
	d := k.c.Database
	k.oneOf("database.driver", d.Driver, SQLite, MySQL)
	switch {
	case d.Driver == SQLite && d.DSN != "":
		k.fault("database.driver", "给了 database.dsn,却还是 sqlite / is sqlite although database.dsn is set", MySQL)
	case d.Driver == MySQL && d.DSN == "":
		k.fault("database.dsn", "用 mysql 时必须给 / must be given with mysql", exampleDSN)
	case d.Driver == MySQL:
		// The parser's own message may quote parts of the address, and so of the password.
		if parsed, err := mysql.ParseDSN(string(d.DSN)); err != nil {
			k.fault("database.dsn", "看不懂这个地址 / is not an address of a MySQL server", exampleDSN)
		} else if parsed.DBName == "" {
			k.fault("database.dsn", "没有写库名 / does not name the database", exampleDSN)
		}
	}
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func (k *checker) store() {
	s := k.c.S3
	k.oneOf("store.kind", k.c.Store.Kind, Disk, Bucket)
	k.oneOf("s3.lookup", s.Lookup, "auto", "path", "host")
	if k.c.Store.Kind != Bucket {
		if k.c.Store.Kind == Disk && s.Endpoint != "" {
			k.fault("store.kind", "给了 s3.endpoint,却还是 disk / is disk although s3.endpoint is set", Bucket)
		}
		return
	}
	if !isOrigin(s.Endpoint) {
		k.fault("s3.endpoint", fmt.Sprintf("%q 要写成 http(s)://主机:端口 / must be http(s)://host:port", hideUser(s.Endpoint)), "http://127.0.0.1:9000")
	}
	if s.PublicEndpoint != "" && !isOrigin(s.PublicEndpoint) {
		k.fault("s3.public_endpoint", fmt.Sprintf("%q 要写成 http(s)://主机:端口 / must be http(s)://host:port", hideUser(s.PublicEndpoint)), "https://files.example.cn")
	}
	if !bucketName.MatchString(s.Bucket) {
		k.fault("s3.bucket", fmt.Sprintf("%q 不能作桶名:3 到 63 个小写字母、数字、点或横线 / is no bucket name", s.Bucket), "huotang")
	}
	k.given("s3.access_key", s.AccessKey)
	k.given("s3.secret_key", s.SecretKey)
}

func (k *checker) given(key string, s Secret) {
	if s == "" {
		k.fault(key, "用 s3 时必须给 / must be given with s3", "")
	}
}

func (k *checker) tls() {
	t := k.c.TLS
	switch {
	case t.Cert == "" && t.Key == "":
	case t.Cert == "":
		k.fault("tls.cert", "给了 tls.key,也要给证书 / must be given with tls.key", "/etc/huotang/tls.crt")
	case t.Key == "":
		k.fault("tls.key", "给了 tls.cert,也要给私钥 / must be given with tls.cert", "/etc/huotang/tls.key")
	default:
		if _, err := tls.LoadX509KeyPair(t.Cert, t.Key); err != nil {
			k.fault(k.tlsFault(err), "读不了证书和私钥 / certificate and key cannot be used: "+err.Error(), "")
		}
	}
}

// tlsFault says which of the two files an error is about.
func (k *checker) tlsFault(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) && p.Path == k.c.TLS.Key {
		return "tls.key"
	}
	return "tls.cert"
}

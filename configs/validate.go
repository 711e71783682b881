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
	"github.com/robfig/cron/v3"
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
	k.phoneKeys()
	k.plain()
	k.database()
	k.store()
	k.tls()
	k.webhook()
	k.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	k.oneOf("log.format", c.Log.Format, "text", "json")
	k.schedules()
	return k.faults
}

// cronLine takes the five fields of a job's schedule.
var cronLine = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

func (k *checker) schedules() {
	for _, f := range k.c.fields() {
		if !strings.HasPrefix(f.key, "schedules.") {
			continue
		}
		if _, err := cronLine.Parse(f.value.String()); err != nil {
			k.fault(f.key, fmt.Sprintf("%q 要写成 分 时 日 月 星期 / must be minute hour day month weekday", f.value.String()), `"10 3 * * *"`)
		}
	}
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

const exampleKey = "openssl rand -base64 48"

func (k *checker) secret() {
	n := len(k.c.Secret)
	switch {
	case n > 0 && n < minSecret:
		k.fault("secret", fmt.Sprintf("只有 %d 字节,至少要 %d / has %d bytes, needs %d", n, minSecret, n, minSecret), exampleKey)
	case n == 0 && !k.c.UsesData():
		k.fault("secret", "数据库和文件都不在 data 里,必须给,几个副本要一样 / must be given, the same for all replicas, when neither database nor store is in data", exampleKey)
	}
}

// phoneKeys wants both or neither, and long ones.
func (k *checker) phoneKeys() {
	keys, index := splitKeys(k.c.PhoneKeys), string(k.c.PhoneIndexKey)
	for _, key := range keys {
		if len(key) < minSecret {
			k.fault("phone_keys", fmt.Sprintf("每个至少要 %d 字节 / each needs %d bytes", minSecret, minSecret), exampleKey)
			break
		}
	}
	if index != "" && len(index) < minSecret {
		k.fault("phone_index_key", fmt.Sprintf("至少要 %d 字节 / needs %d bytes", minSecret, minSecret), exampleKey)
	}
	switch {
	case len(keys) == 0 && index == "" && k.c.UsesData():
	case len(keys) == 0 && index == "":
		k.fault("phone_keys", "数据库和文件都不在 data 里,必须给,几个副本要一样 / must be given, the same for all replicas, when neither database nor store is in data", exampleKey)
		k.fault("phone_index_key", "和 phone_keys 一起给 / must be given with phone_keys", exampleKey)
	case len(keys) == 0:
		k.fault("phone_keys", "给了 phone_index_key,也要给 / must be given with phone_index_key", exampleKey)
	case index == "":
		k.fault("phone_index_key", "给了 phone_keys,也要给 / must be given with phone_keys", exampleKey)
	case slices.Contains(keys, index):
		k.fault("phone_index_key", "不能和 phone_keys 里的一样 / must differ from phone_keys", exampleKey)
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
	k.oneOf("second_factor", c.SecondFactor, "on", "off")
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

var timeOfDay = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

// webhook wants an address to which telephone numbers may travel: https, or http within the county's own network.
func (k *checker) webhook() {
	w := k.c.Webhook
	k.timeOfDay("webhook.quiet_from", w.QuietFrom)
	k.timeOfDay("webhook.quiet_until", w.QuietUntil)
	if !w.On() {
		return
	}
	const example = "https://sms.example.cn/huotang"
	u, err := url.Parse(w.URL)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Fragment != "":
		k.fault("webhook.url", fmt.Sprintf("%q 要写成 https://主机/路径 / must be https://host/path", hideUser(w.URL)), example)
	case u.Scheme == "http" && !inside(u.Hostname()):
		k.fault("webhook.url", "号码不能不加密走外网:用 https,或者内网的 IP / numbers must not travel in the clear: use https, or an IP address of your own network", example)
	}
	if n := len(w.Secret); n < minSecret {
		k.fault("webhook.secret", fmt.Sprintf("给了 webhook.url,密钥至少要 %d 字节 / needs %d bytes since webhook.url is set", minSecret, minSecret), exampleKey)
	}
}

func (k *checker) timeOfDay(key, text string) {
	if !timeOfDay.MatchString(text) {
		k.fault(key, fmt.Sprintf("%q 要写成 时:分 / must be hour:minute", text), `"21:00"`)
	}
}

// inside reports a host of this machine or of a private network, by its address.
func inside(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && (ip.IsLoopback() || ip.IsPrivate())
}

// tlsFault says which of the two files an error is about.
func (k *checker) tlsFault(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) && p.Path == k.c.TLS.Key {
		return "tls.key"
	}
	return "tls.cert"
}

package configs

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	longSecret = "0123456789abcdef0123456789abcdef"
	hidden     = "Hunter2Hunter2Hunter2Hunter2Hunter2"
)

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "huotang.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestDefaultIsValid(t *testing.T) {
	c := Default()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8080" || c.UploadLimit() != 200<<20 || !c.JobsOn() || c.Wait().Seconds() != 60 || !c.UsesData() {
		t.Errorf("defaults: %v", c)
	}
}

// Every key stands in the manual, with a comment before it, and has the variable that the manual promises.
func TestManualHasEveryKey(t *testing.T) {
	c := Default()
	for _, f := range c.fields() {
		if want := Prefix + strings.ToUpper(strings.ReplaceAll(f.key, ".", "_")); f.env != want {
			t.Errorf("%s: variable %s, the manual promises %s", f.key, f.env, want)
		}
		name := f.key[strings.LastIndexByte(f.key, '.')+1:]
		line := regexp.MustCompile(`(?m)^ *` + name + `:`)
		if !line.MatchString(Manual) {
			t.Errorf("%s is not in default.yaml", f.key)
		}
	}
	previous := ""
	for n, line := range strings.Split(Manual, "\n") {
		isKey := regexp.MustCompile(`^ *[a-z_0-9]+:`).MatchString(line)
		opened := strings.HasSuffix(previous, ":") || strings.HasPrefix(strings.TrimSpace(previous), "#")
		if isKey && !opened && !strings.Contains(line, "key") && !strings.HasSuffix(line, ":") {
			t.Errorf("default.yaml:%d: %s has no comment", n+1, line)
		}
		previous = line
	}
}

func TestLaterGoesBeforeEarlier(t *testing.T) {
	file := write(t, "listen: 127.0.0.1:1\nupload_limit_mb: 5\nlog:\n  level: debug\n  format: json\ntrusted_proxies: [10.0.0.0/8, 127.0.0.1]\njobs: off\n")
	environ := []string{"HUOTANG_LISTEN=127.0.0.1:2", "HUOTANG_LOG_LEVEL=warn", "HUOTANG_DATA=", "PATH=/bin", "HUOTANG_WAIT_SECONDS=7"}
	c, err := Load(file, environ, map[string]string{"listen": "127.0.0.1:3"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, v := range c.Values() {
		if v.From != "default" {
			got[v.Key] = v.Text + " " + strings.TrimPrefix(v.From, filepath.Dir(file)+"/")
		}
	}
	want := map[string]string{
		"listen":          "127.0.0.1:3 --listen",
		"log.level":       "warn HUOTANG_LOG_LEVEL",
		"log.format":      "json huotang.yaml:5",
		"upload_limit_mb": "5 huotang.yaml:2",
		"trusted_proxies": "10.0.0.0/8, 127.0.0.1 huotang.yaml:6",
		"jobs":            "off huotang.yaml:7",
		"wait_seconds":    "7 HUOTANG_WAIT_SECONDS",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestListFromTheEnvironment(t *testing.T) {
	for text, want := range map[string][]string{
		"10.0.0.0/8,::1":     {"10.0.0.0/8", "::1"},
		" 10.0.0.0/8 , ::1 ": {"10.0.0.0/8", "::1"},
		"10.0.0.0/8,":        {"10.0.0.0/8"},
		"":                   nil, // as docker-compose.yml passes it on when .env says nothing
		" ":                  nil,
		",":                  nil,
	} {
		c, err := Load("", []string{"HUOTANG_TRUSTED_PROXIES=" + text}, nil)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(want, c.TrustedProxies, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		c, err = Load("", nil, map[string]string{"trusted_proxies": text})
		if diff := cmp.Diff(want, c.TrustedProxies, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("the flag %q: %v %s", text, err, diff)
		}
	}
}

func TestWarnsOfStrangeVariables(t *testing.T) {
	c, err := Load("", []string{"HUOTANG_DATBASE_DSN=x", "HUOTANG_TEST_MYSQL=x", "HUOTANG_CONFIG=x"}, nil)
	if err != nil || len(c.Warnings()) != 1 || !strings.Contains(c.Warnings()[0], "HUOTANG_DATBASE_DSN") {
		t.Errorf("warnings %q, err %v", c.Warnings(), err)
	}
}

// Each row is one wrong value; the fault must name the key, the place and an example.
func TestFaults(t *testing.T) {
	s3 := "store: {kind: s3}\nsecret: " + longSecret + "\ns3:\n  endpoint: http://127.0.0.1:9000\n  bucket: huotang\n  access_key: a\n  secret_key: b\n"
	for name, row := range map[string]struct {
		file string
		env  []string
		want []string // "key from", in order
	}{
		"unknown key":         {"listn: x\n", nil, []string{"listn huotang.yaml:1"}},
		"unknown group":       {"redis:\n  url: x\n", nil, []string{"redis huotang.yaml:1"}},
		"unknown in a group":  {"log:\n  levle: info\n", nil, []string{"log.levle huotang.yaml:2"}},
		"a list for a value":  {"listen: [a, b]\n", nil, []string{"listen huotang.yaml:1"}},
		"a map for a value":   {"listen:\n  host: a\n", nil, []string{"listen huotang.yaml:1"}},
		"a value for a group": {"log: debug\n", nil, []string{"log huotang.yaml:1"}},
		"a list as the whole": {"- listen\n", nil, []string{" huotang.yaml:1"}},
		"not a number":        {"upload_limit_mb: many\n", nil, []string{"upload_limit_mb huotang.yaml:1"}},
		"number too large":    {"upload_limit_mb: 99999999999\n", nil, []string{"upload_limit_mb huotang.yaml:1"}},
		"out of range":        {"upload_limit_mb: 0\nwait_seconds: -1\n", nil, []string{"upload_limit_mb huotang.yaml:1", "wait_seconds huotang.yaml:2"}},
		"twice the same":      {"listen: a:1\nlisten: a:2\n", nil, []string{" huotang.yaml"}},
		"not YAML":            {"listen: [a\n", nil, []string{" huotang.yaml"}},
		"two documents":       {"listen: a:1\n---\nlisten: a:2\n", nil, []string{" huotang.yaml:3"}},
		"not a number in env": {"", []string{"HUOTANG_WAIT_SECONDS=soon"}, []string{"wait_seconds HUOTANG_WAIT_SECONDS"}},
		"no port":             {"", []string{"HUOTANG_LISTEN=8080"}, []string{"listen HUOTANG_LISTEN"}},
		"port too large":      {"", []string{"HUOTANG_LISTEN=:70000"}, []string{"listen HUOTANG_LISTEN"}},
		"base with a path":    {"base_url: https://a.cn/x\n", nil, []string{"base_url huotang.yaml:1"}},
		"base without scheme": {"base_url: a.cn\n", nil, []string{"base_url huotang.yaml:1"}},
		"proxy":               {"trusted_proxies: [nginx]\n", nil, []string{"trusted_proxies huotang.yaml:1"}},
		"short secret":        {"secret: abc\n", nil, []string{"secret huotang.yaml:1"}},
		"other zone":          {"time_zone: Europe/Berlin\n", nil, []string{"time_zone huotang.yaml:1"}},
		"jobs":                {"jobs: yes\n", nil, []string{"jobs huotang.yaml:1"}},
		"driver":              {"database: {driver: postgres}\n", nil, []string{"database.driver huotang.yaml:1"}},
		"mysql without DSN":   {"database: {driver: mysql}\n", nil, []string{"database.dsn default"}},
		"DSN without driver":  {"", []string{"HUOTANG_DATABASE_DSN=a@tcp(b)/c"}, []string{"database.driver default"}},
		"DSN malformed":       {"", []string{"HUOTANG_DATABASE_DRIVER=mysql", "HUOTANG_DATABASE_DSN=" + hidden}, []string{"database.dsn HUOTANG_DATABASE_DSN"}},
		"DSN without name":    {"", []string{"HUOTANG_DATABASE_DRIVER=mysql", "HUOTANG_DATABASE_DSN=root:" + hidden + "@tcp(127.0.0.1:3306)/"}, []string{"database.dsn HUOTANG_DATABASE_DSN"}},
		"store":               {"store: {kind: ftp}\n", nil, []string{"store.kind huotang.yaml:1"}},
		"s3 without anything": {"store: {kind: s3}\n", nil, []string{"s3.endpoint default", "s3.bucket default", "s3.access_key default", "s3.secret_key default"}},
		"s3 not chosen":       {"s3: {endpoint: 'http://a:9000'}\n", nil, []string{"store.kind default"}},
		"s3 with a user":      {strings.Replace(s3, "//127", "//me:"+hidden+"@127", 1), nil, []string{"s3.endpoint huotang.yaml:4"}},
		"s3 and mysql need a secret": {
			strings.Replace(s3, "secret: "+longSecret, "database: {driver: mysql, dsn: 'a:b@tcp(c)/d'}", 1), nil,
			[]string{"secret default", "phone_keys default", "phone_index_key default"},
		},
		"short phone keys":   {"phone_keys: " + longSecret + ",abc\nphone_index_key: xyz\n", nil, []string{"phone_keys huotang.yaml:1", "phone_index_key huotang.yaml:2"}},
		"phone keys alone":   {"phone_keys: " + longSecret + "\n", nil, []string{"phone_index_key default"}},
		"phone index alone":  {"phone_index_key: " + longSecret + "\n", nil, []string{"phone_keys default"}},
		"phone index is one": {"phone_index_key: " + longSecret + "\nphone_keys: x" + longSecret + "," + longSecret + "\n", nil, []string{"phone_index_key huotang.yaml:1"}},
		"phone keys":         {"phone_index_key: " + longSecret + "\nphone_keys: x" + longSecret + ", y" + longSecret + "\n", nil, nil},
		"cert alone":         {"tls: {cert: /x}\n", nil, []string{"tls.key default"}},
		"key alone":          {"tls: {key: /x}\n", nil, []string{"tls.cert default"}},
		"no such cert":       {"tls: {cert: /nowhere/c, key: /nowhere/k}\n", nil, []string{"tls.cert huotang.yaml:1"}},
		"webhook alone":      {"webhook: {url: 'https://sms.example.cn/x'}\n", nil, []string{"webhook.secret default"}},
		"webhook in clear":   {"webhook: {url: 'http://sms.example.cn/x', secret: " + longSecret + "}\n", nil, []string{"webhook.url huotang.yaml:1"}},
		"webhook with user":  {"webhook: {url: 'https://me:" + hidden + "@sms.example.cn', secret: " + longSecret + "}\n", nil, []string{"webhook.url huotang.yaml:1"}},
		"webhook no address": {"webhook: {url: sms, secret: " + longSecret + "}\n", nil, []string{"webhook.url huotang.yaml:1"}},
		"webhook":            {"webhook: {url: 'https://sms.example.cn/x', secret: " + longSecret + "}\n", nil, nil},
		"webhook inside":     {"webhook: {url: 'http://10.1.2.3:8000/x', secret: " + longSecret + "}\n", nil, nil},
		"quiet hours":        {"webhook: {quiet_from: 9pm, quiet_until: '24:00'}\n", nil, []string{"webhook.quiet_from huotang.yaml:1", "webhook.quiet_until huotang.yaml:1"}},
		"log":                {"log: {level: loud, format: xml}\n", nil, []string{"log.level huotang.yaml:1", "log.format huotang.yaml:1"}},
		"all at once": {
			"listn: x\nupload_limit_mb: many\nsecret: abc\n",
			[]string{"HUOTANG_WAIT_SECONDS=soon", "HUOTANG_LOG_LEVEL=loud"},
			[]string{"listn huotang.yaml:1", "upload_limit_mb huotang.yaml:2", "wait_seconds HUOTANG_WAIT_SECONDS", "secret huotang.yaml:3", "log.level HUOTANG_LOG_LEVEL"},
		},
		"null leaves the default": {"listen:\ns3:\ndata: null\n", nil, nil},
		"plain s3":                {s3, nil, nil},
		"empty":                   {"", nil, nil},
		"comments alone":          {"# nothing\n", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, row.file)
			_, err := Load(file, row.env, nil)
			var faults Faults
			if err != nil && !errors.As(err, &faults) {
				t.Fatal(err)
			}
			var got []string
			for _, f := range faults {
				got = append(got, f.Key+" "+strings.TrimPrefix(f.From, filepath.Dir(file)+"/"))
				if f.Wrong == "" {
					t.Errorf("%v says nothing", f)
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			if strings.Contains(fmt.Sprint(err), hidden) {
				t.Errorf("shows a secret: %v", err)
			}
		})
	}
}

func TestSuggestsTheNearestKey(t *testing.T) {
	_, err := Load(write(t, "database:\n  drivr: mysql\n"), nil, nil)
	if err == nil || !strings.Contains(err.Error(), "database.driver?") {
		t.Errorf("err %v", err)
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.yaml"), nil, nil)
	if err == nil || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("err %v", err)
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	c := Default()
	c.Secret = hidden
	c.Database = Database{Driver: MySQL, DSN: "root:" + hidden + "@tcp(127.0.0.1:3306)/huotang"}
	c.S3.AccessKey, c.S3.SecretKey = hidden, hidden
	c.PhoneKeys, c.PhoneIndexKey = hidden, hidden
	c.Webhook.Secret = hidden
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("config", "config", c, "secret", c.Secret, "s3", c.S3)
	text, err := c.Secret.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	shown := []string{log.String(), string(text)}
	c.S3.Endpoint = "http://me:" + hidden + "@s3:9000" // not valid, and config check shows what is not valid
	shown = append(shown, fmt.Sprint(c.Values()))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown = append(shown, fmt.Sprintf(verb, c), fmt.Sprintf(verb, c.Secret), fmt.Sprintf(verb, c.S3.SecretKey), fmt.Sprintf(verb, &c))
	}
	hex := fmt.Sprintf("%x", hidden)
	for _, s := range shown {
		if strings.Contains(s, hidden) || strings.Contains(s, hex) {
			t.Errorf("shows a secret: %s", s)
		}
	}
	if !strings.Contains(c.String(), "root:«set»@tcp(127.0.0.1:3306)/huotang") {
		t.Errorf("does not show where the database is: %s", c)
	}
}

func TestKeepSecret(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	secrets := make([]Secret, 8)
	var wait sync.WaitGroup
	for i := range secrets {
		wait.Go(func() {
			c := Default()
			c.Data = dir
			if err := c.KeepSecret(); err != nil {
				t.Error(err)
			}
			secrets[i] = c.Secret
		})
	}
	wait.Wait()
	for _, s := range secrets {
		if s != secrets[0] || len(s) < minSecret {
			t.Fatal("processes that start at once have different secrets")
		}
	}
	info, err := os.Stat(filepath.Join(dir, "secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, err %v", info.Mode(), err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("files %v, err %v", files, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := Default()
	c.Data = dir
	if err := c.KeepSecret(); err == nil {
		t.Error("takes a secret that was cut off")
	}
	c.Secret = longSecret
	if err := c.KeepSecret(); err != nil || c.Secret != longSecret {
		t.Errorf("a given secret is replaced: %v", err)
	}
}

func TestKeysDifferByPurposeAndSecret(t *testing.T) {
	a, b := Default(), Default()
	a.Secret, b.Secret = longSecret, longSecret+"!"
	keys := map[string]bool{string(a.Key("accounts")): true, string(a.Key("media")): true, string(b.Key("accounts")): true}
	if again := a.Key("media"); len(keys) != 3 || len(again) != 32 || !keys[string(again)] {
		t.Error("keys are not derived by purpose and secret")
	}
}

func TestSite(t *testing.T) {
	for _, row := range []struct{ base, cert, listening, want string }{
		{"", "", "127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"", "", "0.0.0.0:80", "http://127.0.0.1:80"},
		{"", "", "[::]:80", "http://127.0.0.1:80"},
		{"", "x", "a.cn:443", "https://a.cn:443"},
		{"https://a.cn/", "", "127.0.0.1:8080", "https://a.cn"},
	} {
		c := Default()
		c.BaseURL, c.TLS.Cert = row.base, row.cert
		if got := c.Site(row.listening); got != row.want {
			t.Errorf("%+v: %s", row, got)
		}
	}
}

// Whatever stands in the file or a variable, the loader answers with faults that name
// their place, or with a valid configuration; and never quotes a secret.
func FuzzLoad(f *testing.F) {
	f.Add(Manual, "HUOTANG_LISTEN", "127.0.0.1:0")
	f.Add("s3: &a\n  bucket: *a\n", "HUOTANG_WAIT_SECONDS", "1e3")
	f.Add("? [a]\n: b\n", "HUOTANG_TRUSTED_PROXIES", ",,")
	f.Add("<<: {listen: a}\n!!str listen: |\n  a\n", "HUOTANG_SECRET", "${PATH}")
	f.Fuzz(func(t *testing.T, file, name, value string) {
		c := Default()
		faults := c.readYAML("fuzz.yaml", []byte(file))
		faults = append(faults, c.readEnvironment([]string{name + "=" + value, "HUOTANG_SECRET=" + hidden})...)
		faults = append(faults, c.faults(faults)...)
		for _, one := range faults {
			if one.Wrong == "" || one.Key == "" && one.From == "" {
				t.Errorf("%#v says nothing", one)
			}
		}
		if len(faults) == 0 && c.Validate() != nil {
			t.Error("loads what is not valid")
		}
		if all := c.String() + faults.Error(); !strings.Contains(file+value, hidden) && strings.Contains(all, hidden) {
			t.Error("shows the secret")
		}
	})
}

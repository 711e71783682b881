package configs

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// Prefix of our environment variables.
const Prefix = "HUOTANG_"

// field is one key of a Config with the place where its value lies.
type field struct {
	key   string // "database.dsn"
	env   string // "HUOTANG_DATABASE_DSN"
	name  string // of the Go field
	value reflect.Value
}

var secretType = reflect.TypeFor[Secret]()

// fields lists the keys in the order of the manual.
func (c *Config) fields() []field {
	return fieldsOf(reflect.ValueOf(c).Elem(), "", Prefix)
}

func fieldsOf(v reflect.Value, key, env string) []field {
	var all []field
	for i := range v.NumField() {
		t := v.Type().Field(i)
		switch {
		case !t.IsExported():
		case t.Type.Kind() == reflect.Struct:
			all = append(all, fieldsOf(v.Field(i), key+t.Tag.Get("yaml")+".", env+t.Tag.Get("envPrefix"))...)
		default:
			all = append(all, field{key + t.Tag.Get("yaml"), env + t.Tag.Get("env"), t.Name, v.Field(i)})
		}
	}
	return all
}

func (c *Config) field(key string) (field, bool) {
	for _, f := range c.fields() {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}

// set reads a value that was written as text; what is wrong with it, or "".
func (f field) set(texts []string, list bool) (wrong, example string) {
	switch f.value.Kind() {
	case reflect.Slice:
		if !list {
			texts = separated(texts[0])
		}
		f.value.Set(reflect.ValueOf(texts))
		return "", ""
	case reflect.Int:
		if list || len(texts) != 1 {
			break
		}
		n, err := strconv.ParseInt(strings.TrimSpace(texts[0]), 10, 32)
		if err != nil {
			return notNumber(texts[0]), "60"
		}
		f.value.SetInt(n)
		return "", ""
	default:
		if list || len(texts) != 1 {
			break
		}
		f.value.SetString(texts[0])
		return "", ""
	}
	return "这里是一个值,不是一串 / takes one value, not a list", ""
}

// separated parts a list that is written as one text, by commas; nothing between them is nothing.
func separated(text string) []string {
	var all []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

func notNumber(text string) string {
	return fmt.Sprintf("%.40q 不是整数 / is not a whole number", text)
}

// Value is a key with what it holds, ready to be shown.
type Value struct {
	Key  string
	Env  string
	Text string // secrets as [Set]
	From string // as in [Fault]
}

// Values lists every key in the order of the manual.
func (c Config) Values() []Value {
	fields := c.fields()
	all := make([]Value, len(fields))
	for i, f := range fields {
		all[i] = Value{Key: f.key, Env: f.env, Text: f.text(), From: c.origin(f.key)}
	}
	return all
}

func (c Config) origin(key string) string {
	if from, ok := c.origins[key]; ok {
		return from
	}
	return "default"
}

func (f field) text() string {
	switch {
	case f.key == "database.dsn" && f.value.Len() > 0:
		return openDSN(f.value.String())
	case f.value.Type() == secretType:
		return Secret(f.value.String()).String()
	case f.value.Kind() == reflect.Slice:
		return strings.Join(f.value.Interface().([]string), ", ")
	}
	return hideUser(fmt.Sprint(f.value.Interface()))
}

var userInfo = regexp.MustCompile(`//[^/]*@`)

// hideUser leaves out a user and password that somebody wrote into an address.
func hideUser(address string) string { return userInfo.ReplaceAllString(address, "//"+Set+"@") }

// openDSN shows an address without its password.
func openDSN(dsn string) string {
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return Secret(dsn).String()
	}
	where := c.Net + "(" + c.Addr + ")/" + c.DBName
	if c.Passwd == "" {
		return c.User + "@" + where
	}
	return c.User + ":" + Set + "@" + where
}

// String lists every key with its value, secrets left out.
func (c Config) String() string {
	var b strings.Builder
	for _, v := range c.Values() {
		fmt.Fprintf(&b, "%s=%q ", v.Key, v.Text)
	}
	return strings.TrimSuffix(b.String(), " ")
}

// Format prints String for every verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue logs every key with its value, secrets left out.
func (c Config) LogValue() slog.Value {
	values := c.Values()
	attrs := make([]slog.Attr, len(values))
	for i, v := range values {
		attrs[i] = slog.String(v.Key, v.Text)
	}
	return slog.GroupValue(attrs...)
}

func cutPort(address string) (host, port string, ok bool) {
	host, port, err := net.SplitHostPort(address)
	return host, port, err == nil
}

func joinPort(host, port string) string { return net.JoinHostPort(host, port) }

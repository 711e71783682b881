package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"huotang/configs"
)

// command is one word on the command line, or two.
type command struct {
	name string // "jobs run"
	args string // what follows
	zh   string
	en   string
	run  func(sh *shell, ctx context.Context, args []string) error
}

// commands is the whole list; the help is printed from it.
func commands() []command {
	return []command{
		{"serve", "", "开网站(不写命令也是它)", "run the site; also when no command is given", (*shell).serve},
		{"demo", "[--dir ./data/demo] [--addr 127.0.0.1:8080] [--reset]", "开一个有数据的演示县", "run a populated county", (*shell).demo},
		{"migrate", "", "把数据库升到本版本", "bring the database up to this version", (*shell).migrate},
		{"admin add", "--username NAME --name NAME", "建一个县级账号", "make an account that steers the county", (*shell).adminAdd},
		{"admin reset", "--username NAME", "给一个账号新的一次性链接,并重设第二道锁", "give an account a new one-time link, and take its second factor away", (*shell).adminReset},
		{"jobs list", "", "列出定时任务", "list the jobs", (*shell).jobsList},
		{"jobs run", "NAME [--dry-run]", "现在跑一次某个任务", "run a job once more, now", (*shell).jobsRun},
		{"jobs history", "[--job NAME] [--limit N]", "列出任务跑过的每一次", "list the runs of jobs", (*shell).jobsHistory},
		{"keys list", "", "电话号码的密钥各用在多少个号码上", "how many telephone numbers each key has sealed", (*shell).keysList},
		{"keys rotate", "", "换密钥,把号码重新加密;可以中断再来", "change the key and seal the numbers again; may be stopped and run again", (*shell).keysRotate},
		{"keys drop", "", "丢掉不再用的旧密钥", "drop keys that are not used any more", (*shell).keysDrop},
		{"config check", "", "核对配置,说明每一项从哪里来", "check the configuration and tell where each value comes from", (*shell).configCheck},
		{"config default", "", "打印配置手册", "print the manual of the configuration", (*shell).configDefault},
		{"health", "", "问本机的网站是否活着", "ask the site on this machine whether it is alive", (*shell).health},
		{"version", "", "版本", "the version", (*shell).version},
		{"help", "", "这份说明", "this text", (*shell).help},
	}
}

// dispatch finds the command of a command line; without one it serves.
func (sh *shell) dispatch(ctx context.Context, args []string) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") && args[0] != "-h" && args[0] != "--help" {
		return sh.serve(ctx, args)
	}
	if args[0] == "-h" || args[0] == "--help" {
		return sh.help(ctx, nil)
	}
	for _, c := range commands() {
		words := strings.Fields(c.name)
		if len(args) >= len(words) && strings.Join(args[:len(words)], " ") == c.name {
			return c.run(sh, ctx, args[len(words):])
		}
	}
	return usagef("没有这个命令 / no such command: %s", strings.Join(args[:min(2, len(args))], " "))
}

func (sh *shell) help(context.Context, []string) error {
	fmt.Fprintf(sh.out, "火塘 huotang %s\n\n用法 / usage: huotang [命令 / command] [--config FILE] [--listen HOST:PORT] [--data FOLDER]\n\n", buildVersion())
	w := tabwriter.NewWriter(sh.out, 0, 0, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %s\t%s / %s\n", strings.TrimSpace(c.name+" "+c.args), c.zh, c.en)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("help: %w", err)
	}
	fmt.Fprintf(sh.out, "\n配置 / configuration: huotang config default\n")
	return nil
}

func (sh *shell) version(context.Context, []string) error {
	fmt.Fprintln(sh.out, buildVersion())
	return nil
}

// flags makes the flag set of a command. Its faults are usage errors, told once by run.
func (sh *shell) flags(name string) *flag.FlagSet {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	return set
}

// parse reads a command's flags and exactly n further words, in any order.
func (sh *shell) parse(set *flag.FlagSet, args []string, n int) (words []string, err error) {
	for {
		if err := set.Parse(args); err != nil {
			return nil, sh.flagFault(set, err)
		}
		if set.NArg() == 0 {
			break
		}
		words, args = append(words, set.Arg(0)), set.Args()[1:]
	}
	if len(words) != n {
		return nil, usagef("%s: 后面应有 %d 个词,现在有 %d 个 / takes %d more words, has %d", set.Name(), n, len(words), n, len(words))
	}
	return words, nil
}

// flagFault prints a command's flags when they were asked for.
func (sh *shell) flagFault(set *flag.FlagSet, err error) error {
	if !errors.Is(err, flag.ErrHelp) {
		return usagef("%s: %v", set.Name(), err)
	}
	fmt.Fprintf(sh.out, "huotang %s\n", set.Name())
	set.SetOutput(sh.out)
	set.PrintDefaults()
	return err
}

// configFlags adds the flags that every command with a configuration has.
func configFlags(set *flag.FlagSet) *source {
	s := &source{flags: map[string]string{}}
	set.StringVar(&s.file, "config", "", "配置文件 / configuration `file` (HUOTANG_CONFIG)")
	for _, key := range []string{"listen", "data"} {
		set.Func(key, "同配置项 / as the key "+key, func(v string) error {
			s.flags[key] = v
			return nil
		})
	}
	return s
}

// source is where a command's configuration comes from.
type source struct {
	file  string
	flags map[string]string
}

// load reads the configuration and says what is probably a mistake.
func (sh *shell) load(s *source) (configs.Config, error) {
	file := s.file
	if file == "" {
		file, _ = lookup(sh.environ, configs.FileVariable)
	}
	cfg, err := configs.Load(file, sh.environ, s.flags)
	for _, w := range cfg.Warnings() {
		fmt.Fprintln(sh.err, "huotang:", w)
	}
	return cfg, err
}

// lookup finds a variable in the form of os.Environ.
func lookup(environ []string, name string) (value string, ok bool) {
	for _, v := range environ {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// configure is what most commands begin with: their flags, then the configuration.
func (sh *shell) configure(name string, args []string, words int) (configs.Config, []string, error) {
	set := sh.flags(name)
	src := configFlags(set)
	rest, err := sh.parse(set, args, words)
	if err != nil {
		return configs.Config{}, nil, err
	}
	cfg, err := sh.load(src)
	return cfg, rest, err
}

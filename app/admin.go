package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/lang"
	"huotang/models/org"
)

// newAdmin is a county account to be made.
type newAdmin struct {
	username, name     string
	countyCode, county string
}

func adminFlags(set *flag.FlagSet) *newAdmin {
	var in newAdmin
	set.StringVar(&in.username, "username", "", "用户名 / sign-in `name`")
	set.StringVar(&in.name, "name", "", "姓名 / the person's `name`")
	set.StringVar(&in.countyCode, "county-code", "", "第一次用时:县的六位代码 / at first use: the county's six `digits`")
	set.StringVar(&in.county, "county", "", "第一次用时:县名 / at first use: the county's `name`")
	return &in
}

// adminAdd makes an account that steers the whole county. Its password is read from the
// terminal without being shown, or from the first line of the input.
func (sh *shell) adminAdd(ctx context.Context, args []string) error {
	set := sh.flags("admin add")
	src, in := configFlags(set), adminFlags(set)
	if _, err := sh.parse(set, args, 0); err != nil {
		return err
	}
	if in.username == "" || in.name == "" {
		return usagef("admin add: 要有 --username 和 --name / needs --username and --name")
	}
	cfg, err := sh.load(src)
	if err != nil {
		return err
	}
	s, err := sh.backroom(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(sh.addAdmin(ctx, s, *in), s.Close())
}

// adminReset lets somebody in again who has lost his password or his second factor: who may run this on the server has the
// installation in his hands anyway. It prints a one-time link for a new password.
func (sh *shell) adminReset(ctx context.Context, args []string) error {
	set := sh.flags("admin reset")
	src := configFlags(set)
	username := set.String("username", "", "用户名 / sign-in `name`")
	if _, err := sh.parse(set, args, 0); err != nil {
		return err
	}
	if *username == "" {
		return usagef("admin reset: 要有 --username / needs --username")
	}
	cfg, err := sh.load(src)
	if err != nil {
		return err
	}
	s, err := sh.backroom(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(sh.resetAccount(ctx, s, *username), s.Close())
}

func (sh *shell) resetAccount(ctx context.Context, s *Server, username string) error {
	var code accounts.Code
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		by := access.System("app.admin")
		account, err := accounts.ByUsername(tx, by, username)
		if err == nil {
			_, err = accounts.ResetFactor(tx, by, accounts.AccountInput{ID: account})
		}
		if err == nil {
			code, err = s.areas.Accounts.MakeResetCode(tx, by, accounts.AccountInput{ID: account})
		}
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(sh.out, "到 %s 前有效,用一次 / works once, until then\n  %s/first/%s\n", local(code.ExpiresAt), s.opts.Config.Site(s.opts.Config.Listen), code.Code)
	return nil
}

func (sh *shell) addAdmin(ctx context.Context, s *Server, in newAdmin) error {
	password, err := sh.askPassword()
	if err != nil {
		return err
	}
	secret, err := s.areas.Accounts.Hash(ctx, password, in.username)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error { return makeAdmin(tx, s.areas.Accounts, in, secret) })
	if err != nil {
		return err
	}
	fmt.Fprintf(sh.out, "账号 %s 建好了 / account %s is made\n", in.username, in.username)
	return nil
}

// makeAdmin makes the account with the county's role on both trees, and the county itself where it is not there.
func makeAdmin(tx *db.Tx, area *accounts.Area, in newAdmin, secret accounts.Secret) error {
	by := access.System("app.admin")
	roots, err := countyRoots(tx, by, in)
	if err != nil {
		return err
	}
	account, err := accounts.Add(tx, by, accounts.AddInput{Username: in.username, Name: in.name})
	if err != nil {
		return err
	}
	for _, root := range roots {
		if _, err := accounts.Grant(tx, by, accounts.GrantInput{Account: account.ID, Role: access.County, Unit: root}); err != nil {
			return err
		}
	}
	code, err := area.MakeResetCode(tx, by, accounts.AccountInput{ID: account.ID})
	if err != nil {
		return err
	}
	_, err = area.Reset(tx, code.Code, secret)
	return err
}

// countyRoots gives the roots of both trees, made where they are not there.
func countyRoots(tx *db.Tx, by access.Actor, in newAdmin) ([]org.UnitID, error) {
	var roots []org.UnitID
	for _, want := range []org.AddUnitInput{
		{Tree: org.Administrative, Kind: org.County, Code: in.countyCode, Name: in.county},
		{Tree: org.Party, Kind: org.CountyCommittee, Code: in.countyCode, Name: lang.Chinese.T("accounts.committee_of", in.county)},
	} {
		found, err := org.Units(tx, by, org.UnitsInput{Tree: want.Tree, Kind: want.Kind, Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(found.Items) > 0 {
			roots = append(roots, found.Items[0].ID)
			continue
		}
		if in.countyCode == "" || in.county == "" {
			return nil, usagef("admin add: 县还没有建,要加 / there is no county yet, add --county-code 530921 --county 凤庆县")
		}
		v, err := org.AddUnit(tx, by, want)
		if err != nil {
			return nil, err
		}
		roots = append(roots, v.ID)
	}
	return roots, nil
}

// askPassword asks twice on a terminal; from anything else it reads one line.
func (sh *shell) askPassword() (string, error) {
	f, ok := sh.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		line, err := bufio.NewReader(io.LimitReader(sh.in, 4096)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("admin add: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	first, err := sh.askHidden(f, "密码 / password: ")
	if err != nil {
		return "", err
	}
	again, err := sh.askHidden(f, "再输一遍 / again: ")
	if err == nil && first != again {
		err = errors.New("两遍不一样 / the two differ")
	}
	return first, err
}

func (sh *shell) askHidden(f *os.File, prompt string) (string, error) {
	fmt.Fprint(sh.err, prompt)
	b, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(sh.err)
	if err != nil {
		return "", fmt.Errorf("admin add: %w", err)
	}
	return string(b), nil
}

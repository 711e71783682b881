package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"huotang/configs"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/privacy"
	"huotang/models/runs"
)

// keyWork is a command on the keys of telephone numbers, with the lease that keeps a second one from running beside it.
type keyWork struct {
	*shell
	s     *Server
	area  *privacy.Area
	lease runs.Lease
}

const (
	keyLease = 2 * time.Minute
	keyBatch = 200
)

var keysBy = access.System("app.keys")

// keys does a command on the keys, beside a server that may be running.
func (sh *shell) keys(ctx context.Context, name string, args []string, do func(k *keyWork, ctx context.Context) error) error {
	cfg, _, err := sh.configure(name, args, 0)
	if err != nil {
		return err
	}
	s, err := sh.backroom(ctx, cfg)
	if err != nil {
		return err
	}
	k := &keyWork{shell: sh, s: s}
	err = k.open()
	if err == nil {
		err = do(k, ctx)
	}
	return errors.Join(err, s.Close())
}

// open takes the keys as they are now.
func (k *keyWork) open() error {
	if err := k.s.opts.Config.KeepPhoneKeys(); err != nil {
		return err
	}
	ring, err := k.s.opts.Config.PhoneRing()
	if err != nil {
		return err
	}
	k.area = privacy.New(ring)
	return nil
}

// alone does the work under the lease, with the keys as they are once it is held.
func (k *keyWork) alone(ctx context.Context, do func(context.Context) error) error {
	err := k.s.db.Write(ctx, func(tx *db.Tx) error {
		lease, ok, err := runs.Acquire(tx, "keys", "huotang keys", keyLease)
		if err == nil && !ok {
			err = errors.New("另一个 huotang keys 正在做,两分钟后再试 / another huotang keys is at work, try again in two minutes")
		}
		k.lease = lease
		return err
	})
	if err == nil {
		if err = k.open(); err == nil {
			err = do(ctx)
		}
		release := k.s.db.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error { return runs.Release(tx, k.lease) })
		err = errors.Join(err, release)
	}
	return err
}

// write is a unit of work that fails without effect once the lease is lost.
func (k *keyWork) write(ctx context.Context, fn func(tx *db.Tx) error) error {
	return k.s.db.Write(ctx, func(tx *db.Tx) error {
		lease, err := runs.Renew(tx, k.lease, keyLease)
		if err != nil {
			return err
		}
		k.lease = lease
		return fn(tx)
	})
}

func (k *keyWork) uses(ctx context.Context) (uses []privacy.KeyUse, err error) {
	err = k.s.db.Read(ctx, func(tx *db.Tx) error {
		uses, err = k.area.KeyUses(tx)
		return err
	})
	return uses, err
}

func (sh *shell) keysList(ctx context.Context, args []string) error {
	return sh.keys(ctx, "keys list", args, (*keyWork).list)
}

func (k *keyWork) list(ctx context.Context) error {
	uses, err := k.uses(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(k.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "密钥/key\t号码/values\t")
	for _, u := range uses {
		note := ""
		switch {
		case u.Newest:
			note = "最新,现在用它 / newest, in use"
		case !u.Known:
			note = "没有这个密钥,打不开 / missing: cannot be opened"
		case u.Values == 0:
			note = "没有用处了,可以丢掉 / not used, can be dropped"
		}
		fmt.Fprintf(w, "%s\t%d\t%s\n", u.Name, u.Values, note)
	}
	return w.Flush() //nolint:wrapcheck // of the terminal
}

func (sh *shell) keysRotate(ctx context.Context, args []string) error {
	return sh.keys(ctx, "keys rotate", args, func(k *keyWork, ctx context.Context) error { return k.alone(ctx, k.rotate) })
}

// rotate seals everything with the newest key. Where the keys are kept in the file and nothing is left to do for the newest
// one, it adds another first; so that a rotation that was stopped goes on with its own key.
func (k *keyWork) rotate(ctx context.Context) error {
	uses, err := k.uses(ctx)
	if err != nil {
		return err
	}
	_, left := old(uses)
	if left == 0 {
		if left, err = k.add(ctx, uses); err != nil {
			return err
		}
	}
	return k.reseal(ctx, left)
}

// add makes a new key and says how many values are to be sealed with it.
func (k *keyWork) add(ctx context.Context, uses []privacy.KeyUse) (int, error) {
	err := k.s.opts.Config.AddPhoneKey()
	if errors.Is(err, configs.ErrKeysGiven) {
		fmt.Fprintln(k.out, "密钥写在配置里,号码都已经用最新的;要换,先把新密钥加进 phone_keys,见 huotang config default",
			"/ the keys are configured and the newest seals everything; to change it, add one to phone_keys, see huotang config default")
		return 0, nil
	}
	if err == nil {
		err = k.open()
	}
	if err == nil {
		err = k.write(ctx, func(tx *db.Tx) error { return privacy.NoteKeys(tx, keysBy, "keys.add", 0) })
	}
	if err != nil {
		return 0, err
	}
	fmt.Fprintln(k.out, "加了一个新密钥 / a new key is added:", k.s.opts.Config.PhoneKeyFile())
	n := 0
	for _, u := range uses {
		n += u.Values
	}
	return n, nil
}

// reseal works in small units, so that the site can write in between.
func (k *keyWork) reseal(ctx context.Context, left int) error {
	var step privacy.Resealed
	sealed, damaged := 0, 0
	for !step.Done {
		err := k.write(ctx, func(tx *db.Tx) error {
			next, err := k.area.Reseal(tx, step, keyBatch)
			if err == nil {
				step = next
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("停在 %d 个,再运行一次会接着做 / stopped after %d, run again to go on: %w", sealed, sealed, err)
		}
		sealed, damaged = sealed+step.Sealed, damaged+step.Damaged
		if step.Sealed > 0 {
			fmt.Fprintf(k.out, "\r重新加密 / sealed again %d / %d", sealed, max(left, sealed))
		}
	}
	if sealed > 0 {
		fmt.Fprintln(k.out)
		if err := k.write(ctx, func(tx *db.Tx) error { return privacy.NoteKeys(tx, keysBy, "keys.reseal", sealed) }); err != nil {
			return err
		}
	}
	fmt.Fprintf(k.out, "完了:%d 个号码换了密钥 / done: %d values are sealed with the newest key\n", sealed, sealed)
	if damaged > 0 {
		return fmt.Errorf("%d 个号码打不开,没有动;用 keys list 看缺哪个密钥 / %d values cannot be opened and were left; see keys list", damaged, damaged)
	}
	return nil
}

func (sh *shell) keysDrop(ctx context.Context, args []string) error {
	return sh.keys(ctx, "keys drop", args, func(k *keyWork, ctx context.Context) error { return k.alone(ctx, k.drop) })
}

// old lists the keys, except the newest one, that have sealed nothing that is left, and counts the values that need the others.
func old(uses []privacy.KeyUse) (unused []string, needed int) {
	for _, u := range uses {
		switch {
		case !u.Known || u.Newest:
		case u.Values == 0:
			unused = append(unused, u.Name)
		default:
			needed += u.Values
		}
	}
	return unused, needed
}

// drop takes keys that seal nothing any more out of the file; it is refused while all older ones are needed.
func (k *keyWork) drop(ctx context.Context) error {
	uses, err := k.uses(ctx)
	if err != nil {
		return err
	}
	unused, needed := old(uses)
	switch {
	case len(unused) == 0 && needed > 0:
		return fmt.Errorf("不能丢:还有 %d 个号码要用旧密钥,先运行 keys rotate / refused: %d values still need an old key, run keys rotate first", needed, needed)
	case len(unused) == 0:
		fmt.Fprintln(k.out, "没有可以丢的密钥 / there is no key to drop")
		return nil
	}
	err = k.s.opts.Config.DropPhoneKeys(unused)
	if errors.Is(err, configs.ErrKeysGiven) {
		return fmt.Errorf("密钥写在配置里,请从 phone_keys 里删去这些再重启 / the keys are configured, take these out of phone_keys and restart: %v", unused)
	}
	if err == nil {
		err = k.write(ctx, func(tx *db.Tx) error { return privacy.NoteKeys(tx, keysBy, "keys.drop", len(unused)) })
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(k.out, "丢掉了 / dropped:", unused)
	return nil
}

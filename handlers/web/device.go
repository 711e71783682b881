package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/fail"
)

// A phone is shared: it remembers who has signed in on it, by name, and asks the six digits of whoever is chosen. Its
// cookie is a random token that says nothing; who was there is kept with its hash.

const deviceCookie = "device"

// device is the hash of the device's token, "" for none.
func (r *Request) device() string {
	c, err := r.Cookie(deviceCookie)
	if err != nil || len(c.Value) < 20 || len(c.Value) > 64 {
		return ""
	}
	sum := sha256.Sum256([]byte(c.Value))
	return hex.EncodeToString(sum[:])[:56]
}

// keepDevice remembers who has just signed in, where phones are shared.
func (r *Request) keepDevice() error {
	by, err := r.Who()
	if err != nil || !accounts.MayPin(by) {
		return err
	}
	device, token := r.device(), ""
	if device == "" {
		token = rand.Text()
		sum := sha256.Sum256([]byte(token))
		device = hex.EncodeToString(sum[:])[:56]
	} else if c, err := r.Cookie(deviceCookie); err == nil {
		token = c.Value
	}
	r.cookie(deviceCookie, token, int(remembered.Seconds()))
	return r.Write(func(tx *db.Tx, by access.Actor) error { return accounts.KeepDevice(tx, by, device) })
}

// knownHere fills in whom the device knows.
func (r *Request) knownHere(page *signInView) error {
	page.Other = r.Query("other") != ""
	device := r.device()
	if device == "" {
		return nil
	}
	return r.Read(func(tx *db.Tx, _ access.Actor) error {
		people, err := accounts.DevicePeople(tx, device)
		for _, p := range people {
			page.People = append(page.People, Option{Value: p.Account.String(), Label: p.Name})
		}
		if len(people) > 0 && page.Form.Values == nil {
			page.Form.Values = map[string][]string{"who": {r.whoFirst(people)}}
		}
		return err
	})
}

// whoFirst is who is chosen when the page opens: nobody who is signed in now, and nobody at all among several.
func (r *Request) whoFirst(people []accounts.DevicePerson) string {
	now := r.Account()
	others := slices.DeleteFunc(slices.Clone(people), func(p accounts.DevicePerson) bool { return p.Account == now })
	if len(others) != 1 {
		return ""
	}
	return others[0].Account.String()
}

// chosen is who was chosen of the device's people, "" for a user name that is typed.
func (r *Request) chosen() string {
	if r.isAPI() {
		return ""
	}
	return r.Form().Get("who")
}

// usernameOn is the user name of one of the device's people; one that no account has for anybody else, who is then
// refused as a wrong password would be.
func usernameOn(tx *db.Tx, device, who string) (string, error) {
	people, err := accounts.DevicePeople(tx, device)
	for _, p := range people {
		if p.Account.String() == who {
			return p.Username, nil
		}
	}
	return "", err
}

// forgetForm takes somebody off the device. If he is signed in on it, that ends, too.
func forgetForm(r *Request) error {
	var account accounts.AccountID
	if err := account.UnmarshalText([]byte(r.Form().Get("who"))); err != nil {
		return fail.Invalid("input.id").Because(err)
	}
	device := r.device()
	if device != "" {
		err := r.Write(func(tx *db.Tx, _ access.Actor) error { return accounts.ForgetOnDevice(tx, device, account) })
		if err != nil {
			return err
		}
	}
	if r.Account() == account {
		if err := r.SignOut(); err != nil {
			return err
		}
	}
	return r.SeeNote("/sign-in", "sign_in.forgotten")
}

// moveForm signs in with the six digits that another browser shows.
func moveForm(r *Request) error {
	var account accounts.AccountID
	err := r.Write(func(tx *db.Tx, _ access.Actor) (err error) {
		account, err = r.App.Accounts.TakeMoveCode(tx, r.Form().Get("digits"), r.IP())
		return err
	})
	if err == nil && account.IsZero() {
		err = accounts.ErrMoveCode
	}
	done := false
	if err == nil {
		done, err = r.Enter(account)
	}
	if err != nil {
		to, carried := r.carriedForm()
		return r.Again(err, func(f Form) error {
			return r.signInAgain(r.gin.GetInt(statusKey), f, to, carried)
		})
	}
	return r.goOn(done)
}

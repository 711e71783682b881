package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"huotang/handlers/web"
	"huotang/handlers/web/browsertest"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
)

// The pages between a right password and a sign-in keep the rules of every page: the second factor by an app and by a
// card, its codes on paper, and the question for it before people are given out.
func TestSecondFactorInABrowser(t *testing.T) {
	t.Parallel()
	dbtest.Service(t, "HUOTANG_TEST_CHROMIUM")
	w := configured(t, dbtest.SQLite(t), web.Config{BaseURL: "http://127.0.0.1", Version: "test", SecondFactor: true})
	names := w.password("county inside", "township inside")
	half := func(who string) *browsertest.Person {
		p := browsertest.Phone(t, w.URL)
		p.Open("/sign-in")
		p.Fill("用户名", names[who])
		p.Fill("密码，或6位数字", accountstest.Password)
		p.Tap("登录")
		return p
	}

	app := half("county inside")
	before := w.commits()
	everywhere(app, "/sign-in/second")
	app.See("加一道锁")
	if w.commits() != before {
		t.Error("looking at the page has written something")
	}
	var key string
	w.do(func(tx *db.Tx) (err error) {
		_, key, err = w.areas.Accounts.StartFactor(tx, w.who("county inside").actor.Account, "")
		return err
	})
	digits := func() string {
		code, err := totp.GenerateCode(key, w.Env.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	app.Fill("验证码", "000000")
	app.Tap("设好，进去")
	app.WantStatus(http.StatusUnprocessableEntity)
	whole(app)
	app.Fill("验证码", digits())
	app.Tap("设好，进去")
	app.See("收好这些码")
	whole(app)
	everywhere(app, "/sign-in/paper")
	everywhere(app, "/sign-in/confirm")

	w.Env.Clock.Add(time.Minute)
	again := half("county inside")
	everywhere(again, "/sign-in/second")
	again.Fill("验证码", digits())
	again.Tap("继续")
	again.At("/county")

	card := half("township inside")
	card.Unfold()
	card.Tap("给我一张码卡")
	card.See("收好这些码")
	whole(card)
	everywhere(half("township inside"), "/sign-in/second")
}

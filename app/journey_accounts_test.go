package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"huotang/configs"
	"huotang/handlers/web/browsertest"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
)

// wechat is how the browser inside WeChat names itself.
const wechat = "Mozilla/5.0 (Linux; Android 12; V2166A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 " +
	"XWEB/1160065 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560(0x28002F30) WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64"

// slipCode is what stands on the one slip of the page that the clerk has before him.
func slipCode(clerk *browsertest.Person) string {
	clerk.At("/accounts/slips/*")
	return clerk.Reads(regexp.MustCompile(`\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}\b`))
}

// begin uses a slip that is open on the phone.
func begin(p *browsertest.Person, label, digits string) {
	p.Fill(label, digits)
	p.Fill("再按一遍", digits)
	p.Tap("就是我,开始用")
}

// A host gets his slip from the clerk, looks at it in WeChat, which uses nothing up, begins there with six digits, and goes
// on in the phone's own browser with six others; there a trainee begins, too, and the phone changes hands by digits.
func TestJourneySlipAndMove(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		const hostPin, traineePin = "582941", "730264"
		c := newCounty(t, h, 4, 0)
		host, trainee := h.nameOf(t, c.members[2]), c.accounts[c.trainee]

		clerk := h.desk(t, c.clerk)
		clerk.Open("/accounts/new?role=host&person=" + c.members[2].String())
		clerk.See(host)
		clerk.Choose(c.Site.Name)
		clerk.Tap("建好，印纸条")
		slip := slipCode(clerk)
		clerk.Axe()

		inWeChat := browsertest.Phone(t, h.URL())
		inWeChat.Agent(wechat)
		for range 2 { // WeChat's own look at the address, and his
			inWeChat.Open("/first/" + slip)
			inWeChat.WantStatus(http.StatusOK)
			inWeChat.See("这是您吗？", accounts.Half(host))
			inWeChat.NotSee(host)
		}
		begin(inWeChat, "想好6个数字，以后登录用", "123456")
		inWeChat.See("这6位数字太容易猜到")
		begin(inWeChat, "想好6个数字，以后登录用", hostPin)
		inWeChat.Tap("看完了，同意")
		inWeChat.See("今天的事")
		inWeChat.Open("/me/move")
		inWeChat.Tap("给我6位数字")
		inWeChat.See("只能用一次")
		digits := inWeChat.Reads(regexp.MustCompile(`\b\d{3} \d{3}\b`))
		inWeChat.NoSideScroll()
		inWeChat.Axe()

		again := browsertest.Phone(t, h.URL())
		again.Open("/first/" + slip)
		again.See("这个码不能用了")
		again.WantStatus(http.StatusUnprocessableEntity)

		own := browsertest.Phone(t, h.URL())
		moveTo(own, "000000")
		own.See("这6位数字不对")
		moveTo(own, digits)
		own.See("今天的事")
		moveTo(again, digits)
		again.See("这6位数字不对")

		clerk.Open("/accounts/" + trainee.Account.String())
		clerk.Tap("印一张新纸条")
		own.Open("/first/" + slipCode(clerk))
		begin(own, "想好6个数字，以后登录用", traineePin)
		own.At("/catalogue")
		own.Open("/me")
		own.Tap("换个人")
		own.Choose(host)
		own.Fill("您的6位数字", traineePin)
		own.Tap("登录")
		own.See("用户名或密码不对")
		own.Choose(host)
		own.Fill("您的6位数字", hostPin)
		own.Tap("登录")
		own.See("今天的事")
		own.Open("/me")
		own.See(host)
		own.NoSideScroll()
		own.Axe()
		for _, p := range []*browsertest.Person{clerk, inWeChat, own, again} {
			h.settled(p)
		}
	})
}

// moveTo goes on in another browser with six digits.
func moveTo(p *browsertest.Person, digits string) {
	p.Open("/sign-in")
	p.Tap("换到浏览器里用：输入那边显示的6位数字")
	p.Fill("那边显示的6位数字", digits)
	p.Tap("就在这里用")
}

// enter types a name and a secret into the sign-in form.
func enter(p *browsertest.Person, username, secret string) {
	p.Open("/sign-in?other=1")
	p.Fill("用户名", username)
	p.Fill("密码", secret)
	p.Tap("登录")
}

// Whoever tries secrets waits longer and longer, and is told how long; his neighbour behind the same address, and the host
// on his own phone, are not kept waiting. After the wait the right one lets in, and everything is forgotten.
func TestJourneySlowDown(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 0)
		own := h.phone(t, c.host)
		own.Open("/me")
		own.Tap("退出")

		tries := browsertest.Phone(t, h.URL())
		for range 5 {
			enter(tries, c.host, "guessed 2026")
			tries.See("用户名或密码不对")
		}
		enter(tries, c.host, accountstest.Password)
		tries.WantStatus(http.StatusTooManyRequests)
		tries.See("请等1秒再试", "到乡镇党委当面重设")
		tries.Has("用户名", c.host)
		tries.NoSideScroll()
		tries.Axe()
		h.env.Clock.Add(time.Second)
		enter(tries, c.host, "guessed 2026")
		tries.See("用户名或密码不对")
		enter(tries, c.host, accountstest.Password)
		tries.See("请等2秒再试")

		neighbour := h.phone(t, c.sister) // from the same address
		neighbour.See("今天的事")
		own.Open("/sign-in")
		own.Choose("host")
		own.Fill("您的6位数字", accountstest.Password)
		own.Tap("登录")
		own.See("今天的事")
		enter(tries, c.host, accountstest.Password)
		tries.See("请等2秒再试")

		h.env.Clock.Add(2 * time.Second)
		enter(tries, c.host, accountstest.Password)
		tries.See("今天的事")
		tries.Open("/me")
		tries.Tap("退出")
		enter(tries, c.host, "guessed 2026")
		tries.See("用户名或密码不对")
		enter(tries, c.host, accountstest.Password)
		tries.See("今天的事")
		for _, p := range []*browsertest.Person{own, tries, neighbour} {
			h.settled(p)
		}
	})
}

// A clerk of a township locks the account with an app and keeps its codes on paper, gets in by one of them when the app is
// not at hand, and is asked again before people are given out.
func TestJourneySecondFactor(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 0)
		h.areas.Importer.Start()
		first := browsertest.Desk(t, h.URL())
		enter(first, c.clerk, accountstest.Password)
		first.See("加一道锁")
		key := strings.ReplaceAll(first.Reads(regexp.MustCompile(`密钥： ?((?:[A-Z2-7]{4} ?){8})`)), " ", "")
		digits := func() string {
			code, err := totp.GenerateCode(key, h.env.Clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return code
		}
		first.Open("/people") // nobody is in yet
		first.At("/sign-in?next=*")
		first.Open("/sign-in/second")
		first.Fill("验证码", digits())
		first.Tap("设好，进去")
		first.See("收好这些码")
		paper := first.Reads(regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}\b`))
		first.Tap("收好了，继续")
		first.At("/month")

		later := browsertest.Desk(t, h.URL())
		enter(later, c.clerk, accountstest.Password)
		later.Fill("验证码", digits()) // which have let in once
		later.Tap("继续")
		later.See("验证码不对，或者已经用过")
		later.Fill("验证码", strings.ToLower(paper))
		later.Tap("继续")
		later.At("/month")
		later.Open("/me")
		later.See("手机上的验证器", "纸上还有9个码没用")

		upload(later, sheetFile(t, "花名册.xlsx", written(township()[:3])))
		later.See("核对好了")
		later.Tap("导入没有问题的3行")
		later.See("导入好了")
		run := later.Path()
		later.Download("下载原表，每行写明结果") // the second factor was asked for just now
		h.env.Clock.Add(11 * time.Minute)
		later.Open(run)
		later.Tap("下载原表，每行写明结果")
		later.See("再核对一次是您本人", "接下来要拿走很多人的名单")
		later.NoSideScroll()
		later.Axe()
		later.Fill("验证码", paper)
		later.Tap("继续")
		later.See("验证码不对，或者已经用过")
		later.Fill("验证码", digits())
		if name, _ := later.Download("继续"); name != "花名册.xlsx" {
			t.Errorf("the file came as %q", name)
		}
		later.Open(run)
		later.Download("下载原表，每行写明结果")
		for _, p := range []*browsertest.Person{first, later} {
			h.settled(p)
		}
	}, func(cfg *configs.Config) { cfg.SecondFactor = "on" })
}

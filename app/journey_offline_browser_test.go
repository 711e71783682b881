package main

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"huotang/handlers/web/browsertest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
)

// WeChat's browser and the phone's are two devices: each says which one it is, keeps its own outbox, and knows nothing of the other's.
func TestJourneyOfflineTwoBrowsers(t *testing.T) {
	h, c := countyEvening(t, 4, 0)
	in := browsertest.Phone(t, h.URL())
	in.Agent(wechat)
	out := browsertest.Phone(t, h.URL())
	for _, p := range []*browsertest.Person{in, out} {
		p.Clock(h.env.Clock.Now())
		signIn(p, c.host)
		p.See("没有网也能点名")
	}
	h.shut()
	in.Open("/")
	in.See("这里是微信里的火塘")
	holds(in)
	in.See("记在手机里了，还没传上去")
	out.Open("/")
	out.See("这里是手机浏览器里的火塘", "开始今晚的活动")
	out.NotSee("还没传上去")
	in.Tap("看还没传上去的")
	in.See("这里是微信里的火塘", "请人代传", "复制成文字")
	in.NotSee("存成文件") // WeChat saves no files
	open := h.again(t, "test")
	in.Open("/roll")
	in.See("都传上去了")
	out.Open("/roll")
	out.Eventually("the other browser learns of it from the server", func() bool { return out.Sees("已传上去 · 第1版") })
	if v := theRoll(t, open, c); v.Present != 4 {
		t.Errorf("the roll is %+v", v.Tally)
	}
}

// What the phone answers to being asked for a lasting place is said in words, each answer in its own.
func TestJourneyOfflinePromise(t *testing.T) {
	h, c := countyEvening(t, 3, 0)
	for answer, words := range map[string]string{
		"StorageManager.prototype.persist = () => Promise.resolve(true)":  "手机答应了：没传上去的不会自己清掉",
		"StorageManager.prototype.persist = () => Promise.resolve(false)": "手机没有答应一定留着",
		"delete StorageManager.prototype.persist":                         "这个浏览器说不准会不会清掉",
	} {
		p := browsertest.Phone(t, h.URL()).For(t)
		p.Clock(h.env.Clock.Now())
		p.Before("StorageManager.prototype.persisted = () => Promise.resolve(false); " + answer)
		signIn(p, c.host)
		p.See("没有网也能点名")
		p.Open("/roll")
		p.Tap("今天临时有活动")
		p.Tap("应到的都到了")
		p.Tap("交名单")
		p.Tap("没错,交")
		p.See("已传上去")
		p.Tap("回到今天的事")
		p.See(words)
	}
}

// A text for 代传 goes by the phone's share sheet where there is one, else into a file; a clerk hands in either.
func TestJourneyOfflineShare(t *testing.T) {
	h, c := countyEvening(t, 4, 0)
	p := browsertest.Phone(t, h.URL())
	p.Clock(h.env.Clock.Now())
	p.Before(`StorageManager.prototype.persisted = StorageManager.prototype.persist = () => Promise.resolve(false);
delete Navigator.prototype.share; delete Navigator.prototype.canShare;
if (sessionStorage.getItem('shares')) { navigator.canShare = d => d.files.length === 1; navigator.share = d => d.files[0].text().then(s => { self.shared = d.files[0].name + '|' + s; }); }`)
	signIn(p, c.host)
	p.See("没有网也能点名")
	h.shut()
	p.Open("/")
	holds(p)
	p.See("记在手机里了，还没传上去")
	p.Tap("看还没传上去的")
	p.See("请人代传")
	p.NotSee("发成文件")
	name, file := p.Download("存成文件")
	saved, err := os.ReadFile(file)
	if err != nil || name != "代传-2026-11-23.txt" || !strings.Contains(string(saved), "到4人\nHT1.") {
		t.Errorf("%s holds %.60q (%v)", name, saved, err)
	}
	p.See("在手机的「下载」里")

	browsertest.Run[any](p, "sessionStorage.setItem('shares', '1')")
	p.Open("/roll?again#outbox")
	p.See("发成文件")
	p.NotSee("存成文件")
	p.Tap("发成文件")
	p.Eventually("the share sheet has it", func() bool { return browsertest.Run[string](p, "self.shared || ''") != "" })
	name, shared, _ := strings.Cut(browsertest.Run[string](p, "self.shared"), "|")
	if name != "代传-2026-11-23.txt" || !strings.HasPrefix(shared, "火塘代传 ") {
		t.Errorf("%s is shared: %.60q", name, shared)
	}
	open := h.again(t, "test")
	clerk := open.desk(t, c.clerk)
	for _, text := range []string{string(saved), shared} { // each sealed anew, both the same item
		clerk.Open("/relay")
		clerk.Fill("收到的文字", text)
		clerk.Tap("交上去")
		clerk.See("请告诉他：已经交上去了", "到4人")
	}
	if v := theRoll(t, open, c); v.Present != 4 || v.Revision != 1 {
		t.Errorf("the roll is %+v", v.SessionView)
	}
}

// When the signal comes back the browser wakes the worker, which sends with no page open.
func TestJourneyOfflineSync(t *testing.T) {
	h, c := countyEvening(t, 4, 0)
	p := browsertest.Phone(t, h.URL())
	p.Clock(h.env.Clock.Now())
	signIn(p, c.host)
	p.See("没有网也能点名")
	h.shut()
	p.Open("/")
	holds(p)
	p.See("记在手机里了，还没传上去")
	p.Eventually("the worker is asked to send later", func() bool {
		return browsertest.Run[string](p, "navigator.serviceWorker.ready.then(r => r.sync.getTags()).then(t => t.join(), e => String(e))") == "outbox"
	})
	open := h.again(t, "test")
	p.Wake("outbox")
	host := open.client(t, c.host)
	p.Eventually("the roll is there", func() bool {
		list := get[struct{ Items []attendance.SessionView }](t, host, "/sessions?site="+c.Site.ID.String())
		return len(list.Items) == 1 && list.Items[0].Present == 4
	})
	p.Open("/roll")
	p.See("都传上去了")
	attendancetest.Sound(t, h.env)
}

// A worker that cannot be installed is no silence: 今天的事 says so, and what can be done instead.
func TestJourneyOfflineNotInstalled(t *testing.T) {
	h, c := countyEvening(t, 3, 0)
	site := badNetwork(t, h.URL(), func(r *http.Request, a *http.Response) bool {
		return a == nil && strings.HasSuffix(r.URL.Path, ".pack")
	})
	p := browsertest.Phone(t, site)
	p.Clock(h.env.Clock.Now())
	signIn(p, c.host)
	p.See("这个浏览器存不下点名的那一页，没有网的时候打不开。", "信号不好的时候")
	p.NotSee("没有网也能点名")
	p.Tap("用这一页点名")
	p.See("开着别关")
	holds(p)
	p.See("已传上去")
	if v := theRoll(t, h, c); v.Present != 3 {
		t.Errorf("the roll is %+v", v.Tally)
	}
}

// A browser that keeps nothing at all says that, too, and what to do.
func TestJourneyOfflineKeepsNothing(t *testing.T) {
	h, c := countyEvening(t, 3, 0)
	p := browsertest.Phone(t, h.URL())
	p.Clock(h.env.Clock.Now())
	p.Before(`Object.defineProperty(Navigator.prototype, 'serviceWorker', { value: undefined });
Object.defineProperty(self, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });`)
	signIn(p, c.host)
	p.See("这个浏览器不让存东西", "或者先记在纸上")
	p.See("开始今晚的活动") // with a network all goes on
}

// The browser's own limit is reached between two taps: the roll on the screen stays, a picture is refused in words, and what was kept
// before is all there; with room again it is handed in.
func TestJourneyOfflineNoRoom(t *testing.T) {
	h, c := countyEvening(t, 4, 0)
	picture := camera(t)
	folder := t.TempDir()
	p := atHome(t, h, c, folder)
	h.shut()
	p.Open("/")
	p.Tap("开始今晚的活动")
	p.Tap("应到的都到了")
	p.Tap("交名单")
	p.See("照片（可以不拍）")
	p.Attach("拍一张", picture)
	p.See("拿掉")
	p.Close()

	p = fromIcon(t, h, folder) // a browser asks for room at its first writing, and then not for a while
	p.Room(1)
	p.Tap("去点名")
	p.Tap("交名单")
	p.See("拿掉")
	p.Attach("从相册里选", picture)
	p.See("手机快存满了，照片没有记下来。名单都在，照样能交。")
	p.Tap("没错,交")
	p.See("手机存满了，刚才的没有记下来", "请人代传", "复制成文字")
	p.Room(-1)
	p.Tap("没错,交")
	p.See("记在手机里了，还没传上去")
	p.Open("/roll")
	p.See("有1次还没传上去", "有1张照片还没传上去")
	open := h.again(t, "test")
	p.Tap("现在传")
	p.See("都传上去了")
	if v := theRoll(t, open, c); v.Present != 4 {
		t.Errorf("the roll is %+v", v.Tally)
	}
}

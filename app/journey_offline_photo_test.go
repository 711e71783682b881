package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"huotang/handlers/web/browsertest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/org"
	"huotang/models/photos"
)

// camera writes a picture as a phone's camera does: wide, heavy, and turned by the word in its file alone. Its left third is red.
func camera(t *testing.T) string {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, 3000, 2000))
	for y := range 2000 {
		for x := range 3000 {
			n := uint8(r.UintN(60))
			c := color.RGBA{n, n, 140 + n, 255}
			if x < 1000 {
				c = color.RGBA{190 + n, n, n, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"), 0, 0, 0, 0)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(exif)+2))
	file := filepath.Join(t.TempDir(), "evening.jpg")
	if err := os.WriteFile(file, append(append(head, exif...), b.Bytes()[2:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// kept is a picture as the phone has it.
type keptPicture struct {
	Bytes, Width, Height int
	Top, Bottom          []uint8 // colours in the middle of both
}

const lookAtPictures = `(async () => {
  const out = [];
  for (const p of await self.huotang.album.all('photos')) {
    const bytes = await self.huotang.album.get('bytes', p.id);
    if (!bytes) continue;
    const b = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
    const c = document.createElement('canvas');
    c.width = b.width; c.height = b.height;
    const x = c.getContext('2d');
    x.drawImage(b, 0, 0);
    const at = k => Array.from(x.getImageData(b.width / 2, k, 1, 1).data).slice(0, 3);
    out.push({ Bytes: bytes.byteLength, Width: b.width, Height: b.height, Top: at(b.height * 0.1), Bottom: at(b.height * 0.9) });
  }
  return out;
})()`

func (k keptPicture) fits(t *testing.T) {
	t.Helper()
	red := func(c []uint8) bool { return len(c) == 3 && c[0] > c[2]+50 }
	if k.Bytes > 250_000 || max(k.Width, k.Height) > 1600 || k.Width >= k.Height {
		t.Errorf("the picture has %d bytes, %d×%d", k.Bytes, k.Width, k.Height)
	}
	if !red(k.Top) || red(k.Bottom) { // turned to the right, what was left is on top
		t.Errorf("the picture is not upright: %v above, %v below", k.Top, k.Bottom)
	}
}

// A picture taken without a network is made small and upright, and survives the battery; it is sent after the roll, by itself.
func TestJourneyOfflinePhoto(t *testing.T) {
	h, c := countyEvening(t, 5, 0)
	folder := t.TempDir()
	atHome(t, h, c, folder).Close()
	h.shut()
	picture := camera(t)

	p := fromIcon(t, h, folder)
	p.Tap("开始今晚的活动")
	p.Tap("应到的都到了")
	p.Tap("交名单")
	p.See("照片（可以不拍）")
	p.Attach("拍一张", picture)
	p.See("拿掉")
	p.Attach("从相册里选", picture)
	p.Eventually("there are two", func() bool { return len(browsertest.Run[[]keptPicture](p, lookAtPictures)) == 2 })
	p.NoSideScroll()
	p.Axe()
	p.Tap("拿掉")
	p.Eventually("one is left", func() bool { return len(browsertest.Run[[]keptPicture](p, lookAtPictures)) == 1 })
	browsertest.Run[[]keptPicture](p, lookAtPictures)[0].fits(t)
	p.Tap("拍一张") // the camera takes all the memory that there is
	p.Eventually("it is written that a picker is open", func() bool {
		return browsertest.Run[string](p, "self.huotang.store.get('kept', 'picking').then(s => s || '')") != ""
	})
	p.Kill()

	p = fromIcon(t, h, folder)
	p.See("刚才打开相机的时候，手机把这一页关了。名单都在。", "名单还没有交")
	p.NotSee("没传上去")
	p.Tap("去点名")
	p.Tap("交名单")
	p.See("拿掉")
	p.Tap("没错,交")
	p.See("记在手机里了，还没传上去", "拿掉")
	p.Tap("回到今天的事")
	p.See("有1次还没传上去", "有1张照片还没传上去")
	p.Tap("看还没传上去的")
	p.See("11月23日 星期一的照片")
	open := h.again(t, "test")
	p.Tap("现在传")
	p.See("都传上去了")
	roll := theRoll(t, open, c)
	got := get[struct{ Items []photos.View }](t, open.client(t, c.host), "/sessions/"+roll.ID.String()+"/photos")
	if len(got.Items) != 1 || got.Items[0].Kind != photos.Evening || roll.Present != 5 {
		t.Errorf("the server has %+v of %+v", got.Items, roll.Tally)
	}
	if left := browsertest.Run[[]keptPicture](p, lookAtPictures); len(left) != 0 {
		t.Errorf("the phone still has %+v", left)
	}
	p.Close()
}

// handsInWithPicture is a host's phone that has handed the evening in, at once, and has a picture of it to send.
func handsInWithPicture(t *testing.T, h *place, c *county, site string) *browsertest.Person {
	t.Helper()
	p := browsertest.Phone(t, site)
	p.Clock(h.env.Clock.Now())
	signIn(p, c.host)
	p.See("没有网也能点名")
	p.Open("/roll")
	p.Tap("开始今晚的活动")
	p.Tap("应到的都到了")
	p.Tap("交名单")
	p.See("照片（可以不拍）")
	p.Attach("拍一张", camera(t))
	p.See("拿掉")
	p.Tap("没错,交")
	p.See("已传上去")
	return p
}

// The answer to a picture is lost, and with it the phone's knowledge that it came: it is sent again and is there once. The roll was
// first.
func TestJourneyOfflinePhotoLost(t *testing.T) {
	h, c := countyEvening(t, 3, 0)
	var order []string
	var mu sync.Mutex
	site := badNetwork(t, h.URL(), func(r *http.Request, a *http.Response) bool {
		if a == nil || r.Method == http.MethodGet || !strings.HasPrefix(r.URL.Path, "/api/v1/sessions/") {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		order = append(order, r.Method)
		return len(order) == 2
	})
	p := handsInWithPicture(t, h, c, site)
	p.Eventually("an answer was lost", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(order) >= 2
	})
	p.Open("/roll") // or the worker, if the browser has woken it meanwhile
	p.See("都传上去了")
	mu.Lock()
	defer mu.Unlock()
	if want := []string{http.MethodPost, http.MethodPut, http.MethodPut}; !slices.Equal(order, want) {
		t.Errorf("what was sent is %v, want %v", order, want)
	}
	roll := theRoll(t, h, c)
	got := get[struct{ Items []photos.View }](t, h.client(t, c.host), "/sessions/"+roll.ID.String()+"/photos")
	if len(got.Items) != 1 {
		t.Errorf("the server has %+v", got.Items)
	}
}

// A picture on its way keeps no roll waiting; taken away meanwhile, it is taken away on the server as well, though its answer is lost.
func TestJourneyOfflinePhotoTakenAway(t *testing.T) {
	h, c := countyEvening(t, 3, 0)
	var mu sync.Mutex
	seen := map[string]int{}
	hold, held := make(chan struct{}), make(chan struct{})
	letGo := sync.OnceFunc(func() { close(hold) })
	site := badNetwork(t, h.URL(), func(r *http.Request, a *http.Response) bool {
		if r.Method == http.MethodGet || !strings.HasPrefix(r.URL.Path, "/api/v1/sessions/") {
			return false
		}
		mu.Lock()
		first := r.Method == http.MethodPut && seen["PUT"] == 0
		if a == nil {
			seen[r.Method]++
		}
		mu.Unlock()
		if a == nil && first {
			close(held)
			<-hold
		}
		return a != nil && r.Method == http.MethodPut
	})
	count := func(method string) int {
		mu.Lock()
		defer mu.Unlock()
		return seen[method]
	}
	t.Cleanup(letGo)
	p := handsInWithPicture(t, h, c, site)
	<-held
	p.Tap("回到今天的事")
	p.In("11月活动日").Tap("改")
	p.Tap("大人多一个")
	p.Tap("交名单")
	p.Tap("漏了人")
	p.Tap("没错,交")
	p.See("已传上去")
	if n := count(http.MethodPost); n != 2 {
		t.Errorf("%d rolls went while the picture was on its way", n)
	}
	p.Tap("拿掉")
	letGo()
	p.Eventually("it was taken away on the server", func() bool { return count(http.MethodDelete) == 1 })
	roll := theRoll(t, h, c)
	got := get[struct{ Items []photos.View }](t, h.client(t, c.host), "/sessions/"+roll.ID.String()+"/photos")
	if len(got.Items) != 0 || roll.Adults != 1 {
		t.Errorf("the server has %+v of %+v", got.Items, roll.Tally)
	}
	p.Open("/roll")
	p.See("都传上去了")
	if n := browsertest.Run[int](p, "self.huotang.album.keys('photos').then(k => k.length)"); n != 0 {
		t.Errorf("%d pictures are left on the phone", n)
	}
}

// On a shared phone somebody else neither sees nor sends a picture that waits; its owner does, and takes its view along when he signs out.
func TestJourneyOfflinePhotoShared(t *testing.T) {
	h, c := countyEvening(t, 3, 0)
	head := c.account(t, h, access.Head, org.SiteUnit(c.Site.ID), access.PersonID{})
	p := browsertest.Phone(t, h.URL())
	p.Clock(h.env.Clock.Now())
	signIn(p, c.host)
	p.See("没有网也能点名")
	h.shut()
	p.Open("/")
	p.Tap("开始今晚的活动")
	p.Tap("应到的都到了")
	p.Tap("交名单")
	p.See("照片（可以不拍）")
	p.Attach("拍一张", camera(t))
	p.See("拿掉")
	p.Tap("没错,交")
	p.See("记在手机里了，还没传上去")

	p.Forget()
	h.again(t, "test")
	signIn(p, head)
	p.See("没有网也能点名", "有1次还没传上去")
	p.Open("/roll#outbox")
	p.See("有1张照片还没传上去", "拍的，要他本人登录才能传")
	p.NotSee("拿掉")
	p.Open("/today")
	p.See("没有网也能点名")
	p.Tap("退出")
	p.Open("/sign-in?other=1")
	p.Fill("用户名", c.host)
	p.Fill("密码", accountstest.Password)
	p.Tap("登录")
	p.At("/today")
	p.Open("/roll")
	p.See("都传上去了")
	views := func() int { return browsertest.Run[int](p, "self.huotang.album.keys('photos').then(k => k.length)") }
	if n := views(); n != 1 {
		t.Errorf("%d pictures on the phone of who sent it", n)
	}
	p.Open("/today")
	p.See("没有网也能点名")
	p.Tap("退出")
	p.Open("/roll")
	p.Eventually("the view has left the phone", func() bool { return views() == 0 })
}

// Browsers that neither turn a picture nor open it by createImageBitmap get one as well.
func TestJourneyOfflinePhotoOldBrowsers(t *testing.T) {
	h, c := countyEvening(t, 3, 0)
	picture := camera(t)
	for name, lacks := range map[string]string{
		"no bitmaps": "delete self.createImageBitmap;",
		"not turned": `CSS.supports = () => false; const read = FileReader.prototype.readAsDataURL;
  FileReader.prototype.readAsDataURL = function (f) { read.call(this, new Blob([f.slice(0, 2), f.slice(38)], { type: f.type })); };`,
	} {
		t.Run(name, func(t *testing.T) {
			p := browsertest.Phone(t, h.URL())
			p.Clock(h.env.Clock.Now())
			p.Before("if (location.pathname === '/roll') { const whole = createImageBitmap; self.open = f => whole(f); " + lacks + " }")
			signIn(p, c.host)
			p.See("没有网也能点名")
			p.Open("/roll")
			p.Tap("开始今晚的活动")
			p.Tap("应到的都到了")
			p.Tap("交名单")
			p.See("照片（可以不拍）")
			p.Attach("拍一张", picture)
			p.See("拿掉")
			got := browsertest.Run[[]keptPicture](p, "self.createImageBitmap = self.open, "+lookAtPictures)
			if len(got) != 1 {
				t.Fatalf("%d pictures", len(got))
			}
			got[0].fits(t)
		})
	}
}

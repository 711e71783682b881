package browsertest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"huotang/handlers/web/browsertest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := browsertest.Stop(); err != nil && code == 0 {
		panic(err)
	}
	os.Exit(code)
}

const front = `<!doctype html><html lang="zh"><title>门</title><link rel="icon" href="data:,"><meta name="viewport" content="width=device-width,initial-scale=1">
<style>a{color:#00e}a,button{display:inline-block;min-height:44px}.cover{position:fixed;inset:0}[hidden]{display:none}</style>
<body><header><a href="/far">看课</a></header><main><h1>今天的事</h1>
<a href="/slow">慢慢来</a> <a href="/file">下载表格</a> <a href="#here">这里</a>
<form method="post" action="/said"><label for="n">姓名</label><input id="n" name="name" required value="旧名字">
<label>哪天 <input type="date" name="day"></label>
<label for="k">种类</label><select id="k" name="kind"><option value="a">党课</option><option value="b">主题党日</option></select>
<div role="group" aria-label="杨桂芳"><label for="p1">到</label><input type="radio" id="p1" name="p" value="1"><label for="p0">没来</label><input type="radio" id="p0" name="p" value="0"></div>
<div role="group" aria-label="李老三"><label for="q1">到</label><input type="radio" id="q1" name="q" value="1"><label for="q0">没来</label><input type="radio" id="q0" name="q" value="0"></div>
<button>没错,交</button></form>
<form method="post" action="/up" enctype="multipart/form-data"><label for="f">视频文件</label><input type="file" id="f" name="file"><button>上传</button></form>
</main></body></html>`

func site(t *testing.T) string {
	t.Helper()
	page := func(w http.ResponseWriter, body string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><html lang=zh><title>答</title><link rel=icon href=data:,><main><h1>"+body+"</h1></main></html>")
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, front)
	})
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(300 * time.Millisecond)
		page(w, "来了")
	})
	mux.HandleFunc("POST /said", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/heard?"+r.FormValue("name")+r.FormValue("day")+r.FormValue("kind")+r.FormValue("p")+r.FormValue("q"), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /heard", func(w http.ResponseWriter, r *http.Request) { page(w, "收到"+r.URL.RawQuery) })
	mux.HandleFunc("POST /up", func(w http.ResponseWriter, r *http.Request) {
		_, h, err := r.FormFile("file")
		if err != nil {
			http.Error(w, "no", http.StatusUnprocessableEntity)
			return
		}
		w.WriteHeader(http.StatusUnprocessableEntity)
		page(w, "文件"+h.Filename)
	})
	mux.HandleFunc("GET /file", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="a.csv"`)
		_, _ = io.WriteString(w, "一,二")
	})
	mux.HandleFunc("GET /bad", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<!doctype html><html lang=zh><title>坏</title><meta name=viewport content="width=device-width"><body><main>
<div style="width:900px">宽</div><img src="/none.png"><p style="color:#eee;background:#fff">看不清</p><a href="/" style="outline:0">去</a>
<script>throw new Error("坏了")</script></main></body></html>`)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestVerbs(t *testing.T) {
	url := site(t)
	for name, open := range map[string]func(testing.TB, string) *browsertest.Person{"phone": browsertest.Phone, "desk": browsertest.Desk} {
		t.Run(name, func(t *testing.T) { verbs(t, open(t, url)) })
	}
}

func verbs(t *testing.T, p *browsertest.Person) {
	p.Open("/")
	p.WantStatus(200)
	p.See("今天的事")
	p.NoSideScroll()
	p.KeyboardOrder()
	p.Tap("慢慢来")
	p.At("/slow")
	p.See("来了")
	p.Back()
	p.Tap("这里")
	p.At("/")
	p.Fill("姓名", "杨桂芳")
	p.Has("姓名", "杨桂芳")
	p.Fill("哪天", "2026-11-23")
	p.Fill("种类", "主题党日")
	p.In("李老三").Choose("没来")
	p.In("杨桂芳").Choose("到")
	p.Tap("没错,交")
	p.At("/heard*")
	p.WantStatus(200)
	p.See("2026-11-23b10")
	p.NotSee("今天的事")
	if b := p.Reads(regexp.MustCompile(`-23b(\d)`)); b != "1" {
		t.Errorf("reads %q", b)
	}

	p.Open("/")
	p.Fill("姓名", "")
	p.Tap("没错,交")
	p.At("/") // an empty required field keeps the form here
	p.Fill("姓名", "李")
	p.TabTo("没错")
	p.Press(browsertest.Enter)
	p.At("/heard*")

	p.Open("/")
	file := filepath.Join(t.TempDir(), "茶.mp4")
	if err := os.WriteFile(file, []byte("no video"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Attach("视频文件", file)
	p.Tap("上传")
	p.WantStatus(422)
	p.See("文件茶.mp4")

	p.Open("/")
	name, got := p.Download("下载表格")
	if b, err := os.ReadFile(got); err != nil || name != "a.csv" || string(b) != "一,二" {
		t.Errorf("download %q: %q, %v", name, b, err)
	}
	p.NoForeignRequests()
	p.NoConsoleErrors()
	p.Axe()
}

func TestWithoutJS(t *testing.T) {
	p := browsertest.Phone(t, site(t))
	p.WithoutJS()
	p.Open("/")
	p.Tap("慢慢来")
	p.See("来了")
	p.Open("/")
	p.Fill("姓名", "无脚本")
	p.In("李老三").Choose("没来")
	p.Tap("没错,交")
	p.At("/heard*")
}

func TestTraffic(t *testing.T) {
	p := browsertest.Desk(t, site(t))
	mark := p.Mark()
	p.Open("/")
	p.Quiet(mark)
	got := p.Since(mark)
	if len(got.Requests) < 1 || got.Bytes < int64(len(front)) || got.Requests[0].Status != 200 {
		t.Errorf("traffic:\n%s", got)
	}
}

// recorder collects what a verb says against a page.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, format)
	r.TB.Logf("as wanted: "+format, args...)
}

func TestChecksFindWhatIsWrong(t *testing.T) {
	p := browsertest.Phone(t, site(t))
	p.Open("/bad")
	for name, check := range map[string]func(*browsertest.Person){
		"side scroll": func(p *browsertest.Person) { p.NoSideScroll() },
		"axe":         func(p *browsertest.Person) { p.Axe() },
		"console":     func(p *browsertest.Person) { p.NoConsoleErrors() },
		"keyboard":    func(p *browsertest.Person) { p.KeyboardOrder() },
	} {
		r := &recorder{TB: t}
		check(p.For(r))
		if len(r.said) == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
	if !strings.HasSuffix(p.Path(), "/bad") {
		t.Error("the checks moved the page")
	}
}

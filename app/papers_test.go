package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huotang/handlers/web/browsertest"
	"huotang/media"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/papers"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// printed holds a page against its paper: as many sheets as it says, nothing cut off. It gives how many.
func printed(t *testing.T, p *browsertest.Person, path string) int {
	t.Helper()
	p.Open(path)
	leaves := p.Printed(".leaf")
	for i, l := range leaves {
		if l.Cut {
			t.Errorf("%s: something on page %d of %d does not fit", path, i+1, len(leaves))
		}
	}
	pdf := p.PDF()
	if got := pagesOf(pdf); got != len(leaves) || got == 0 {
		t.Errorf("%s: %d pages of paper, and the server laid out %d", path, got, len(leaves))
	}
	if !strings.HasPrefix(path, "/papers") { // where each roll is numbered by itself
		p.See(fmt.Sprintf("第%d页", len(leaves)), fmt.Sprintf("共%d页", len(leaves)))
	}
	if dir := os.Getenv("HUOTANG_TEST_SHOTS"); dir != "" {
		name := filepath.Join(dir, strings.NewReplacer("/", "_", "?", "_", "&", "_").Replace(path))
		_ = os.WriteFile(name+".pdf", pdf, 0o600)
		p.ScreenshotTo(name+".png", true)
	}
	return len(leaves)
}

// Rolls to be signed, records, sign-in sheets and the year's book come out on as many sheets of A4 as they say, with short names and long
// ones, few and many; the code on a roll is large enough, and is read from the page as it is printed.
func TestSessionsOnPaper(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 12, 6)
	host, clerk := h.desk(t, c.host), h.desk(t, c.clerk)
	today := date.Of(h.env.DB.Now())
	peopletest.Add(t, h.env, c.Tree, peopletest.Person{Name: "阿布都热合曼·买买提依明·艾尔肯阿布都热合曼", Site: c.Site.ID, Standing: people.Full})
	day := calendartest.Day(t, h.env, c.Site.ID, today.Month())
	members := c.members
	for i := range 40 {
		name := "阿布都热合曼·买买提依明·艾尔肯阿布都热合曼"
		if i%2 == 0 {
			name = "字文学"
		}
		members = append(members, peopletest.Add(t, h.env, c.Tree, peopletest.Person{Name: fmt.Sprint(name, i), Site: c.Sister.ID, Standing: people.Full}))
	}
	printed(t, host, "/papers?session="+day.SessionID.String())
	const least = 30 // mm of a code, without its margin
	for _, q := range host.Printed(".qr path:last-child") {
		if q.Width < least || q.Height < least {
			t.Errorf("a code is %.1f×%.1f mm", q.Width, q.Height)
		}
	}
	file := filepath.Join(t.TempDir(), "page.png")
	host.Paper(true)
	host.ScreenshotTo(file, false)
	host.Paper(false)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := media.ReadPicture(b)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := media.ReadQR(p.Image), h.URL()+"/p/"+string(papers.CodeOf(day.SessionID)); got != want {
		t.Errorf("the code on the page says %q, want %q", got, want)
	}
	printed(t, host, "/papers?site="+c.Site.ID.String())
	printed(t, host, "/papers?site="+c.Site.ID.String()+"&blank=1")
	sisterDay := calendartest.Day(t, h.env, c.Sister.ID, today.Month())
	if n := printed(t, h.desk(t, c.sister), "/papers?session="+sisterDay.SessionID.String()); n < 2 {
		t.Errorf("a roster of %d is %d pages", len(members)-len(c.members), n)
	}
	thirdDay := calendartest.Day(t, h.env, c.Far.ID, today.Month())
	for i := range 14 {
		peopletest.Add(t, h.env, c.Tree, peopletest.Person{Name: fmt.Sprint("罗家", i), Site: c.Far.ID, Standing: people.Full})
	}
	third := h.desk(t, c.account(t, h, access.Head, org.SiteUnit(c.Far.ID), access.PersonID{}))
	if n := printed(t, third, "/papers?session="+thirdDay.SessionID.String()); n != 1 {
		t.Errorf("a roster of 14 is %d pages", n)
	}
	if n := printed(t, clerk, "/papers?blank=1&under="+c.Township.Code); n < 6 {
		t.Errorf("%d pages for the township", n)
	}

	sister := h.client(t, c.sister)
	submit := func(marks []attendance.MarkInput, kinds []string, back int) string {
		session := attendance.SessionID(id.New[county]()).String()
		send[attendance.Receipt](t, sister, http.MethodPost, "/sessions/"+session+"/roll", map[string]any{
			"site": c.Sister.ID, "held_on": today.AddDays(-back), "minutes": 90, "kinds": kinds, "marks": marks, "device": attendancetest.Device(), "seq": 1,
			"place": "院坝", "recorder": "李文", "on_paper": back > 0, "adults": 3, "children": 2, "guests": []string{"过路的"},
		})
		return session
	}
	many := submit(attendancetest.All(members[12:], attendance.Present), []string{"activity_day", "party_class"}, 0)
	few := submit(attendancetest.All(c.sisters[:2], attendance.Absent), []string{"activity_day"}, 6)
	desk := h.desk(t, c.sister)
	if n := printed(t, desk, "/sessions/"+few+"/record"); n < 1 {
		t.Errorf("a short record is %d pages", n)
	}
	desk.See("按纸质名单补录")
	both, one := printed(t, desk, "/sessions/"+many+"/record"), printed(t, desk, "/sessions/"+many+"/record?kind=party_class")
	if both != 2*one {
		t.Errorf("two kinds are %d pages, and one %d", both, one)
	}
	printed(t, desk, "/sessions/"+many+"/sign-in")
	book := printed(t, desk, "/sites/"+c.Sister.ID.String()+"/book")
	if book < 4 {
		t.Errorf("the book is %d pages", book)
	}
	h.settled(desk)
}

package reports

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org/orgtest"
	"huotang/models/reports"
)

// The page, the paper and the file of a sealed month have the figures that were sealed, with what came later beside them, the two dates, who
// came late, and which school was given time.
func TestSealedMonthEverywhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e, c := w.County.Env, w.County
		e.Clock.Set(date.New(2026, 10, 1).At(9, 0))
		calendartest.Rule(t, e, c.Township.ID, calendartest.OnDay(20))
		october := date.NewMonth(2026, 10)
		e.Do(t, func(tx *db.Tx) error {
			_, err := calendar.GiveTime(tx, orgtest.By, calendar.GiveTimeInput{
				Site: c.Sister.ID, Month: october, OnTimeUntil: date.New(2026, 11, 15), LockedAfter: date.New(2026, 11, 20), Reason: "停电",
			})
			return err
		})
		e.Clock.Set(date.New(2026, 11, 11).At(1, 0))
		e.Do(t, func(tx *db.Tx) error {
			_, err := reports.Seal(tx, access.System("calendar.close"), reports.SealInput{Unit: c.Township.ID, Month: october})
			return err
		})
		e.Clock.Set(date.New(2026, 11, 12).At(9, 0))
		w.County.Hold(t, c.Site, date.New(2026, 10, 20))
		clerk := w.as(t, access.Township)
		const query = "?month=2026-10"
		dates := "11月5日以前交算按时，11月10日以后封存；每所至少1次。"
		page := clerk.Get("/month"+query).Want(200, "本月已封存", dates, "封存后补的：", "宽限到11月15日，11月20日以后封存（停电）", "补交（11月12日交的）")
		if page.Find("a[href^='/calendar/exceptions/'], a[href='/calendar/periods']").Length() != 0 {
			t.Error("a township is offered to change the dates")
		}
		if n := w.as(t, access.County).Get("/month" + query).Find("tbody a[href^='/calendar/exceptions/" + c.Sister.ID.String() + "']").Length(); n != 1 {
			t.Errorf("%d links to give the sister time", n)
		}
		clerk.Get("/reports/month/print"+query).Want(200, "封存后补的", "还没有记录", dates, "本月封存以后，数字不再变")
		file := clerk.Get("/reports/month.xlsx" + query)
		book, err := excelize.OpenReader(bytes.NewReader([]byte(file.Body)))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.GetRows(book.GetSheetList()[0])
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(rows, func(r []string) bool { return r[0] == c.Site.Code })
		if head := rows[1]; head[6] != "封存后补的" || rows[i][3] != "还没有记录" || !strings.HasPrefix(rows[i][6], "已") {
			t.Errorf("%q\n%q", head, rows[i])
		}
		clerk.Get("/reports/print?"+url.Values{"from": {"2026-10-01"}, "to": {"2026-10-31"}}.Encode()).Want(200, "封存以后补的、改的也算在这里")
	})
}

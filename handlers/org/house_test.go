package org_test

import (
	"net/url"
	"strings"
	"testing"

	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// The village hands a school over in one form, prints the sheet, and takes it back.
func TestHandOverASchool(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		site := webtest.New(t, e, mount(t))
		members, _ := peopletest.Roster(t, e, tree, tree.Site, 3, 0)
		clerk := site.As(t, accountstest.As(t, e, access.Village, tree.Village.ID).Account)
		old := site.As(t, accountstest.Of(t, e, members[0], access.Host, org.SiteUnit(tree.Site.ID)).Account)
		at := "/sites/" + tree.Site.ID.String()

		e.Do(t, func(tx *db.Tx) error {
			_, err := org.SetEquipment(tx, orgtest.By, org.SetEquipmentInput{Site: tree.Site.ID, Items: []org.Item{{Kind: "books", Count: 40, State: "repair", Note: "缺页"}}})
			return err
		})
		filled := webtest.Values(clerk.Get(at + "/handover?host=same").Find("form.form"))
		if filled.Get("count_books") != "40" || filled.Get("state_books") != "repair" || filled.Get("note_books") != "缺页" || filled.Get("state_television") != "" {
			t.Errorf("the list begins with %v", filled)
		}
		clerk.Get(at).Want(200, "换户主、搬地方")
		clerk.Get(at+"/handover?q=建国").Want(200, "谁来当户主")
		bad := clerk.Submit(clerk.Get(at+"/handover?host=new").Want(200, "名册上没有的人", "校长不变"), "form.form", url.Values{
			"name": {""}, "on": {"2027-01-01"}, "count_key": {"两把"}, "state_key": {"handed"}, "note_key": {"少一把"},
		})
		bad.Want(422, "名字")
		if kept := webtest.Values(bad.Find("form.form")); kept.Get("note_key") != "少一把" || kept.Get("count_key") != "两把" || kept.Get("state_key") != "handed" {
			t.Errorf("typed again: %v", kept)
		}
		sheet := clerk.Submit(bad, "form.form", url.Values{
			"name": {"字新户"}, "standing": {"full"}, "on": {"2026-11-20"}, "head": {"host"}, "address": {"新家院2号"}, "count_key": {"2"}, "note": {"老户主外出"},
			"state_television": {"repair"}, "count_television": {"1"},
		})
		sheet.Want(200, "交接办好了", "字新户", "新家院2号", "钥匙", "交了，要修", "少一把", "接的人签名", "还没有账号", tree.Site.Code)
		clerk.Get(at).Want(200, "字新户", "新家院2号", "历任户主和校长", "2026年11月19日")
		old.Get(at).Want(404)

		clerk.Submit(sheet, "form[action$='/undo']", nil).Want(200, "交接撤回了")
		old.Get(at).Want(200, "撤回了").Want(200, tree.Site.Name)
		if old.Get(at).Find("a[href$='/handover']").Length() != 0 {
			t.Error("a host may not hand his school over")
		}
		old.Get(at + "/handover").Want(403)

		same := clerk.Submit(clerk.Get(at+"/handover?host=same"), "form.form", url.Values{"on": {"2026-11-21"}})
		same.Want(422, "都没有变")
		clerk.Submit(same, "form.form", url.Values{"address": {"路边"}}).Want(200, "路边")
		var posts struct{ Items []people.SchoolPost }
		if status := clerk.API("GET", at+"/posts", nil, &posts); status != 200 || len(posts.Items) != 2 {
			t.Errorf("%d %+v", status, posts)
		}
	})
}

// The village notes what the school has; the township corrects its particulars and adds a duty.
func TestKeepAHouse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		site := webtest.New(t, e, mount(t))
		village := site.As(t, accountstest.As(t, e, access.Village, tree.Village.ID).Account)
		town := site.As(t, accountstest.As(t, e, access.Township, tree.Township.ID).Account)
		at := "/sites/" + tree.Site.ID.String()

		form := village.Get(at+"/equipment").Want(200, "电视机", "手机网络，信号弱")
		bad := village.Submit(form, "form.form", url.Values{"count_television": {"很多"}, "count_books": {"0"}, "network": {"broadband"}})
		bad.Want(422)
		kept := village.Submit(bad, "form.form", url.Values{"count_television": {"1"}, "state_television": {"repair"}, "note_television": {"没声音"}, "count_books": {"40"}, "notes": {"黑板"}})
		kept.Want(200, "设备和网络记好了", "电视机", "要修", "没声音", "40件", "黑板", "宽带")
		again := webtest.Values(village.Get(at + "/equipment").Find("form.form"))
		if again.Get("count_television") != "1" || again.Get("state_television") != "repair" || again.Get("count_desks") != "" {
			t.Errorf("the form shows %v", again)
		}
		village.Get(at + "/edit").Want(403)

		town.Submit(town.Get(at+"/edit").Want(200, tree.Site.Code), "form.form", url.Values{"name": {""}}).Want(422)
		town.Submit(town.Get(at+"/edit"), "form.form", url.Values{"name": {"安石村新院家庭党校"}, "plaque": {"凤字7号"}}).Want(200, "资料改好了", "凤字7号")
		lines := "/townships/" + tree.Township.ID.String() + "/duties"
		town.Submit(town.Get(lines).Want(200, "一行一条"), "form.form", url.Values{"lines": {strings.Repeat("茶\n", 9)}}).Want(422, "最多写8条")
		town.Submit(town.Get(lines), "form.form", url.Values{"lines": {"火塘边的话每月报一次\r\n\r\n管好柴火"}}).Want(200, "记好了")
		village.Get(at+"/duties").Want(200, "管好柴火", "14岁以下", "户主签名", "凤字7号")
		village.Get(lines).Want(404)

		page := town.Submit(town.Get(at), "form[action$='/licence']", url.Values{"state": {"suspended"}})
		page.Want(422, "写上原因")
		page = town.Submit(page, "form[action$='/licence']", url.Values{"note": {"修房子"}, "number": {"凤组3号"}, "on": {"2026-11-20"}})
		page.Want(200, "不再排活动日", "修房子", "凤组3号", "恢复")
		town.Submit(page, "form[action$='/licence']", url.Values{"state": {"licensed"}, "note": {"修好了"}}).Want(200, "修好了", "已授牌")
	})
}

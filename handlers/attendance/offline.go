package attendance

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"huotang/handlers/static"
	"huotang/handlers/web"
	"huotang/models/lang"
)

// offline is the page of the roll call that a phone keeps, and the service worker that keeps it. Both name a version: whatever
// goes into the page or is loaded by it makes another one, and every browser takes the whole anew.
type offline struct {
	version string
	words   map[lang.Lang]string // JSON, by key
}

type offlinePage struct {
	web.Base
	Words string
}

// offlineKeys are the texts that the page fills in itself, beside all that begin with "phone.".
func offlineKeys() []string {
	keys := slices.Concat(lang.Keys("phone."), lang.Keys("attendance.kind."), lang.Keys("attendance.reason."), lang.Keys("attendance.way."), lang.Keys("attendance.not_"))
	for _, k := range strings.Fields(`adults adults_less adults_more ad_hoc all_came all_hint all_sent and absent_short
back_to_today came_and_villagers came_hint came_list check children children_less children_more coming conflicts day_of due_list
enter_late exempt go_back go_roll guest_label guests hand_in_now leave_short look_courses made_up_on made_up_range made_up_short
marked_twice minutes named_and_heads next_is no_household no_record nobody nobody_due nothing of_due off_roster
order_household order_name present_short receipt receipt_no records roll session_missing settle_them start started
still_missing taught_otherwise today tonight unit_minutes unnamed villagers what_kind what_taught where why write_name`) {
		keys = append(keys, "attendance."+k)
	}
	return append(keys, "people.household_title", "sign_in.title", "exchange.they_come", "exchange.you_go")
}

func newOffline(w *web.App) *offline {
	o := &offline{words: map[lang.Lang]string{}}
	sum := sha256.New()
	for _, l := range []lang.Lang{lang.Chinese, lang.English} {
		texts := map[string]any{}
		for _, key := range offlineKeys() {
			one, other := l.Forms(key)
			if texts[key] = other; one != "" {
				texts[key] = map[string]string{"one": one, "other": other}
			}
		}
		b, err := json.Marshal(texts)
		if err != nil {
			panic(err) // texts
		}
		o.words[l] = string(b)
		_, _ = sum.Write(b) // a hash takes whatever it is given
	}
	view, err := views.ReadFile("views/offline.html")
	if err != nil {
		panic(err) // embedded
	}
	_, _ = fmt.Fprint(sum, w.Version, string(view), static.Path("js/worker.js"), static.Path("js/roll-call.pack"), static.Path("css/huotang.css"))
	o.version = "huotang-" + hex.EncodeToString(sum.Sum(nil)[:8])
	return o
}

// page is the same for everybody: what it shows of people the phone itself has.
func (o *offline) page(r *web.Request) error {
	base, err := r.Bare("attendance.today")
	if err != nil {
		return err
	}
	base.Script = "offline.js"
	r.Header("X-Shell", o.version)
	return r.Render("attendance/offline", offlinePage{base, o.words[base.Lang]})
}

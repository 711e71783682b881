package privacytest_test

import (
	"testing"

	"huotang/models/privacy/privacytest"
)

func TestForbiddenNames(t *testing.T) {
	for _, name := range []string{
		"religion", "face_hash", "finger_print", "gps_track", "home_lat", "bank_account", "health_note", "id_number", "identity_no", "photo_count", "screen_time",
		"minutes_online", "sign_in_count", "avatar", "IDCard", "check_in_at", "top_score", "ranking", "visits_per_site",
	} {
		if privacytest.Name(name) == "" {
			t.Errorf("%s is not found", name)
		}
	}
	for _, name := range []string{"since", "place", "language", "latest_at", "platform", "phone", "exempt_until", "birth_year", "traced", "surface", "interface_id"} {
		if found := privacytest.Name(name); found != "" {
			t.Errorf("%s is refused for %s", name, found)
		}
	}
}

func TestForbiddenWords(t *testing.T) {
	for _, text := range []string{"宗教信仰", "身份证号", "家庭定位", "本月登录次数", "积分", "各乡镇排名", "在线时长（分钟）", "激活率", "健康状况", "打卡"} {
		if privacytest.Words(text) == "" {
			t.Errorf("%s is not found", text)
		}
	}
	for _, text := range []string{"参训率", "学时", "签名或手印", "应到", "免学到哪天", "出生年"} {
		if found := privacytest.Words(text); found != "" {
			t.Errorf("%s is refused for %s", text, found)
		}
	}
}

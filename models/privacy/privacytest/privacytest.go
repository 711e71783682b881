// Package privacytest says what is never collected and never counted, for the tests that look for it: in the schema, in
// routes and inputs, in the description of the API, on forms and in the heads of exports.
//
// The law and the county's own rules forbid religion, faces, fingerprints, where people go, bank accounts, illness and ID
// numbers; and, because nobody is to be driven by them, counts of sign-ins, activations, photos, points, ranks and time on a screen.
package privacytest

import (
	"regexp"
	"strings"
)

// names matches identifiers: columns, properties, parameters, parts of paths.
var names = regexp.MustCompile(`relig|faith|church|ethnic|nation(ality)?$|(^|_)race|(^|_)face|finger|biometr|iris|voiceprint|gps|latitude|longitude|^lat$|^lon$|^lng$|_lat$|_lon$|_lng$|` +
	`geo|location|coord|track|bank|iban|card|health|disease|illness|diagnos|medical|disab(ility)|blood|id_?number|identity|id_?card|ssn|passport|sfz|shenfen|` +
	`photo|selfie|avatar|camera|screen_?time|online|duration_online|minutes_watched|watched_seconds|activation|activated|sign_in_count|logins|visits|points|score|rank|` +
	`clock_?in|check_?in|zongjiao|minzu|salary|income|spouse|marri|child(ren)?_name`)

// words matches what stands beside a field or over a column.
var words = regexp.MustCompile(`宗教|信仰|信教|民族|人脸|面部|指纹|虹膜|声纹|定位|经度|纬度|坐标|轨迹|位置信息|银行|卡号|存折|病史|病情|疾病|患病|健康|残疾|血型|诊断|身份证|证件号|护照|` +
	`照片数|相片数|自拍|头像|在线时长|观看时长|登录次数|登录数|激活率|激活数|安装率|日活|月活|活跃度|积分|排名|名次|排行|得分|打卡|前十|末位`)

// Name gives the part of an identifier that names something forbidden, "" for none.
func Name(identifier string) string { return names.FindString(strings.ToLower(identifier)) }

// Words gives what is forbidden among the words over a column or beside a field, "" for nothing.
func Words(text string) string {
	return words.FindString(strings.ReplaceAll(text, "月活动", "月 活动")) // what a month's activity is called, and no 月活
}

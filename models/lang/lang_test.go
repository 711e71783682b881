package lang

import (
	"regexp"
	"strconv"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+# 0]*[\d.]*([a-zA-Z%])`)

// verbs gives the verb of each argument of a format, in the order of the arguments.
func verbs(format string) map[int]string {
	out, next := map[int]string{}, 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		out[next] = m[2]
		next++
	}
	return out
}

// Both catalogues have the same keys, and each text the same arguments.
func TestCataloguesAgree(t *testing.T) {
	for key, zh := range catalogues[Chinese] {
		en, ok := catalogues[English][key]
		if !ok {
			t.Errorf("%s: not in English", key)
			continue
		}
		for _, form := range []string{zh.one, en.one, en.other} {
			if form == "" {
				continue
			}
			if d := cmp.Diff(verbs(zh.other), verbs(form)); d != "" {
				t.Errorf("%s: other arguments: %s", key, d)
			}
		}
		if zh.other == "" || en.other == "" {
			t.Errorf("%s: an empty text", key)
		}
	}
	for key := range catalogues[English] {
		if !Has(key) {
			t.Errorf("%s: not in Chinese", key)
		}
	}
}

func TestT(t *testing.T) {
	texts := func(s string) map[string]text {
		c, err := load(fstest.MapFS{"c/a.yaml": {Data: []byte(s)}}, "c")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	was := catalogues
	defer func() { catalogues = was }()
	catalogues = map[Lang]map[string]text{
		Chinese: texts("a.n: 发给%d所\na.order: \"%s在%s\"\na.plain: 100%\na.zh: 只有中文\na.kind: 党课"),
		English: texts("a.n: {one: Send to %d school, other: Send to %d schools}\na.order: \"at %[2]s, %[1]s\"\na.plain: 100%\na.kind: party class"),
	}
	for want, got := range map[string]string{
		"发给1所":                   Chinese.T("a.n", 1),
		"Send to 1 school":       English.T("a.n", 1),
		"Send to 7 schools":      English.T("a.n", 7),
		"Send to 45 schools":     English.T("a.n", int64(45)),
		"张三在凤山":                  Chinese.T("a.order", "张三", "凤山"),
		"at Fengshan, Zhang":     English.T("a.order", "Zhang", "Fengshan"),
		"at here, party class":   English.T("a.order", Key("a.kind"), "here"),
		"100%":                   Chinese.T("a.plain"),
		"只有中文":                   English.T("a.zh"),
		"a.missing":              English.T("a.missing", 1),
		"党课":                     Lang("fr").T("a.kind"),
		"党课在2":                   Chinese.T("a.order", Key("a.kind"), "2"),
		"Send to 1 school twice": English.T("a.n", 1) + " twice",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, fsys := range map[string]fstest.MapFS{
		"a key twice in two files": {"c/a.yaml": {Data: []byte("a.b: x")}, "c/b.yaml": {Data: []byte("a.b: y")}},
		"a number":                 {"c/a.yaml": {Data: []byte("a.b: 1")}},
		"no other":                 {"c/a.yaml": {Data: []byte("a.b: {one: x}")}},
		"a form too many":          {"c/a.yaml": {Data: []byte("a.b: {one: x, other: y, few: z}")}},
		"no YAML":                  {"c/a.yaml": {Data: []byte("a.b: x: y")}},
	} {
		if c, err := load(fsys, "c"); err == nil {
			t.Errorf("%s: %v", name, c)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 7996: "7,996", 103948: "103,948", 12000000: "12,000,000", -1234: "-1,234", -999: "-999"} {
		if got := Count(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, tc := range []struct {
		choice, header string
		want           Lang
	}{
		{"", "", Chinese},
		{"en", "zh-CN", English},
		{"zh-CN", "en-GB,en;q=0.9", Chinese},
		{"", "en-GB,en;q=0.9,zh;q=0.8", English},
		{"", "zh-CN,zh;q=0.9,en;q=0.8", Chinese},
		{"", "fr", Chinese},
	} {
		if got := Match(tc.choice, tc.header); got != tc.want {
			t.Errorf("%q, %q: %s", tc.choice, tc.header, got)
		}
	}
}

func TestSearch(t *testing.T) {
	for name, want := range map[string]string{
		"王家院":          "王家院 wangjiayuan wjy",
		"重庆":           "重庆 zhongqing zq chongqing cq",
		"曾乐乐":          "曾乐乐 cenglele cll zenglele zll cengyuele cyl zengyuele zyl cengleyue cly zengleyue zly cengyueyue cyy zengyueyue zyy",
		"𬭩䶮":           "𬭩䶮 wengyan wy",
		"李𰀀":           "李𰀀 li𰀀 l𰀀", // a character without a known reading stays itself
		"Wang Wei":     "wangwei",
		"阿卜杜拉·买买提":     "阿卜杜拉买买提 abodulamaimaiti abdlmmt ebodulamaimaiti ebdlmmt",
		"ＡＢＣ１２３":       "abc123",
		"":             "",
		" ":            "",
		"530921101201": "530921101201",
	} {
		if got := SearchKey(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got, want := SearchKey("安石村", "", "530921"), "安石村 anshicun asc 530921"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for typed, want := range map[string]string{"Wang Jia Yuan": "wangjiayuan", "Ｗ Ｊ Ｙ": "wjy", "xi'an": "xian", "䶮\t": "䶮", "\x00": ""} {
		if got := SearchTerm(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

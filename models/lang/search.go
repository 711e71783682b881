package lang

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// SearchKey makes the column that a name is searched by: the name itself, its
// pinyin and its initials ("王家院 wangjiayuan wjy"), folded as [SearchTerm] folds what
// people type. A character with several readings counts with each ("重庆 zhongqing zq chongqing cq").
// The key is at most 400 characters long; what a longer one would hold at its end is not found.
func SearchKey(names ...string) string {
	var parts []string
	for _, name := range names {
		name = SearchTerm(name)
		if name == "" {
			continue
		}
		parts = append(parts, name)
		for _, r := range romanise(name) {
			if r.full == name {
				continue
			}
			for _, way := range []string{r.full, r.initials} {
				if !slices.Contains(parts, way) {
					parts = append(parts, way)
				}
			}
		}
	}
	key := strings.Join(parts, " ")
	if len(key) > longestKey { // bytes, so that the common case counts nothing
		if runes := []rune(key); len(runes) > longestKey {
			key = string(runes[:longestKey])
		}
	}
	return key
}

const (
	longestKey = 400
	// mostReadings bounds the ways in which a name with several such characters is read.
	mostReadings = 8
)

type reading struct{ full, initials string }

// romanise gives the ways to read a name, the usual one first.
func romanise(name string) []reading {
	args := pinyin.NewArgs()
	ways := []reading{{}}
	for _, r := range name {
		sounds := append(pinyin.SinglePinyin(r, args), alsoRead[r]...)
		if len(sounds) == 0 {
			sounds = []string{string(r)}
		}
		var next []reading
		for i, sound := range sounds {
			if slices.Contains(sounds[:i], sound) {
				continue
			}
			first, _ := utf8.DecodeRuneInString(sound)
			for _, w := range ways {
				if len(next) < mostReadings {
					next = append(next, reading{w.full + sound, w.initials + string(first)})
				}
			}
		}
		ways = next
	}
	return ways
}

// alsoRead lists the other readings of characters that stand in names and places with more than one; dictionaries give
// many more, of which nobody thinks.
var alsoRead = map[rune][]string{
	'重': {"chong"}, '长': {"zhang", "chang"}, '乐': {"yue", "le"}, '曾': {"zeng", "ceng"}, '单': {"shan", "dan"}, '解': {"xie", "jie"},
	'仇': {"qiu", "chou"}, '区': {"ou", "qu"}, '查': {"zha", "cha"}, '朴': {"piao", "pu"}, '覃': {"qin", "tan"}, '盖': {"ge", "gai"},
	'翟': {"zhai", "di"}, '尉': {"yu", "wei"}, '召': {"shao", "zhao"}, '柏': {"bai", "bo"}, '晟': {"sheng", "cheng"}, '行': {"xing", "hang"},
	'朝': {"chao", "zhao"}, '茜': {"qian", "xi"}, '莎': {"sha", "suo"}, '娜': {"na", "nuo"}, '贾': {"jia", "gu"}, '沈': {"shen", "chen"},
	'缪': {"miao", "mou"}, '折': {"she", "zhe"}, '种': {"chong", "zhong"}, '员': {"yun", "yuan"}, '车': {"che", "ju"}, '角': {"jiao", "jue"},
	'隗': {"wei", "kui"}, '秘': {"bi", "mi"}, '藏': {"zang", "cang"}, '都': {"du", "dou"}, '大': {"da", "dai"}, '会': {"hui", "kuai"},
	'盛': {"sheng", "cheng"}, '参': {"shen", "can"}, '阿': {"a", "e"}, '巷': {"xiang", "hang"}, '省': {"sheng", "xing"}, '校': {"xiao", "jiao"},
	'六': {"liu", "lu"}, '句': {"gou", "ju"}, '祭': {"zhai", "ji"}, '繁': {"po", "fan"}, '黑': {"hei", "he"}, '宓': {"mi", "fu"},
	'郇': {"xun", "huan"}, '谌': {"chen", "shen"}, '郗': {"xi", "chi"}, '奇': {"qi", "ji"}, '殷': {"yin", "yan"}, '屏': {"ping", "bing"},
	'隽': {"jun", "juan"}, '颉': {"jie", "xie"}, '炅': {"jiong", "gui"}, '传': {"chuan", "zhuan"}, '降': {"jiang", "xiang"}, '俟': {"qi", "si"},
	'乜': {"nie", "mie"}, '冯': {"feng", "ping"}, '蕃': {"fan", "bo"}, '调': {"tiao", "diao"}, '和': {"he", "huo"}, '绿': {"lv", "lu"},
}

// SearchTerm folds text for searching: full width to half width, lower case, no spaces or marks
// between the characters.
func SearchTerm(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '·' || r == '\'' {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}

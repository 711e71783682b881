package imports

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"huotang/models/imports/tables"
)

// Field is a column that lists of a kind may have. Its text is "imports.field." and its name.
type Field struct {
	Name  string
	Need  bool     // a list without it cannot be read
	Whole string   // "village", "branch", "site" or "standing": may be one for the whole sheet
	Words []string // the heads it goes by, the likeliest first
}

var bracketed = regexp.MustCompile(`[(\[【〔].*?[)\]】〕]`)

// headWord is a head as it is compared: 「* 出生年月（例：1965.3）」 is 出生年月.
func headWord(head string) string {
	s := bracketed.ReplaceAllString(tables.Narrow(head), "")
	return strings.ToLower(strings.Trim(s, "*:.、_-/"))
}

// fits says how well a head fits the field: 0 not at all.
func (f Field) fits(head string) int {
	word := headWord(head)
	if word == "" || len([]rune(word)) > 20 {
		return 0
	}
	for i, w := range f.Words {
		if word == strings.ToLower(w) {
			return 1000 - i
		}
	}
	for i, w := range f.Words {
		if len([]rune(w)) > 1 && strings.Contains(word, w) {
			return 100 - i
		}
	}
	return 0
}

// headRows is how many rows from the top are searched for the heads.
const headRows = 15

// heads finds the row with the heads, as an index; -1 when no row looks like one.
func (k kind) heads(s tables.Sheet) int {
	best, most := -1, 0
	for i, r := range s.Rows[:min(len(s.Rows), headRows)] {
		n := 0
		for name, column := range k.propose(r) {
			n++
			if k.field(name).fits(r.Cell(column)) > 900 { // the very word
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	if most < 2 {
		return -1
	}
	return best
}

func (k kind) field(name string) Field {
	i := slices.IndexFunc(k.fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}
	}
	return k.fields[i]
}

// propose says which column is which field by the heads: the best fit first, each column and each field once.
func (k kind) propose(heads tables.Row) map[string]int {
	type fit struct{ field, column, score int }
	var fits []fit
	for i, f := range k.fields {
		for column, head := range heads.Cells {
			if n := f.fits(head); n > 0 {
				fits = append(fits, fit{i, column, n})
			}
		}
	}
	slices.SortStableFunc(fits, func(a, b fit) int { return b.score - a.score })
	out, taken := map[string]int{}, map[int]bool{}
	for _, f := range fits {
		name := k.fields[f.field].Name
		if _, have := out[name]; !have && !taken[f.column] {
			out[name], taken[f.column] = f.column, true
		}
	}
	return out
}

// headsKey stands for a set of heads, in whatever order.
func headsKey(heads tables.Row) string {
	var words []string
	for _, h := range heads.Cells {
		if w := headWord(h); w != "" {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	sum := sha256.Sum256([]byte(strings.Join(words, "\n")))
	return hex.EncodeToString(sum[:])
}

// never are heads of what must not be kept here (an ID number, a bank account, religion, health): such columns are emptied before
// the file is stored.
var never = regexp.MustCompile(`身份证|证件号|公民身份|银行|账号|卡号|宗教|信仰|病|健康|残疾`)

// notLists are sheets that explain a list.
var notLists = regexp.MustCompile(`说明|须知|字典|How to`)

// total are rows that add up, and remarks below a list.
var (
	total  = regexp.MustCompile(`^(合计|总计|小计|共计|总人数|合計)`)
	sample = regexp.MustCompile(`(?i)^(例|示例|样例|举例|example)[:：]`)
	remark = regexp.MustCompile(`^(填表|制表|填报|审核|审批|说明|备注|注[:：]|单位[:：(（盖]|负责人|联系人|日期[:：])`)
)

// leaveOut says why a row below the heads is none of the list: "example", "total", "remark", "heads", or "" when it is one. name is the column
// of the field that every row has.
func leaveOut(r, heads tables.Row, name int) string {
	own := 0
	first := ""
	for _, c := range r.Cells {
		if c != "" {
			own++
			if first == "" {
				first = tables.Narrow(c)
			}
		}
	}
	text := tables.Narrow(r.Cell(name))
	switch {
	case sample.MatchString(first) || sample.MatchString(text):
		return "example"
	case total.MatchString(first) || total.MatchString(text):
		return "total"
	case text != "" && text == tables.Narrow(heads.Cell(name)):
		return "heads"
	case own <= 2 && (remark.MatchString(first) || text == "" && own == 1):
		return "remark"
	}
	return ""
}

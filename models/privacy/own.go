package privacy

import (
	"fmt"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/lang"
	"huotang/models/seal"
)

// OwnView is all that is kept of a person, in words, for reading and for taking away.
type OwnView struct {
	Name     string    `json:"name"`
	AsOf     time.Time `json:"as_of"`
	Notice   int       `json:"notice"` // version that holds today
	Sections []Section `json:"sections"`
}

// Section is one kind of data: a table in words.
type Section struct {
	Key     string     `json:"key"`
	Title   string     `json:"title"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// OwnInput says in which language.
type OwnInput struct {
	Language string `query:"language"` // "zh-CN" or "en"; "" is Chinese
}

// Own reads all that is kept of the actor: of his accounts, and of the person that they belong to. Permission: being signed in.
func (a *Area) Own(tx *db.Tx, by access.Actor, in OwnInput) (OwnView, error) {
	if !by.SignedIn() {
		return OwnView{}, fail.NoSignIn("access.sign_in_first")
	}
	o := owner{tx: tx, area: a, lang: lang.Match(in.Language, ""), person: by.Person, accounts: []access.AccountID{by.Account}}
	if !by.Person.IsZero() {
		list, err := db.Ask[access.AccountID](tx, "SELECT id FROM accounts WHERE person_id = ? ORDER BY made_at, id", by.Person)
		if err != nil {
			return OwnView{}, err
		}
		o.accounts = list
	}
	current, err := CurrentVersion(tx)
	if err != nil {
		return OwnView{}, err
	}
	v := OwnView{Name: by.Name, AsOf: tx.Now, Notice: current, Sections: []Section{}}
	for _, h := range holdings {
		s, err := o.section(h)
		if err != nil {
			return v, err
		}
		if s.Rows != nil {
			v.Sections = append(v.Sections, s)
		}
	}
	history, err := o.history()
	if err == nil && history.Rows != nil {
		v.Sections = append(v.Sections, history)
	}
	return v, err
}

// owner is whose data is read.
type owner struct {
	tx       *db.Tx
	area     *Area
	lang     lang.Lang
	person   access.PersonID
	accounts []access.AccountID
}

// holding is a kind of data with its query. Columns are "name:kind": s text, d day, t instant, n number, h hundredths of
// hours, b yes or no, p a sealed telephone number, or the beginning of keys for a code.
type holding struct {
	key      string
	columns  string
	query    string // with "@person" or "@accounts"
	tables   string // and the columns of persons and accounts by which it finds the rows, for the test of completeness
	accounts bool
}

// section reads a holding; its rows are nil where there are none.
func (o owner) section(h holding) (Section, error) {
	s := Section{Key: h.key, Title: o.lang.T("privacy.own." + h.key)}
	specs := strings.Fields(h.columns)
	kinds := make([]string, len(specs))
	for i, spec := range specs {
		name, kind, _ := strings.Cut(spec, ":")
		kinds[i] = kind
		s.Columns = append(s.Columns, o.lang.T("privacy.column."+name))
	}
	query, args := o.asked(h)
	if len(args) == 0 {
		return s, nil
	}
	err := db.Each(o.tx, query, args, func(scan func(...any) error) error {
		cells := make([]any, len(kinds))
		for i, kind := range kinds {
			cells[i] = cellOf(kind)
		}
		if err := scan(cells...); err != nil {
			return err
		}
		row := make([]string, len(cells))
		for i, cell := range cells {
			row[i] = o.words(kinds[i], cell)
		}
		s.Rows = append(s.Rows, row)
		return nil
	})
	return s, err
}

// asked puts the person, or the accounts, into the query as often as it names them; no arguments for an account that is nobody's.
func (o owner) asked(h holding) (string, []any) {
	var args []any
	if !h.accounts {
		if o.person.IsZero() {
			return "", nil
		}
		for range strings.Count(h.query, "@person") {
			args = append(args, o.person)
		}
		return strings.ReplaceAll(h.query, "@person", "?"), args
	}
	for range strings.Count(h.query, "@accounts") {
		for _, account := range o.accounts {
			args = append(args, account)
		}
	}
	return strings.ReplaceAll(h.query, "@accounts", "("+strings.TrimSuffix(strings.Repeat("?, ", len(o.accounts)), ", ")+")"), args
}

func cellOf(kind string) any {
	switch kind {
	case "d":
		return new(date.Date)
	case "t":
		return new(*time.Time)
	case "n", "h":
		return new(*int64)
	case "b":
		return new(*bool)
	case "p":
		return new([]byte)
	}
	return new(*string)
}

func (o owner) words(kind string, cell any) string {
	switch v := cell.(type) {
	case *date.Date:
		return v.String()
	case **time.Time:
		if *v != nil {
			return (*v).In(date.Zone).Format("2006-01-02 15:04")
		}
	case **int64:
		switch {
		case *v == nil || **v == 0 && kind == "n":
		case kind == "h":
			return fmt.Sprintf("%.2f", float64(**v)/100)
		default:
			return fmt.Sprint(**v)
		}
	case **bool:
		if *v != nil {
			return o.lang.T(map[bool]string{true: "privacy.yes", false: "privacy.no"}[**v])
		}
	case *[]byte:
		return o.phone(*v)
	case **string:
		if *v != nil {
			return o.codes(kind, **v)
		}
	}
	return ""
}

func (o owner) phone(sealed []byte) string {
	number, err := o.area.phones.Open(sealed, seal.Bound("persons.phone", o.person))
	if err != nil {
		return o.lang.T("privacy.unreadable")
	}
	return number
}

func (o owner) codes(kind, text string) string {
	if kind == "s" || text == "" {
		return text
	}
	var out []string
	for code := range strings.SplitSeq(text, ",") {
		if lang.Has(kind + code) {
			code = o.lang.T(kind + code)
		}
		out = append(out, code)
	}
	return strings.Join(out, o.lang.T("history.and"))
}

// mostHistory bounds what the file tells of acts on the person and his accounts.
const mostHistory = 2000

// history tells what was done to the person and to his accounts, by whom.
func (o owner) history() (Section, error) {
	s := Section{Key: "history", Title: o.lang.T("privacy.own.history")}
	for _, c := range []string{"at", "who", "what"} {
		s.Columns = append(s.Columns, o.lang.T("privacy.column."+c))
	}
	of := subject{person: o.person}
	if !o.person.IsZero() {
		of.of = append(of.of, thing{object: "person", id: o.person.String()})
	}
	for _, account := range o.accounts {
		of.of = append(of.of, thing{object: "account", id: account.String()})
	}
	events, err := of.events(o.tx, time.Time{}, mostHistory)
	for _, e := range events {
		s.Rows = append(s.Rows, []string{e.At.In(date.Zone).Format("2006-01-02 15:04"), e.Actor(o.lang), e.Text(o.lang)})
	}
	return s, err
}

// TakenView is an export of one's own data that has been noted.
type TakenView struct {
	At time.Time `json:"at" kept:"never"`
}

// TakeOwn notes that the actor takes his data away; the data follows by [Area.Own]. Permission: being signed in.
func TakeOwn(tx *db.Tx, by access.Actor, _ struct{}) (TakenView, error) {
	if !by.SignedIn() {
		return TakenView{}, fail.NoSignIn("access.sign_in_first")
	}
	return TakenView{At: tx.Now}, noteTaken(tx, by)
}

package attendance

// Tally is the count of a session, as stored on its row.
type Tally struct {
	Due       int `json:"due"`       // 应到: members, without the exempt who did not come
	Present   int `json:"present"`   // 到会
	OnLeave   int `json:"on_leave"`  // 请假
	Absent    int `json:"absent"`    // 没来
	MadeUp    int `json:"made_up"`   // 补学
	Exempt    int `json:"exempt"`    // 免, and did not come
	Unmarked  int `json:"unmarked"`  // 未点
	Observers int `json:"observers"` // of the roster, by name
	Guests    int `json:"guests"`    // 名单外的人, by name
	Adults    int `json:"adults"`    // unnamed
	Children  int `json:"children"`  // unnamed
}

// Attendances is 人次: everyone who was there or made it up, named or counted.
func (t Tally) Attendances() int { return t.Named() + t.Adults + t.Children }

// Named is those of the attendances whose names are known.
func (t Tally) Named() int { return t.Present + t.MadeUp + t.Observers + t.Guests }

// Villagers is 来听课的群众: everyone there who was not due.
func (t Tally) Villagers() int { return t.Observers + t.Guests + t.Adults + t.Children }

// note counts one mark. For members due = present + on leave + absent + made up + unmarked:
// an exempt member who comes is in both numerator and denominator, one who does not is in neither.
func (t *Tally) note(s State, n int) {
	switch s {
	case Present:
		t.Present += n
	case OnLeave:
		t.OnLeave += n
	case Absent:
		t.Absent += n
	case MadeUp:
		t.MadeUp += n
	case Unmarked:
		t.Unmarked += n
	case Exempt:
		t.Exempt += n
		return
	case Observer:
		t.Observers += n
		return
	}
	t.Due += n
}

// count makes the tally of a roll. A villager's mark that was taken back counts nowhere.
func count(marks []markRow, guests, adults, children int) Tally {
	t := Tally{Guests: guests, Adults: adults, Children: children}
	for i := range marks {
		if marks[i].List == ListCame && marks[i].State == Unmarked {
			continue
		}
		t.note(marks[i].State, 1)
	}
	return t
}

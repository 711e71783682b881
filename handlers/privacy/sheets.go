package privacy

// The school's sheet is laid out by the server, since browsers number pages only since 2024: which part of the notice and which
// names stand on which sheet of A4 follows from what the stylesheet prints, in tenths of a millimetre.
const (
	sheetRoom   = 2400 // of a sheet between its margins, without the line that numbers it
	titleRoom   = 200  // of the title on the first one
	textLine    = 50   // of the notice
	textGap     = 15   // below a paragraph
	textWidth   = 90   // half characters in a line; a Chinese one is two
	tableHead   = 170  // caption and heads
	rowLine     = 45   // of a name
	rowGap      = 30
	nameWidth   = 32 // half characters in a line of the column
	fewestLines = 5  // below which names begin on the next sheet
	emptyLines  = 4  // for who came new
)

type nameSheet struct {
	Number, Of int
	Text       []Paragraph
	Statement  bool // what is signed stands above the names
	Lines      []nameLine
}

type nameLine struct {
	Number int
	Name   string
}

// layout fills sheets from the top.
type layout struct {
	sheets []nameSheet
	left   int // on the last one
}

func (l *layout) next() *nameSheet {
	l.sheets, l.left = append(l.sheets, nameSheet{}), sheetRoom
	return l.last()
}

func (l *layout) last() *nameSheet { return &l.sheets[len(l.sheets)-1] }

// layPaper parts the notice, what is said below it and the names into sheets.
func layPaper(text []Paragraph, statement string, names []string) []nameSheet {
	var l layout
	l.next()
	l.left -= titleRoom
	for _, p := range text {
		l.text(p)
	}
	said := height(statement) + textGap
	if l.left < said+tableHead+fewestLines*(rowLine+rowGap) {
		l.next()
	}
	l.left -= said + tableHead
	l.last().Statement = true
	for i := range len(names) + emptyLines {
		line := nameLine{Number: i + 1}
		if i < len(names) {
			line.Name = names[i]
		}
		h := linesOf(line.Name, nameWidth)*rowLine + rowGap
		if l.left < h {
			l.next()
			l.left -= tableHead
		}
		l.left -= h
		l.last().Lines = append(l.last().Lines, line)
	}
	for i := range l.sheets {
		l.sheets[i].Number, l.sheets[i].Of = i+1, len(l.sheets)
	}
	return l.sheets
}

// text adds a paragraph; one that does not fit goes on on the next sheet.
func (l *layout) text(p Paragraph) {
	for p.Text != "" {
		fit := (l.left - textGap) / textLine
		least := 1
		if p.Heading {
			least = 3 // never alone at the end
		}
		if fit < least {
			l.next()
			continue
		}
		part, rest := cut(p.Text, fit*textWidth)
		l.last().Text = append(l.last().Text, Paragraph{p.Heading, part})
		l.left -= height(part) + textGap
		p.Text = rest
	}
}

func height(s string) int { return linesOf(s, textWidth) * textLine }

// linesOf is how many a text takes, at least one.
func linesOf(s string, width int) int {
	n := 0
	for _, r := range s {
		n += halves(r)
	}
	return max(1, (n+width-1)/width)
}

// cut takes as many half characters from the front as fit.
func cut(s string, fit int) (part, rest string) {
	for i, r := range s {
		if fit -= halves(r); fit < 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

func halves(r rune) int {
	if r > 0x2e80 || r == '·' || r == '“' || r == '”' || r == '—' || r == '…' || r == '‘' || r == '’' {
		return 2
	}
	return 1
}

package curricula

import (
	"html/template"
	"strings"

	"huotang/models/courses"
	"huotang/models/curricula"
)

// lessonWriter writes the lessons of a course as the entries of a list. The catalogue is the page that is opened most and
// has fifty of them; a view would call through reflection a dozen times for each, which costs more than all the rest.
type lessonWriter struct {
	base
	icons map[courses.Medium]string // addresses
	tags  map[bool]string           // of required and of elective lessons
	b     strings.Builder
}

func newLessonWriter(b base) *lessonWriter {
	w := &lessonWriter{base: b, icons: map[courses.Medium]string{}, tags: map[bool]string{
		true:  `<span class="tag on">` + template.HTMLEscapeString(b.Duty(true)) + `</span>`,
		false: `<span class="tag">` + template.HTMLEscapeString(b.Duty(false)) + `</span>`,
	}}
	for _, m := range courses.Media {
		w.icons[m] = template.HTMLEscapeString(b.Icon(b.MediumIcon(m)))
	}
	return w
}

func (w *lessonWriter) list(lessons []curricula.Lesson) template.HTML {
	w.b.Reset()
	w.b.Grow(400 * len(lessons))
	for i := range lessons {
		w.line(&lessons[i])
	}
	return template.HTML(w.b.String()) //nolint:gosec // escaped value by value below
}

func (w *lessonWriter) line(l *curricula.Lesson) {
	facts := w.T(l.Medium.Key()) + " " + w.T("courses.n_minutes", l.Minutes) + " · " + w.T(l.Language.Key()) // 视频 18分钟 · 普通话 · 约24兆
	if l.Bytes > 0 {
		facts += " · " + w.Mega(l.Bytes)
	}
	w.put(`<li><a href="/catalogue/lessons/`, l.ID.String(), `"><span><b>`, template.HTMLEscapeString(l.Title),
		`</b><span class="small soft"><svg class="icon" aria-hidden="true"><use href="`, w.icons[l.Medium], `"></use></svg> `,
		template.HTMLEscapeString(facts), `</span></span>`)
	if l.Planned {
		w.put(w.tags[l.Required])
	}
	w.put("</a></li>\n")
}

func (w *lessonWriter) put(parts ...string) {
	for _, s := range parts {
		w.b.WriteString(s)
	}
}

package reports

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-analyze/charts"

	"huotang/handlers/web"
	"huotang/models/date"
	"huotang/models/lang"
	"huotang/models/reports"
)

type trendInput struct {
	reports.TrendInput
	Narrow bool `query:"narrow"` // for a phone
}

// trend draws the sessions of each month, as an SVG without script or style, so that it stands under the site's policy.
func trend(r *web.Request) error {
	var in trendInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	v, err := web.Ask(r, reports.Trend, in.TrendInput)
	if err != nil {
		return err
	}
	svg, err := draw(r.Lang(), v, in.Narrow)
	if err != nil {
		return err
	}
	r.Header("Content-Type", "image/svg+xml")
	r.Header("Cache-Control", "private, no-store")
	r.Writer().WriteHeader(http.StatusOK)
	_, err = r.Writer().Write(svg)
	return err //nolint:wrapcheck // the reader went away
}

// The chart's colours are those of the paper: one warm brown; no red and green.
var theme = charts.MakeTheme(charts.ThemeOption{
	AxisStrokeColor: charts.ColorFromHex("#85736a"), AxisSplitLineColor: charts.ColorFromHex("#dccdb7"),
	BackgroundColor: charts.ColorTransparent, TextColor: charts.ColorFromHex("#2a1f19"),
	TextColorXAxis: charts.ColorFromHex("#2a1f19"), TextColorYAxis: charts.ColorFromHex("#2a1f19"), TextColorTitle: charts.ColorFromHex("#2a1f19"),
	SeriesColors: []charts.Color{charts.ColorFromHex("#93361a")},
})

// look is the size of a chart, and of its type in points.
type look struct {
	width, height int
	size          float64
}

func draw(l lang.Lang, v reports.TrendView, narrow bool) ([]byte, error) {
	k := look{960, 300, 12}
	if narrow {
		k = look{480, 300, 14}
	}
	values, blank := make([]float64, len(v.Months)), make([]string, len(v.Months))
	highest := 0
	for i, m := range v.Months {
		values[i], blank[i] = float64(m.Sessions), " "
		highest = max(highest, m.Sessions)
	}
	opt := charts.NewBarChartOptionWithData([][]float64{values})
	opt.Theme = theme
	if len(values) < 12 {
		opt.BarSize = 0.4
	}
	opt.Padding = charts.NewBox(8, 12, 16, 8)
	opt.CategoryAxis.Labels = blank
	opt.CategoryAxis.LabelFontStyle = charts.NewFontStyleWithSize(k.size)
	opt.CategoryAxis.LabelCount = len(v.Months)
	top, steps := ceiling(highest)
	opt.ValueAxis = []charts.ValueAxisOption{{
		Min: charts.Ptr(0.0), Max: charts.Ptr(float64(top)), LabelCount: steps + 1, LabelFontStyle: charts.NewFontStyleWithSize(k.size),
		ValueFormatter: func(f float64) string { return lang.Count(int(f + .5)) }, RangeValuePaddingScale: charts.Ptr(0.0),
	}}
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: k.width, Height: k.height, Theme: theme})
	if err := p.BarChart(opt); err != nil {
		return nil, fmt.Errorf("reports: chart: %w", err)
	}
	b, err := p.Bytes()
	if err != nil {
		return nil, fmt.Errorf("reports: chart: %w", err)
	}
	return label(plain(b), k, labels(l, v, k)), nil
}

// ceiling is the top of the axis and its steps: four to six of a round number, as low as will do.
func ceiling(highest int) (top, steps int) {
	for unit := 1; ; unit *= 10 {
		for _, f := range []int{1, 2, 5} {
			for steps = 4; steps <= 6; steps++ {
				if top = steps * f * unit; top >= highest {
					return top, steps
				}
			}
		}
	}
}

// labels names the months so that they fit: the year where it begins, and as many months as there is room for.
func labels(l lang.Lang, v reports.TrendView, k look) []string {
	slot := float64(k.width-60) / float64(max(1, len(v.Months))) // pixels; the rest is for the axis
	every := 1
	for _, e := range []int{1, 2, 3, 6, 12, 24, 60, 120} {
		if every = e; float64(e)*slot >= 6*k.size { // the widest, "2026年", is 4½ times the size
			break
		}
	}
	out, year := make([]string, len(v.Months)), false
	for i, m := range v.Months {
		n := int(m.Month.Of())
		if every > 12 && (n > 1 || m.Month.Year()%(every/12) > 0) || every <= 12 && (n-1)%every > 0 {
			continue
		}
		out[i] = monthLabel(l, m.Month)
		year = year || n == 1
	}
	if !year && len(out) > 0 && out[0] != "" {
		out[0] = strconv.Itoa(v.Months[0].Month.Year()) + map[bool]string{true: "年", false: " "}[l == lang.Chinese] + out[0]
	}
	return out
}

// monthLabel is "3月" or "Mar", and for January its year.
func monthLabel(l lang.Lang, m date.Month) string {
	switch {
	case m.Of() == 1 && l == lang.Chinese:
		return strconv.Itoa(m.Year()) + "年"
	case m.Of() == 1:
		return strconv.Itoa(m.Year())
	case l == lang.Chinese:
		return strconv.Itoa(int(m.Of())) + "月"
	}
	return m.Of().String()[:3]
}

// axis is the lower axis and its ticks: lines in the axes' colour.
var axis = regexp.MustCompile(`<path d="M (\d+) (\d+)\s+L (\d+) (\d+)"[^>]*stroke="rgb\(133,115,106\)"[^>]*/>`)

// label writes the labels below their bars. The library would measure them by a font without Chinese characters,
// set them askew, and put ticks between which no bar stands.
func label(svg []byte, k look, labels []string) []byte {
	left, right, base := 0, 0, 0
	svg = axis.ReplaceAllFunc(svg, func(path []byte) []byte {
		m := axis.FindSubmatch(path)
		x, y, x2, y2 := number(m[1]), number(m[2]), number(m[3]), number(m[4])
		if x == x2 && y != y2 {
			return nil
		}
		if y == y2 {
			left, right, base = x, x2, y
		}
		return path
	})
	var b strings.Builder
	px, slot := k.size*4/3, float64(right-left)/float64(max(1, len(labels)))
	for i, text := range labels {
		if text != "" && right > left {
			fmt.Fprintf(&b, `<text x="%.0f" y="%.0f" text-anchor="middle" fill="#2a1f19" font-size="%.0fpx" font-family="sans-serif">%s</text>`,
				float64(left)+slot*(float64(i)+.5), float64(base)+1.25*px, px, text)
		}
	}
	end := bytes.LastIndex(svg, []byte("</svg>"))
	return append(append(append([]byte{}, svg[:end]...), b.String()...), svg[end:]...)
}

func number(b []byte) int {
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return 0 // the pattern has digits only
	}
	return n
}

var (
	styles      = regexp.MustCompile(` style="([^"]*)"`)
	declaration = regexp.MustCompile(`^(stroke|fill|stroke-width|font-size|stroke-dasharray)$`)
)

// plain turns the library's style attributes, which the site's policy would block, into plain ones, and
// leaves the choice of font to the browser.
func plain(svg []byte) []byte {
	return styles.ReplaceAllFunc(svg, func(m []byte) []byte {
		var b strings.Builder
		text := false
		for d := range strings.SplitSeq(string(styles.FindSubmatch(m)[1]), ";") {
			name, value, ok := strings.Cut(d, ":")
			name = strings.TrimSpace(name)
			text = text || name == "font-family"
			if ok && declaration.MatchString(name) {
				fmt.Fprintf(&b, " %s=%q", name, strings.TrimSpace(value))
			}
		}
		if text {
			b.WriteString(` font-family="sans-serif"`)
		}
		return []byte(b.String())
	})
}

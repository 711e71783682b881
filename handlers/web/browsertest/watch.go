package browsertest

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
)

// Request is one request of a browser with its answer.
type Request struct {
	Method string
	URL    string
	Kind   string // "Document", "Stylesheet", "Image", "Media", "XHR", …
	Range  string // header of the request
	Status int    // 0 while there is no answer
	Bytes  int64  // received over the network, with headers; 0 from a cache
	Cached bool
	Failed string // why it ended without its answer; "" when it did not
	loader cdp.LoaderID
}

// watch collects what the browser tells of one person's page. It is safe for concurrent use.
type watch struct {
	site string

	mu       sync.Mutex
	ctx      context.Context // to answer dialogs with
	frame    cdp.FrameID     // the main one
	loader   cdp.LoaderID    // of the page that is shown
	loaded   cdp.LoaderID    // of the last page that came in whole
	pages    int             // committed
	starting int             // navigations that began
	stopped  int             // times that loading ended, in whatever way
	status   map[cdp.LoaderID]int
	requests []*Request
	open     map[network.RequestID]*Request
	ranges   map[network.RequestID]string
	faults   []string
	dialogs  []string
	guid     map[string]string // downloads of this page: guid → name
	done     map[string]bool
	worker   serviceworker.RegistrationID // of the site, once it is asked for
}

func newWatch(site string) *watch {
	return &watch{
		site: site, status: map[cdp.LoaderID]int{}, open: map[network.RequestID]*Request{},
		ranges: map[network.RequestID]string{},
		guid:   map[string]string{}, done: map[string]bool{},
	}
}

func (w *watch) start(ctx context.Context, target string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ctx, w.frame = ctx, cdp.FrameID(target)
}

// see gives a copy of what f needs, under the lock.
func see[T any](w *watch, f func() T) T {
	w.mu.Lock()
	defer w.mu.Unlock()
	return f()
}

func (w *watch) event(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch ev := ev.(type) {
	case *page.EventFrameRequestedNavigation:
		if ev.FrameID == w.frame && ev.Disposition == page.ClientNavigationDispositionCurrentTab {
			w.starting++
		}
	case *page.EventFrameNavigated:
		if ev.Frame.ParentID == "" {
			w.loader = ev.Frame.LoaderID
			w.left()
			if ev.Type == page.NavigationTypeBackForwardCacheRestore { // whole already
				w.loaded = w.loader
			}
			w.pages++
		}
	case *page.EventLifecycleEvent:
		if ev.FrameID == w.frame && ev.Name == "load" {
			w.loaded = ev.LoaderID
		}
	case *page.EventFrameStoppedLoading:
		if ev.FrameID == w.frame {
			w.stopped++
		}
	case *page.EventJavascriptDialogOpening:
		w.dialogs = append(w.dialogs, ev.Message)
		go func(ctx context.Context) {
			_ = call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}) // the page may be gone
		}(w.ctx)
	case *browser.EventDownloadWillBegin:
		if ev.FrameID == w.frame {
			w.guid[ev.GUID] = ev.SuggestedFilename
		}
	case *serviceworker.EventWorkerRegistrationUpdated:
		for _, r := range ev.Registrations {
			if !r.IsDeleted && strings.HasPrefix(r.ScopeURL, w.site) {
				w.worker = r.RegistrationID
			}
		}
	case *browser.EventDownloadProgress:
		w.done[ev.GUID] = ev.State == browser.DownloadProgressStateCompleted
	default:
		w.traffic(ev)
		w.trouble(ev)
	}
}

// left ends what pages before this one have asked for: the browser drops some of it, such as their icon, without a word.
func (w *watch) left() {
	for _, r := range w.requests {
		if r.Status == 0 && r.Failed == "" && r.loader != w.loader {
			r.Failed = "its page was left"
		}
	}
}

func (w *watch) traffic(ev any) {
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if r := w.open[ev.RequestID]; r != nil && ev.RedirectResponse != nil {
			r.answered(ev.RedirectResponse)
			r.Bytes = int64(ev.RedirectResponse.EncodedDataLength)
		}
		r := &Request{Method: ev.Request.Method, URL: ev.Request.URL, Kind: string(ev.Type), loader: ev.LoaderID}
		r.Range = cmp.Or(header(ev.Request.Headers, "range"), w.ranges[ev.RequestID])
		w.requests, w.open[ev.RequestID] = append(w.requests, r), r
	case *network.EventRequestWillBeSentExtraInfo:
		// It may come before the request, or before the step of a redirect, that it belongs to; each step asks for the same range.
		w.ranges[ev.RequestID] = cmp.Or(header(ev.Headers, "range"), w.ranges[ev.RequestID])
		if r := w.open[ev.RequestID]; r != nil && r.Range == "" {
			r.Range = w.ranges[ev.RequestID]
		}
	case *network.EventRequestServedFromCache:
		if r := w.open[ev.RequestID]; r != nil {
			r.Cached = true
		}
	case *network.EventResponseReceived:
		if r := w.open[ev.RequestID]; r != nil {
			r.answered(ev.Response)
			r.Bytes = int64(ev.Response.EncodedDataLength)
		}
		if ev.FrameID == w.frame && ev.Type == network.ResourceTypeDocument {
			w.status[ev.LoaderID] = int(ev.Response.Status)
		}
	case *network.EventDataReceived:
		if r := w.open[ev.RequestID]; r != nil {
			r.Bytes += ev.EncodedDataLength
		}
	case *network.EventLoadingFinished:
		if r := w.open[ev.RequestID]; r != nil {
			if r.Bytes = int64(ev.EncodedDataLength); r.Cached {
				r.Bytes = 0
			}
		}
	case *network.EventLoadingFailed:
		if r := w.open[ev.RequestID]; r != nil {
			r.Failed = ev.ErrorText + string(ev.BlockedReason)
		}
	}
}

func (r *Request) answered(a *network.Response) {
	r.Status, r.Failed = int(a.Status), ""
	r.Cached = r.Cached || a.FromDiskCache || a.FromPrefetchCache || a.FromServiceWorker
}

func header(h network.Headers, name string) string {
	for k, v := range h {
		if strings.EqualFold(k, name) {
			return fmt.Sprint(v)
		}
	}
	return ""
}

// trouble keeps what the console would show in red.
func (w *watch) trouble(ev any) {
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		w.faults = append(w.faults, (&chromedp.ExceptionError{ExceptionDetails: ev.ExceptionDetails}).Error())
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeAssert {
			var words []string
			for _, a := range ev.Args {
				words = append(words, string(a.Value)+a.Description)
			}
			w.faults = append(w.faults, "console."+string(ev.Type)+": "+strings.Join(words, " "))
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError && !w.answer(ev.Entry) {
			w.faults = append(w.faults, fmt.Sprintf("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL))
		}
	}
}

// answer reports a log entry that only repeats the status of a page or of a call by script: 404 and 422 are answers.
func (w *watch) answer(e *log.Entry) bool {
	if e.Source != log.EntrySourceNetwork {
		return false
	}
	r := w.open[e.NetworkRequestID]
	return r != nil && r.Status >= 400 && (r.Kind == "Document" || r.Kind == "XHR" || r.Kind == "Fetch")
}

// origin is "http://host:port" of an address; "" for what is no request of the network (data:, blob:, about:).
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// What a person sees on a page, by the words that stand there. Evaluated in the page by package
// browsertest; gives an object of functions. Spaces never count: Chinese has none, and line breaks in
// markup are nobody's words.
(function () {
  const squeeze = (s) => String(s || '').replace(/\s+/g, '');

  function shown(el) {
    if (!el.isConnected || el.closest('[hidden]')) return false;
    const style = getComputedStyle(el);
    if (style.visibility === 'hidden' || style.display === 'none') return false;
    return el.getClientRects().length > 0;
  }

  // Radio buttons behind their labels, and what is hidden from everybody, are not for fingers.
  function touchable(el) {
    if (el.closest('[aria-hidden=true]')) return false;
    const box = el.getBoundingClientRect();
    return box.width * box.height > 16 && getComputedStyle(el).opacity !== '0';
  }

  // The name that a person or a screen reader gives a control.
  function name(el) {
    const by = el.getAttribute('aria-labelledby');
    if (by) return squeeze(by.split(/\s+/).map((id) => (document.getElementById(id) || {}).textContent).join(''));
    if (el.hasAttribute('aria-label')) return squeeze(el.getAttribute('aria-label'));
    if (el.tagName === 'INPUT') {
      if (/^(submit|button|reset)$/.test(el.type)) return squeeze(el.value);
      if (el.labels && el.labels.length) return squeeze(Array.from(el.labels, (l) => l.textContent).join(''));
      return squeeze(el.placeholder || el.title);
    }
    if (el.tagName === 'SELECT' || el.tagName === 'TEXTAREA') {
      return squeeze(el.labels && el.labels.length ? el.labels[0].textContent : el.title);
    }
    return squeeze(el.innerText || el.textContent || el.title);
  }

  // Lower is better: the very words, then words that begin so, then words that hold them.
  function score(text, want) {
    if (text === want) return 0;
    if (text.startsWith(want)) return 1;
    return text.includes(want) ? 2 : -1;
  }

  function best(elements, want) {
    let found = null;
    elements.forEach((el, order) => {
      const text = name(el);
      const s = score(text, want);
      if (s < 0) return;
      const rank = [s, el.closest('main') ? 0 : 1, s === 0 ? 0 : text.length, order];
      if (!found || less(rank, found.rank)) found = { el, rank };
    });
    return found && found.el;
  }

  function less(a, b) {
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] < b[i];
    return false;
  }

  // The smallest part of the page that the path of words leads to: a list item, a row, a group, a section.
  const parts = 'li,tr,fieldset,section,article,form,details,dl,table,nav,[role=group],[role=region],.card,.night,.field,header,footer';
  function within(path) {
    let root = document;
    for (const words of path) {
      const want = squeeze(words);
      let found = null;
      root.querySelectorAll(parts).forEach((el) => {
        if (!shown(el)) return;
        const label = squeeze(el.getAttribute('aria-label'));
        const head = el.querySelector('legend,caption,h1,h2,h3,summary,th,b');
        const own = label === want || head && squeeze(head.innerText) === want;
        if (!own && !squeeze(el.innerText).includes(want)) return;
        const rank = [own ? 0 : 1, el.getElementsByTagName('*').length];
        if (!found || less(rank, found.rank)) found = { el, rank };
      });
      if (!found) return null;
      root = found.el;
    }
    return root;
  }

  const tappable = 'a[href],button,summary,label,select,video,input:not([type=hidden]),[role=button],[role=tab]';
  function toTap(path, words) {
    const root = within(path);
    if (!root) return null;
    const want = squeeze(words);
    const all = Array.from(root.querySelectorAll(tappable)).filter(shown).filter(touchable);
    const el = best(all, want);
    if (el) return el;
    const plain = Array.from(root.querySelectorAll('*')).filter((e) => !e.children.length && shown(e) && squeeze(e.textContent) === want);
    return plain[0] || null;
  }

  const fillable = 'input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=radio]):not([type=checkbox]),textarea,select';
  function toFill(path, words) {
    const root = within(path);
    if (!root) return null;
    return best(Array.from(root.querySelectorAll(fillable)), squeeze(words));
  }

  // Where to put the finger, after the page has come to rest there; and what lies above, when something does.
  function spot(el) {
    el.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const boxes = Array.from(el.getClientRects()).filter((b) => b.width > 0 && b.height > 0);
    if (!boxes.length) return null;
    const box = boxes.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a));
    const x = box.left + box.width / 2;
    const y = box.top + box.height / 2;
    const top = document.elementFromPoint(x, y);
    const mine = top && (top === el || el.contains(top) || top.contains(el) && top.closest('label,a,button') ||
      top.closest('label') && top.closest('label').control === el || el.tagName === 'LABEL' && el.control === top);
    return { x, y, covered: mine ? '' : describe(top), disabled: !!el.disabled };
  }

  function describe(el) {
    if (!el) return 'nothing: it is outside the screen';
    const cls = el.getAttribute('class');
    return '<' + el.tagName.toLowerCase() + (el.id ? ' id=' + el.id : '') + (cls ? ' class="' + cls + '"' : '') + '> ' + squeeze(el.textContent).slice(0, 40);
  }

  // Remembers what the next tap starts, to know whether a new page is to come.
  function arm(el, scripts) {
    const rec = { click: null, submit: null };
    window.browsertestAct = rec;
    if (!scripts) {
      const link = el.closest('a[href]');
      const button = el.closest('button,input[type=submit]');
      if (link) rec.click = leaves(link);
      if (button && button.form && button.type === 'submit') rec.submit = button.form.noValidate || button.formNoValidate || button.form.checkValidity();
      return;
    }
    window.addEventListener('click', (e) => {
      const link = e.target.closest && e.target.closest('a[href]');
      rec.click = !!link && !e.defaultPrevented && leaves(link);
    }, { once: true });
    window.addEventListener('submit', (e) => { rec.submit = !e.defaultPrevented; }, { once: true });
  }

  function leaves(link) {
    const to = new URL(link.href, location.href);
    return /^https?:$/.test(to.protocol) && (!to.hash || to.pathname + to.search !== location.pathname + location.search) && link.target !== '_blank';
  }

  function text() {
    return document.body ? document.body.innerText : '';
  }

  return {
    target: toTap,
    control: toFill,
    part: within,
    tapSpot(path, words, scripts) {
      const el = toTap(path, words);
      if (!el) return null;
      const s = spot(el);
      if (s && !s.covered && !s.disabled) arm(el, scripts);
      return s;
    },
    fillSpot(path, words, scripts) {
      const el = toFill(path, words);
      if (!el || !shown(el)) return null;
      const s = spot(el);
      if (s) {
        s.kind = el.tagName === 'SELECT' ? 'select' : el.type;
        if (!s.covered && !s.disabled) arm(el, scripts);
      }
      return s;
    },
    // The field is emptied by a person's own means: all of it is marked, so that what is typed replaces it.
    mark(path, words) {
      const el = toFill(path, words);
      el.focus();
      if (el.select) el.select();
      return document.activeElement === el;
    },
    // For what no keyboard writes into: dates, times, and lists to open.
    put(path, words, value) {
      const el = toFill(path, words);
      if (el.tagName === 'SELECT') {
        const want = squeeze(value);
        const o = Array.from(el.options);
        const hit = o.find((x) => squeeze(x.textContent) === want) || o.find((x) => squeeze(x.textContent).includes(want));
        if (!hit) return 'has ' + o.map((x) => squeeze(x.textContent)).join(' | ');
        el.value = hit.value;
      } else {
        el.value = value;
        if (el.value !== value) return 'does not take ' + value;
      }
      el.dispatchEvent(new Event('input', { bubbles: true }));
      el.dispatchEvent(new Event('change', { bubbles: true }));
      return '';
    },
    value(path, words) {
      const el = toFill(path, words);
      if (!el) return null;
      return el.tagName === 'SELECT' ? squeeze((el.selectedOptions[0] || {}).textContent) : el.value;
    },
    chosen(path, words) {
      const el = toTap(path, words);
      const control = el && (el.tagName === 'LABEL' ? el.control : el);
      return control ? !!control.checked || control.getAttribute('aria-pressed') === 'true' : null;
    },
    sees(path, words) {
      const root = within(path);
      if (!root) return false;
      const all = root === document ? text() : root.innerText;
      return squeeze(all).includes(squeeze(words));
    },
    armFocus(scripts) {
      arm(document.activeElement || document.body, scripts);
    },
    acted() {
      const rec = window.browsertestAct;
      return !rec || !!rec.click || !!rec.submit;
    },
    page() {
      const main = document.querySelector('main') || document.body;
      return main ? main.innerText.replace(/\s*\n\s*/g, '\n').trim() : '';
    },
    focus() {
      const el = document.activeElement;
      if (!el || el === document.body || el === document.documentElement) return null;
      const b = el.getBoundingClientRect();
      const style = getComputedStyle(el);
      const label = el.labels && el.labels[0] ? getComputedStyle(el.labels[0]) : style;
      const all = Array.from(document.querySelectorAll('*'));
      return {
        name: name(el), what: describe(el), order: all.indexOf(el), tabindex: el.tabIndex,
        visible: b.width > 0 && b.height > 0 && b.right > 0 && b.left < innerWidth,
        ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none' ||
          label.outlineStyle !== 'none' && parseFloat(label.outlineWidth) > 0 || label.boxShadow !== 'none' || el.tagName === 'VIDEO',
      };
    },
    wide() {
      const page = document.scrollingElement;
      const width = document.documentElement.clientWidth;
      if (page.scrollWidth <= width && innerWidth <= screen.width) return null;
      const out = [];
      document.querySelectorAll('body *').forEach((el) => {
        const b = el.getBoundingClientRect();
        if (b.width === 0 || b.right <= width + 1) return;
        for (let up = el.parentElement; up; up = up.parentElement) {
          if (up !== document.body && /auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return;
        }
        out.push(describe(el));
      });
      return { have: Math.max(page.scrollWidth, innerWidth), room: Math.min(width, screen.width), by: out.slice(-3) };
    },
    mains() {
      return Array.from(document.querySelectorAll('.btn.main')).filter(shown).map(name);
    },
    targets(least) {
      const out = new Set();
      const all = 'button,select,summary,input:not([type=hidden]),textarea,a.btn,nav a,.rows a,.opt,.seg label,.chips label,.card.pick';
      document.querySelectorAll(all).forEach((el) => {
        if (!shown(el) || !touchable(el) || el.closest('.crumbs,.foot') || el.classList.contains('link') || el.closest('.opt') && !el.matches('.opt')) return;
        const b = el.getBoundingClientRect();
        if (b.height < least - 0.5 || b.width < Math.min(least, 44) - 0.5) out.add(Math.round(b.width) + '×' + Math.round(b.height) + ' ' + describe(el));
      });
      return Array.from(out);
    },
    type(least) {
      const out = new Set();
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) {
        const el = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim() || !shown(el) || el.closest('.sr,svg,script,style')) continue;
        const size = parseFloat(getComputedStyle(el).fontSize);
        if (size < least - 0.1) out.add(size.toFixed(1) + ' ' + describe(el));
      }
      return Array.from(out);
    },
    look(elder) {
      document.documentElement.classList.toggle('elder', elder > 0);
      document.documentElement.classList.toggle('elder-max', elder > 1);
      window.scrollTo(0, 0);
    },
    pictures() {
      return Array.from(document.images).filter((i) => !(i.complete && i.naturalWidth > 0)).map((i) => i.src);
    },
    video() {
      const v = document.querySelector('video');
      if (!v) return null;
      return { at: v.currentTime, length: v.duration || 0, paused: v.paused, ended: v.ended, ready: v.readyState, error: v.error ? v.error.message || String(v.error.code) : '', source: v.currentSrc };
    },
    seek(to) {
      const v = document.querySelector('video');
      if (v) v.currentTime = to;
      return !!v;
    },
  };
})()

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
    return { x, y, covered: mine ? '' : describe(top), disabled: !!el.disabled, busy: !!el.parentElement.closest('[aria-busy="true"]') };
  }

  function describe(el) {
    if (!el) return 'nothing: it is outside the screen';
    const cls = el.getAttribute('class');
    return '<' + el.tagName.toLowerCase() + (el.id ? ' id=' + el.id : '') + (cls ? ' class="' + cls + '"' : '') + '> ' + squeeze(el.textContent).slice(0, 40);
  }

  // What lies above the whole of a thing that the screen shows, such as a bar that stands at its end.
  function hides(el) {
    const b = el.getBoundingClientRect();
    let above = '';
    for (const y of [b.top + 2, (b.top + b.bottom) / 2, b.bottom - 2]) {
      for (const x of [b.left + 2, (b.left + b.right) / 2, b.right - 2]) {
        const top = document.elementFromPoint(x, y);
        if (!top) continue;
        if (top === el || el.contains(top) || top.contains(el) || top.closest('label') && top.closest('label').control === el) return '';
        above = describe(top);
      }
    }
    return above;
  }

  // Remembers what the next tap starts, to know whether a new page is to come.
  function arm(el, scripts) {
    const rec = { click: null, submit: null };
    window.browsertestAct = rec;
    if (!scripts) {
      rec.click = false;
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

  // A link in a line of words is as high as the line.
  function inText(el) {
    if (el.tagName !== 'A' || getComputedStyle(el).display !== 'inline') return false;
    let block = el.parentElement;
    while (getComputedStyle(block).display.startsWith('inline')) block = block.parentElement;
    return squeeze(block.innerText).length > squeeze(el.innerText).length;
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
      if (s && !s.covered && !s.disabled && !s.busy) arm(el, scripts);
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
      window.browsertestAct.click = window.browsertestAct.click || false; // few keys click
    },
    // Whether a new page is to come; null as long as the tap has not clicked.
    acted() {
      const rec = window.browsertestAct;
      if (rec && rec.click === null && !rec.submit) return null;
      return !rec || !!rec.click || !!rec.submit;
    },
    page() {
      const main = document.querySelector('main') || document.body;
      return main ? main.innerText.replace(/\s*\n\s*/g, '\n').trim() : '';
    },
    // Sizes in millimetres as the page lays them out now, and whether something inside is cut off.
    sizes(selector) {
      return Array.from(document.querySelectorAll(selector), (el) => {
        const box = el.getBoundingClientRect();
        return { width: box.width * 25.4 / 96, height: box.height * 25.4 / 96, cut: el.scrollHeight > el.clientHeight + 1 || el.scrollWidth > el.clientWidth + 1 };
      });
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
        covered: hides(el.labels && el.labels[0] && b.width * b.height <= 16 ? el.labels[0] : el),
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
          if (getComputedStyle(up).position === 'fixed') return; // as wide as what the others make of the screen
        }
        out.push(describe(el));
      });
      return { have: Math.max(page.scrollWidth, innerWidth), room: Math.min(width, screen.width), by: out.slice(-3) };
    },
    mains() {
      return Array.from(document.querySelectorAll('.btn.main')).filter(shown).map(name);
    },
    targets(least, finger) {
      const out = new Set();
      const links = finger ? 'a[href]' : 'a.btn,nav a,.rows a,.card.pick';
      const all = links + ',button,select,summary,input:not([type=hidden]),textarea,.opt,.seg label,.chips label';
      document.querySelectorAll(all).forEach((el) => {
        if (!shown(el) || !touchable(el) || el.closest('.opt') && !el.matches('.opt') || inText(el)) return;
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
    // Puts the keyboard before the first thing of the page: where something was that had it and is gone. From here on each
    // press of Tab first notes where the keyboard stands, when the page has come to rest there.
    walk() {
      const before = document.createElement('span');
      before.tabIndex = -1;
      document.body.insertBefore(before, document.body.firstChild);
      before.focus();
      before.remove();
      window.scrollTo(0, 0);
      if (!window.browsertestStops) window.addEventListener('keydown', () => { window.browsertestStops.push(this.focus()); }, true);
      window.browsertestStops = [];
    },
    walked() {
      return window.browsertestStops.concat([this.focus()]);
    },
    outline() {
      return {
        lang: document.documentElement.lang, title: document.title, mains: document.querySelectorAll('main').length,
        h1: Array.from(document.querySelectorAll('h1')).filter(shown).map((h) => squeeze(h.innerText)),
      };
    },
    unfold() {
      document.querySelectorAll('details').forEach((d) => { d.open = true; });
    },
    // What can be used, each with its places in the source; radio buttons of one name are one control.
    controls() {
      const all = Array.from(document.querySelectorAll('*'));
      const groups = new Map();
      const usable = 'a[href],button,input:not([type=hidden]),select,textarea,summary,video[controls],audio[controls],[tabindex="0"],[contenteditable]';
      document.querySelectorAll(usable).forEach((el) => {
        if (!shown(el) || el.disabled || el.tabIndex < 0 && el.closest('[aria-hidden=true]')) return;
        const radio = el.type === 'radio' && el.name;
        const key = radio ? (el.form ? all.indexOf(el.form) : '') + el.name : el;
        if (!groups.has(key)) groups.set(key, { what: describe(el) + name(el), orders: [] });
        groups.get(key).orders.push(all.indexOf(el));
      });
      return Array.from(groups.values());
    },
    // Whether something of the main part stays at the screen's end while the page moves below it.
    bar() {
      return Array.from(document.querySelectorAll('main *')).some((el) => shown(el) && /sticky|fixed/.test(getComputedStyle(el).position));
    },
    dead() {
      const out = [];
      document.querySelectorAll('button,input[type=button],[role=button]').forEach((el) => {
        if (shown(el) && !(el.form && el.type === 'submit')) out.push(describe(el));
      });
      document.querySelectorAll('a[href^="#"]').forEach((el) => {
        if (!document.getElementById(decodeURIComponent(el.hash.slice(1)))) out.push(describe(el));
      });
      document.querySelectorAll('form').forEach((f) => {
        if (shown(f) && !Array.from(f.elements).some((el) => el.type === 'submit' && shown(el))) out.push(describe(f));
      });
      return out;
    },
    send(path, fields) {
      const form = document.createElement('form');
      form.method = 'post';
      form.action = path;
      Object.keys(fields).forEach((name) => fields[name].forEach((value) => {
        const field = document.createElement('textarea');
        field.name = name;
        field.value = value;
        form.appendChild(field);
      }));
      document.body.appendChild(form);
      form.submit();
    },
    pictures() {
      const missing = Array.from(document.images).filter((i) => !(i.complete && i.naturalWidth > 0)).map((i) => i.src);
      document.querySelectorAll('svg use').forEach((u) => {
        const box = u.getBBox();
        if (shown(u.ownerSVGElement) && !(box.width + box.height > 0)) missing.push(u.getAttribute('href'));
      });
      return missing;
    },
    // What the page says in words: the machine's own, which are marked as code, left out.
    words() {
      return [...document.querySelectorAll('code')].reduce((text, code) => text.replace(code.innerText, ''), document.body.innerText);
    },
    // The middle of the handle by which a finger takes the thing with the words, brought onto the screen.
    handle(path, words) {
      const root = within(path);
      const of = root && best(Array.from(root.querySelectorAll('[data-day]')).filter(shown), squeeze(words));
      const grip = of && of.querySelector('.grip');
      return grip && shown(grip) ? spot(grip) : null;
    },
    // The middle of what a selector finds, brought onto the screen when it is asked for.
    middle(selector, scroll) {
      const el = document.querySelector(selector);
      if (!el) return null;
      if (scroll) el.scrollIntoView({ block: 'nearest' });
      const b = el.getBoundingClientRect();
      return { X: b.left + b.width / 2, Y: b.top + b.height / 2 };
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

// Video: goes on where it stopped and tells the server the place. It reports a place, never time or credit.
const video = document.querySelector('video[data-player]');
const url = video.dataset.report;
const play = document.querySelector('[data-play]');
const again = document.querySelector('[data-again]');
let from = Number(video.dataset.position) || 0;
let told = Math.floor(from);
let tries = 0;

function resume() {
  // The last ten seconds count as the end: start over.
  if (from > 0 && video.duration && from < video.duration - 10) video.currentTime = from;
  from = 0;
}
function report(leaving) {
  const at = Math.floor(video.currentTime);
  if (!url || from || at === told) return;
  told = at;
  const body = new URLSearchParams({ position: String(at) });
  if (leaving && navigator.sendBeacon && navigator.sendBeacon(url, body)) return;
  fetch(url, { method: 'POST', body: body, keepalive: true }).catch(function () { told = -1; });
}

if (video.readyState > 0) resume();
video.addEventListener('loadedmetadata', resume);
video.addEventListener('pause', function () { report(false); });
video.addEventListener('ended', function () { report(false); });
video.addEventListener('playing', function () { tries = 0; if (play) play.hidden = true; });
setInterval(function () { if (!video.paused) report(false); }, 15000);
window.addEventListener('pagehide', function () { report(true); });
document.addEventListener('visibilitychange', function () { if (document.hidden) report(true); });

// A signed address may have run out, or the signal was lost: ask again for the same place, three times at most.
video.addEventListener('error', function () {
  const note = document.querySelector('[data-broken]');
  if (tries++ > 2) { if (note) note.hidden = false; return; }
  from = from || video.currentTime;
  setTimeout(function () { video.load(); video.play().catch(function () {}); }, 1500 * tries);
});

function begin() {
  const p = video.play();
  if (p) p.catch(function () {});
}
if (play) play.addEventListener('click', begin);
if (again) again.addEventListener('click', function () { from = 0; video.currentTime = 0; again.hidden = true; begin(); });
const full = document.querySelector('[data-full]');
if (full) full.addEventListener('click', function () {
  if (video.requestFullscreen) video.requestFullscreen();
  else if (video.webkitEnterFullscreen) video.webkitEnterFullscreen();
  begin();
});

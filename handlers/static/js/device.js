// This browser as a device: its own number, what it is called on the screen, and how safely it keeps things. WeChat's browser and the
// phone's are two, each with its own outbox.
import { running } from './huotang.js';

// Which of the phone's browsers this is: 'wechat', 'icon' (opened from the home screen) or 'browser'.
export function kind() {
  if (/MicroMessenger/i.test(navigator.userAgent)) return 'wechat';
  return matchMedia('(display-mode: standalone), (display-mode: minimal-ui)').matches ? 'icon' : 'browser';
}

// Asks the browser not to clear what is kept, and says what it answered: 'yes', 'no', or 'unknown' where it cannot be asked.
export function persist() {
  if (!navigator.storage || !navigator.storage.persist) return Promise.resolve('unknown');
  return navigator.storage.persisted().then(function (is) { return is || navigator.storage.persist(); })
    .then(function (ok) { return ok ? 'yes' : 'no'; }, function () { return 'unknown'; });
}

// Whether there is hardly any room left: under ten megabytes.
export function low() {
  if (!navigator.storage || !navigator.storage.estimate) return Promise.resolve(false);
  return navigator.storage.estimate().then(function (e) { return Boolean(e.quota) && e.quota - (e.usage || 0) < 10485760; }, function () { return false; });
}

// Lets the worker send when the signal comes back, where the browser can.
export function sendLater() {
  if (!navigator.serviceWorker || !('SyncManager' in self)) return;
  navigator.serviceWorker.ready.then(function (r) { return r.sync.register('outbox'); }).catch(function () {});
}

// Starts the service worker. False where the browser has none or refuses: then nothing opens without a network.
export function worker() {
  if (!navigator.serviceWorker) return Promise.resolve(false);
  return navigator.serviceWorker.register('/sw.js').then(function (r) {
    if (r.active) r.update().catch(function () {}); // some hosts open nothing but this page, which asks for no newer program by itself
    return running(r).then(Boolean);
  }).catch(function () { return false; });
}

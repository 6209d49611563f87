// Keeps marked parts of a page fresh. A page works whole without this file.
//
// The body names its topics (data-live="school:12 faults"); the server tells on /live when one of them has changed, and
// never what: the page is fetched again with this visitor's own rights, and every element marked data-fragment (with an
// id) that differs is put in the place of the old one. Nothing is ever written as markup here.

const topics = document.body.dataset.live;
const sign = document.getElementById("live-state");
// The first change is shown at once; after it a page is fetched at most every so many milliseconds.
const PAUSE = 2000;
let due = false;
let busy = false;
// A part was left as it is because somebody uses it.
let stale = false;

async function refresh() {
  if (busy || document.hidden) { due = true; return; }
  busy = true;
  due = false;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) { return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of document.querySelectorAll("[data-fragment]")) {
      const next = fresh.getElementById(old.id);
      if (!next || next.innerHTML === old.innerHTML) { continue; }
      if (isInUse(old)) { stale = true; continue; }
      swap(old, document.adoptNode(next));
    }
  } catch {
    // The line is down: the events come back by themselves, and with them the next refresh.
  } finally {
    setTimeout(() => { busy = false; if (due) { refresh(); } }, PAUSE);
  }
}

// What somebody ticks, chooses or writes is not taken from under their hand.
function isInUse(part) {
  const focused = part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
  return focused || part.querySelector("details[open]:not([id]) form") !== null || [...part.querySelectorAll("input, textarea, select")].some(isChanged);
}

function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") { return field.checked !== field.defaultChecked; }
  if (field.options) { return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected)); }
  return field.value !== field.defaultValue;
}

function swap(old, next) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const open = [...old.querySelectorAll("details[open][id]")].map((details) => details.id);
  next.classList.add("arrived");
  setTimeout(() => next.classList.remove("arrived"), 200);
  old.replaceWith(next);
  for (const id of open) { document.getElementById(id)?.setAttribute("open", ""); }
  const again = focused && (focused.id ? document.getElementById(focused.id)
    : focused.href ? [...next.querySelectorAll("a")].find((link) => link.href === focused.href) : null);
  again?.focus({ preventScroll: true });
}

if (topics && "EventSource" in window) {
  const source = new EventSource("/live?topics=" + encodeURIComponent(topics));
  source.addEventListener("open", () => { sign.textContent = document.body.dataset.liveOn; });
  source.addEventListener("error", () => { sign.textContent = document.body.dataset.liveOff; });
  source.addEventListener("changed", refresh);
  document.addEventListener("visibilitychange", () => { if (due && !document.hidden) { refresh(); } });
  addEventListener("focusout", () => { if (stale) { stale = false; refresh(); } });
  addEventListener("pagehide", () => source.close());
}

// The search shows what it finds as one types: the same page, its list put in the place of the old one.
const typed = document.querySelector("[data-search]");
if (typed) {
  let waiting = 0;
  let asked = 0;
  typed.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const turn = ++asked;
      const to = "/search?q=" + encodeURIComponent(typed.value);
      try {
        const answer = await fetch(to, { headers: { accept: "text/html" }, credentials: "same-origin" });
        if (!answer.ok || answer.redirected || turn !== asked) { return; }
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("found");
        document.getElementById("found")?.replaceChildren(...document.adoptNode(fresh).childNodes);
        history.replaceState(null, "", to);
      } catch { /* The line is down: the button still sends. */ }
    }, 150);
  });
}

// « / » goes to the search, from wherever one is not typing.
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) { return; }
  const field = document.querySelector("[data-search]") ?? document.querySelector(".find input");
  if (field && field.offsetParent) { event.preventDefault(); field.focus(); }
});

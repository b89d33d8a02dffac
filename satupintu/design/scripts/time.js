// SPDX-License-Identifier: Apache-2.0
// Says in time that proof is about to lapse, and gives more time by one press. Nothing that is typed
// is touched, and the focus stays where it is: the words are announced, not thrown in the way.
const KEY = "satupintu.until";
// A page may lie in a bag all day: timers sleep with it, clocks do not.
const LOOK_EVERY = 5000;

/** Watches the time limit of a page, where there is one. */
export function watchTime(root) {
  const box = root.querySelector("[data-limit]");
  if (!box) return;
  const warning = Number(box.dataset.limitWarning) * 1000;
  const stay = box.querySelector("[data-limit-stay]");
  let until = Date.now() + Number(box.dataset.limit) * 1000;
  let canExtend = box.dataset.limitMore !== undefined;
  let said = "";
  let closed = "";
  let before = null;
  remember(until);

  // Another tab may have opened a page since, and with it have won time for all of them.
  const readUntil = () => Math.max(until, Number(recall()) || 0);

  function say(what) {
    if (what === said || what === closed) return;
    said = what;
    box.hidden = !what;
    if (!what) return;
    const words = box.querySelector(`[data-limit-say="${what}"]`).content;
    const time = new Date(readUntil()).toLocaleTimeString(root.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
    });
    box.querySelector("[data-limit-title]").textContent = words.querySelector("b").textContent;
    box.querySelector("[data-limit-words]").textContent = words
      .querySelector("p")
      .textContent.replace("{time}", time);
    stay.hidden = what === "last" || what === "over";
  }

  function look() {
    const left = readUntil() - Date.now();
    if (left <= 0) say("over");
    else if (left <= warning) say(canExtend ? "soon" : "last");
    else {
      closed = "";
      say("");
    }
  }

  function close() {
    closed = said;
    box.hidden = true;
    said = "";
    if (box.contains(root.activeElement) || root.activeElement === root.body) before?.focus();
  }

  root.addEventListener("focusin", (event) => {
    if (!box.contains(event.target)) before = event.target;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  box.querySelector("[data-limit-close]").addEventListener("click", close);
  stay.addEventListener("click", async () => {
    try {
      const answer = await fetch(box.dataset.limitExtend, {
        method: "POST",
        headers: { "X-CSRFToken": box.querySelector("[data-limit-token]").value },
        redirect: "manual",
      });
      // Signed out meanwhile, or too late: the next page asks, and keeps what was typed.
      const left = answer.ok ? await answer.json() : { seconds_left: 0, can_extend: false };
      until = Date.now() + left.seconds_left * 1000;
      canExtend = left.can_extend;
      remember(until);
    } catch {
      say("lost");
      return;
    }
    close();
    closed = "";
    look();
  });
  addEventListener("pageshow", look);
  root.addEventListener("visibilitychange", look);
  setInterval(look, LOOK_EVERY);
  look();
}

// Storage can be closed (private windows): then each tab knows its own time only.
function remember(until) {
  try {
    localStorage.setItem(KEY, String(until));
  } catch {
    return;
  }
}

function recall() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

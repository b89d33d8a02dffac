// SPDX-License-Identifier: Apache-2.0
// Says that the session is about to end, while there is time to stay: what is typed is kept.
const warning = document.querySelector("[data-warn-in]");

function wait() {
  warning.hidden = true;
  setTimeout(() => {
    warning.hidden = false;
  }, Number(warning.dataset.warnIn) * 1000);
}

if (warning) {
  const stay = warning.querySelector("a");
  stay.addEventListener("click", async (event) => {
    event.preventDefault();
    // Any page of staff counts as activity. Signed out meanwhile: the door says so.
    const answer = await fetch(stay.href, { redirect: "manual" });
    if (answer.ok) wait();
    else location.assign(stay.href);
  });
  wait();
}

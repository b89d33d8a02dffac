// SPDX-License-Identifier: Apache-2.0

// A slow phone invites a second press. The server must bear it anyway; here it is not sent.
const PATIENCE = 8000;

/** Lets each form be sent once, until an answer came, the person came back, or a while passed. */
export function guardForms(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.again !== undefined) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    // Not `disabled`: the pressed button's name and value must travel with the form.
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => release(form), PATIENCE);
  });
  // The browser's back button may bring the page as it was left.
  addEventListener("pageshow", (event) => {
    if (event.persisted) root.querySelectorAll("form[data-sent]").forEach(release);
  });
}

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll('[aria-disabled="true"]').forEach((button) => button.removeAttribute("aria-disabled"));
}

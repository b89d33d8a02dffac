// SPDX-License-Identifier: Apache-2.0

/** Buttons that print or copy can do nothing without scripts, so the page hides them until now. */
export function showPrintButtons(root) {
  for (const button of root.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  for (const button of root.querySelectorAll("button[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(source.innerText.trim());
      button.querySelector("[data-copied]").hidden = false;
    });
  }
}

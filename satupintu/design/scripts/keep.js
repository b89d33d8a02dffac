// SPDX-License-Identifier: Apache-2.0
// Changing the language opens the page anew; what was typed comes along. It lies in this tab's
// storage between the two pages and nowhere else, and never a password or a file.
const KEY = "satupintu.typed";
const SELECTOR = "main form :is(input, textarea, select)[name]";
const LEFT_OUT = new Set(["hidden", "password", "file", "submit", "button"]);

const read = (field) =>
  field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;

function listFields(root) {
  return [...root.querySelectorAll(SELECTOR)].filter((field) => !LEFT_OUT.has(field.type));
}

// Two radios share a name, so a field is known by its name and its value where it can be chosen.
const nameOf = (field) =>
  field.type === "checkbox" || field.type === "radio" ? `${field.name}=${field.value}` : field.name;

export function keepTyped(root) {
  for (const link of root.querySelectorAll(".tools a[hreflang]")) {
    link.addEventListener("click", () => {
      const typed = listFields(root).map((field) => [nameOf(field), read(field)]);
      sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, typed }));
    });
  }
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  if (kept?.path !== location.pathname) return;
  const typed = new Map(kept.typed);
  for (const field of listFields(root)) {
    if (!typed.has(nameOf(field))) continue;
    if (typeof typed.get(nameOf(field)) === "boolean") field.checked = typed.get(nameOf(field));
    else field.value = typed.get(nameOf(field));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Every page works without this file. It shows and hides passwords, counts characters, moves
// focus to what is wrong, and keeps a second click from sending a form twice.
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import { guardForms } from "./forms.js";
import { showPrintButtons } from "./print.js";
import { watchTime } from "./time.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

for (const Component of [CharacterCount, ErrorSummary, PasswordInput]) {
  for (const element of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
    new Component(element);
  }
}
guardForms(document);
showPrintButtons(document);
watchTime(document);

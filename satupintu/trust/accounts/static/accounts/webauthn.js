// SPDX-License-Identifier: Apache-2.0
// Passkeys. A form marked data-passkey="get" or "create" asks the browser and sends its answer;
// data-passkey-autofill also offers passkeys where the e-mail address is typed.

const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const decode = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
    character.charCodeAt(0),
  );

// Older browsers have no parse...FromJSON and no toJSON; what they need is little.
const revive = (list) => (list ?? []).map((one) => ({ ...one, id: decode(one.id) }));

function readOptions(kind, { publicKey }) {
  const options = { ...publicKey, challenge: decode(publicKey.challenge) };
  if (kind === "create") {
    options.user = { ...publicKey.user, id: decode(publicKey.user.id) };
    options.excludeCredentials = revive(publicKey.excludeCredentials);
  } else {
    options.allowCredentials = revive(publicKey.allowCredentials);
  }
  return options;
}

function writeAnswer(credential) {
  const response = {};
  for (const name of [
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
  ]) {
    if (credential.response[name]) response[name] = encode(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}

// The browser serves one request at a time, and the portal keeps each challenge in the session: a
// newer request ends the older one and waits until it is over.
let asking = Promise.resolve();
let stop = () => {};

function askNext(form, kind, mediation) {
  stop();
  const controller = new AbortController();
  stop = () => controller.abort();
  const answered = asking.then(() => ask(form, kind, mediation, controller.signal));
  asking = answered.catch(() => {});
  return answered;
}

async function ask(form, kind, mediation, signal) {
  if (signal.aborted) throw new Error("ended by a newer request");
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
  });
  if (!answer.ok) throw new Error("no options");
  const publicKey = readOptions(kind, await answer.json());
  const request = { publicKey, signal };
  if (mediation) request.mediation = mediation;
  const credential = await navigator.credentials[kind](request);
  form.elements.credential.value = writeAnswer(credential);
  // submit(), not requestSubmit(): our own listener has done its work.
  form.submit();
}

function say(form, shown) {
  form.querySelector("[data-passkey-problem]").hidden = !shown;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  // Hidden until now: without a script its button could do nothing.
  form.hidden = false;
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    say(form, false);
    try {
      await askNext(form, form.dataset.passkey);
    } catch {
      // Whether the person stopped it or the device refused, the browser does not say.
      say(form, true);
      busy = false;
    }
  });
}

const autofill = document.querySelector("form[data-passkey-autofill]");
if (autofill && (await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) {
  try {
    await askNext(autofill, "get", "conditional");
  } catch {
    // Nobody asked for it aloud, so nobody is told.
  }
}

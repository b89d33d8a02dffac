// SPDX-License-Identifier: Apache-2.0
// A relying party that we did not write: openid-client signs a person in over real HTTP.
// Reads its registration as JSON from stdin, prints what it learned as JSON.
import { readFileSync } from "node:fs";
import * as oidc from "openid-client";

const given = JSON.parse(readFileSync(0, "utf8"));

async function proveClient() {
  if (!given.private_jwk) return oidc.ClientSecretBasic(given.client_secret);
  const { kid, alg, ...jwk } = given.private_jwk;
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["sign"]);
  return oidc.PrivateKeyJwt({ key, kid });
}

// A browser, as far as this needs one: a cookie jar, and a person who presses "agree".
const jar = new Map(Object.entries(given.cookies));
async function browse(url, options = {}) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const headers = { ...options.headers, cookie };
  const response = await fetch(url, { ...options, headers, redirect: "manual" });
  for (const line of response.headers.getSetCookie()) {
    const [pair] = line.split(";");
    jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
  }
  return response;
}

async function visit(url) {
  let response = await browse(url);
  let consented = false;
  if (response.status === 200) {
    const html = await response.text();
    const action = html.match(/action="(\/openid\/decide[^"]*)"/)[1].replaceAll("&amp;", "&");
    const token = html.match(/name="csrfmiddlewaretoken" value="([^"]+)"/)[1];
    const body = new URLSearchParams({ csrfmiddlewaretoken: token, decision: "agree" });
    response = await browse(new URL(action, url), { method: "POST", body });
    consented = true;
  }
  if (response.status !== 303) throw new Error(`${response.status}: ${await response.text()}`);
  return { back: new URL(response.headers.get("location")), consented };
}

const issuer = new URL(given.issuer);
const config = await oidc.discovery(issuer, given.client_id, given.metadata, await proveClient(), {
  execute: [oidc.allowInsecureRequests],
});
// Without this openid-client trusts the line and does not look at the signature.
oidc.enableNonRepudiationChecks(config);

const verifier = oidc.randomPKCECodeVerifier();
const state = oidc.randomState();
const nonce = oidc.randomNonce();
const address = oidc.buildAuthorizationUrl(config, {
  redirect_uri: given.redirect_uri,
  scope: given.scope,
  code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  max_age: "3600",
  state,
  nonce,
});
const { back, consented } = await visit(address);
const tokens = await oidc.authorizationCodeGrant(config, back, {
  pkceCodeVerifier: verifier,
  expectedState: state,
  expectedNonce: nonce,
  idTokenExpected: true,
  maxAge: 3600,
});
const claims = tokens.claims();
const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);

let own = null;
if (given.own_scope) {
  own = await oidc.clientCredentialsGrant(config, { scope: given.own_scope });
}

let replay = "accepted";
try {
  await oidc.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    maxAge: 3600,
  });
} catch (error) {
  replay = error.error ?? error.code ?? String(error);
}

console.log(JSON.stringify({ consented, claims, userinfo, own, replay }));

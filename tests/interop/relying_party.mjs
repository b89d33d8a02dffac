// SPDX-License-Identifier: Apache-2.0
// A relying party that we did not write: openid-client signs a person in over real HTTP.
// Reads its registration as JSON from stdin, prints what it learned as JSON.
import { readFileSync } from "node:fs";
import * as oidc from "openid-client";
import { makePerson } from "./person.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));

async function proveClient() {
  if (!given.private_jwk) return oidc.ClientSecretBasic(given.client_secret);
  const { kid, alg, ...jwk } = given.private_jwk;
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["sign"]);
  return oidc.PrivateKeyJwt({ key, kid });
}

const visit = makePerson(given.cookies);

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

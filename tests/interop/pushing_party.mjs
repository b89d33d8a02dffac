// SPDX-License-Identifier: Apache-2.0
// A relying party that we did not write, on the strict way: openid-client pushes its request, binds
// its tokens to a key, goes on without the person, asks about its tokens and ends them.
// Reads its registration as JSON from stdin, prints what it learned as JSON.
import { readFileSync } from "node:fs";
import * as oidc from "openid-client";
import { makePerson } from "./person.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));
const visit = makePerson(given.cookies);

const { kid, alg, ...jwk } = given.private_jwk;
const algorithm = { name: "ECDSA", namedCurve: "P-256" };
const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["sign"]);
const config = await oidc.discovery(
  new URL(given.issuer),
  given.client_id,
  given.metadata,
  oidc.PrivateKeyJwt({ key, kid }),
  { execute: [oidc.allowInsecureRequests] },
);
oidc.enableNonRepudiationChecks(config);

const pair = await oidc.randomDPoPKeyPair("ES256", { extractable: true });
const DPoP = oidc.getDPoPHandle(config, pair);
// RFC 7638.
const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
const named = new TextEncoder().encode(JSON.stringify({ crv, kty, x, y }));
const thumbprint = Buffer.from(await crypto.subtle.digest("SHA-256", named)).toString("base64url");

const verifier = oidc.randomPKCECodeVerifier();
const state = oidc.randomState();
const nonce = oidc.randomNonce();
const address = await oidc.buildAuthorizationUrlWithPAR(
  config,
  {
    redirect_uri: given.redirect_uri,
    scope: given.scope,
    prompt: "consent",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  },
  { DPoP },
);
const { back, consented } = await visit(address);
const first = await oidc.authorizationCodeGrant(
  config,
  back,
  {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  },
  undefined,
  { DPoP },
);
const claims = first.claims();
const told = [await oidc.fetchUserInfo(config, first.access_token, claims.sub, { DPoP })];

const scope = "openid email";
const second = await oidc.refreshTokenGrant(config, first.refresh_token, { scope }, { DPoP });
told.push(await oidc.fetchUserInfo(config, second.access_token, claims.sub, { DPoP }));
const introspected = await oidc.tokenIntrospection(config, second.access_token);

const held = second.refresh_token ?? first.refresh_token;
await oidc.tokenRevocation(config, held);
const ended = [first.access_token, second.access_token, held];
const afterRevocation = [];
for (const token of ended) afterRevocation.push(await oidc.tokenIntrospection(config, token));
let refused = "served";
try {
  await oidc.refreshTokenGrant(config, held, {}, { DPoP });
} catch (error) {
  refused = error.error ?? error.code ?? String(error);
}

console.log(
  JSON.stringify({
    consented,
    claims,
    userinfo: told,
    token_types: [first.token_type, second.token_type],
    refreshed_scope: second.scope,
    rotated: second.refresh_token !== undefined,
    introspected,
    thumbprint,
    after_revocation: afterRevocation,
    refused,
  }),
);

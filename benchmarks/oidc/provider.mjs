// SPDX-License-Identifier: Apache-2.0
// The peer: npm's oidc-provider on PostgreSQL, with a sign-in that asks nothing.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import pg from "pg";
import { Provider } from "oidc-provider";

const issuer = `http://localhost:${process.env.PORT}`;
const pool = new pg.Pool({ max: 4 });

// One table, as in the adapters that oidc-provider's own documentation points to.
await pool.query(`
  CREATE TABLE payload (
    model text NOT NULL, id text NOT NULL, payload jsonb NOT NULL, grant_id text, uid text,
    user_code text, expires_at timestamptz, consumed_at timestamptz, PRIMARY KEY (model, id));
  CREATE INDEX ON payload (grant_id) WHERE grant_id IS NOT NULL;
  CREATE INDEX ON payload (uid) WHERE uid IS NOT NULL;
  CREATE INDEX ON payload (expires_at);
`);

// Named statements are prepared once per connection, as a careful writer of an adapter would.
const query = (name, text, values) => pool.query({ name, text, values });

function read({ rows: [row] }) {
  if (!row) return undefined;
  return row.consumed_at ? { ...row.payload, consumed: true } : row.payload;
}

class PostgresAdapter {
  constructor(model) {
    this.model = model;
  }
  async upsert(id, payload, expiresIn) {
    const expiresAt = expiresIn ? new Date(Date.now() + expiresIn * 1000) : null;
    const { grantId = null, uid = null, userCode = null } = payload;
    await query(
      "upsert",
      `INSERT INTO payload (model, id, payload, grant_id, uid, user_code, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (model, id) DO UPDATE SET
       payload = $3, grant_id = $4, uid = $5, user_code = $6, expires_at = $7`,
      [this.model, id, payload, grantId, uid, userCode, expiresAt],
    );
  }
  async find(id) {
    const text = `SELECT payload, consumed_at FROM payload WHERE model = $1 AND id = $2
      AND (expires_at IS NULL OR expires_at > now())`;
    return read(await query("find", text, [this.model, id]));
  }
  async findByUid(uid) {
    const text = "SELECT payload, consumed_at FROM payload WHERE model = $1 AND uid = $2";
    return read(await query("find_by_uid", text, [this.model, uid]));
  }
  async findByUserCode() {
    return undefined;
  }
  async consume(id) {
    const text = "UPDATE payload SET consumed_at = now() WHERE model = $1 AND id = $2";
    await query("consume", text, [this.model, id]);
  }
  async destroy(id) {
    await query("destroy", "DELETE FROM payload WHERE model = $1 AND id = $2", [this.model, id]);
  }
  async revokeByGrantId(grantId) {
    await query("revoke", "DELETE FROM payload WHERE grant_id = $1", [grantId]);
  }
}

const provider = new Provider(issuer, {
  adapter: PostgresAdapter,
  clients: [
    {
      client_id: "party",
      redirect_uris: ["http://127.0.0.1:9/callback"],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "ES256",
      id_token_signed_response_alg: "ES256",
      subject_type: "pairwise",
      jwks: { keys: [JSON.parse(process.env.PARTY_JWK)] },
    },
  ],
  jwks: { keys: [JSON.parse(process.env.PROVIDER_JWK)] },
  clientAuthMethods: ["private_key_jwt"],
  enabledJWA: {
    clientAuthSigningAlgValues: ["ES256"],
    idTokenSigningAlgValues: ["ES256"],
  },
  subjectTypes: ["pairwise"],
  pairwiseIdentifier: (_ctx, accountId, client) =>
    createHash("sha256").update(`${client.clientId} ${accountId}`).digest("hex"),
  findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ["a key for the benchmark"] },
  pkce: { required: () => true },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 300, Grant: 86400, Interaction: 600, Session: 86400 },
});

// The sign-in and the consent, both given at once.
async function interact(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: "sari", clientId: params.client_id });
  grant.addOIDCScope("openid");
  const result = { login: { accountId: "sari" }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result);
}

const serve = provider.callback();
const server = createServer((request, response) => {
  if (request.url.startsWith("/interaction/")) {
    interact(request, response).catch((error) => response.writeHead(500).end(String(error)));
  } else {
    serve(request, response);
  }
});
// The other contenders take longer than Node's five seconds.
server.keepAliveTimeout = 3_600_000;
server.listen(Number(process.env.PORT), "127.0.0.1");

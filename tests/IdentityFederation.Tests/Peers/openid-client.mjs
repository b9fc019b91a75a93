// A certified relying party (openid-client) asks the service for all that a client may. Reads one JSON argument, writes one JSON answer.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { folder, issuer, secretClient, keyClient } = JSON.parse(process.argv[2]);
const oidc = await import(pathToFileURL(join(folder, 'node_modules/openid-client/build/index.js')));
const key = await crypto.subtle.importKey('jwk', keyClient.jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
const ways = {
  client_secret_basic: [secretClient.id, oidc.ClientSecretBasic(secretClient.secret)],
  client_secret_post: [secretClient.id, oidc.ClientSecretPost(secretClient.secret)],
  private_key_jwt: [keyClient.id, oidc.PrivateKeyJwt({ key, kid: keyClient.jwk.kid })],
};

const answer = {};
for (const algorithm of ['oidc', 'oauth2']) {
  for (const [way, [id, authentication]] of Object.entries(ways)) {
    const config = await oidc.discovery(new URL(issuer), id, undefined, authentication, { algorithm, execute: [oidc.allowInsecureRequests] });
    const granted = await oidc.clientCredentialsGrant(config, { scope: 'things.read' });
    const before = await oidc.tokenIntrospection(config, granted.access_token);
    await oidc.tokenRevocation(config, granted.access_token);
    const after = await oidc.tokenIntrospection(config, granted.access_token);
    answer[`${algorithm} ${way}`] = {
      type: granted.token_type, expiresIn: granted.expiresIn(), scope: granted.scope, before: before.active, client: before.client_id, after: after.active,
    };
  }
}

const wrong = await oidc.discovery(new URL(issuer), secretClient.id, undefined, oidc.ClientSecretBasic('wrong'), { execute: [oidc.allowInsecureRequests] });
answer.wrong = await oidc.clientCredentialsGrant(wrong).then(() => 'granted', (e) => `${e.code} ${e.status} ${e.cause?.[0]?.scheme}`);
console.log(JSON.stringify(answer));

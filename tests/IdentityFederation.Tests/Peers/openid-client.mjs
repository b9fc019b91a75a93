// A certified relying party (openid-client) asks the service for all that a client may. Reads one JSON argument, writes one JSON answer.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { folder, issuer, secretClient, keyClient, viewer } = JSON.parse(process.argv[2]);
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
// A public client sends a person here; the cookie is the browser of somebody who has signed in.
const insecure = { execute: [oidc.allowInsecureRequests] };
const config = await oidc.discovery(new URL(issuer), viewer.id, undefined, oidc.None(), insecure);
const [codeVerifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
const asked = oidc.buildAuthorizationUrl(config, {
  redirect_uri: viewer.redirectUri, scope: 'openid profile offline_access things.read', state, nonce, max_age: '3600',
  code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier), code_challenge_method: 'S256', acr_values: viewer.acr,
});
const sent = await fetch(asked, { redirect: 'manual', headers: { cookie: viewer.cookie } });
const back = new URL(sent.headers.get('location'));
const checks = { pkceCodeVerifier: codeVerifier, expectedState: state, expectedNonce: nonce, maxAge: 3600, idTokenExpected: true };
answer.mixedUp = await oidc.authorizationCodeGrant(config, back, { ...checks, expectedState: 'another' }).then(() => 'granted', (e) => e.code);
const tokens = await oidc.authorizationCodeGrant(config, back, checks);
const claims = tokens.claims();
const person = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
const ended = await fetch(
  oidc.buildEndSessionUrl(config, { id_token_hint: refreshed.id_token, post_logout_redirect_uri: viewer.home, state: 'bye' }),
  { redirect: 'manual', headers: { cookie: viewer.cookie } },
);
answer.person = {
  sub: claims.sub, acr: claims.acr, sid: claims.sid, name: person.preferred_username, rotated: refreshed.refresh_token !== tokens.refresh_token,
  left: ended.headers.get('location'),
  after: await oidc.refreshTokenGrant(config, refreshed.refresh_token).then(() => 'granted', (e) => e.error),
  signedOut: (await fetch(asked, { redirect: 'manual', headers: { cookie: viewer.cookie } })).headers.get('location').split('?')[0],
};
console.log(JSON.stringify(answer));

// The certified relying party of many applications (openid-client 5) as it comes: it takes ID tokens that are signed with RS256 and no others.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { folder, issuer, client, redirectUri, cookie } = JSON.parse(process.argv[2]);
const { Issuer, generators } = createRequire(join(folder, 'package.json'))('openid-client-5');
const party = new (await Issuer.discover(issuer)).Client({
  client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri], response_types: ['code'],
});
const [code_verifier, state, nonce] = [generators.codeVerifier(), generators.state(), generators.nonce()];
const asked = party.authorizationUrl({
  scope: 'openid profile email', state, nonce, code_challenge: generators.codeChallenge(code_verifier), code_challenge_method: 'S256',
});
const sent = await fetch(asked, { redirect: 'manual', headers: { cookie } });
const tokens = await party.callback(redirectUri, party.callbackParams(sent.headers.get('location')), { code_verifier, state, nonce });
const person = await party.userinfo(tokens, { method: 'POST', via: 'body' });
console.log(JSON.stringify({ sub: tokens.claims().sub, name: person.preferred_username, scope: tokens.scope }));

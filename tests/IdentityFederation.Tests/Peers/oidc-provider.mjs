// A certified OpenID provider (oidc-provider), as an organisation outside runs it. Whoever comes with a login_hint is that person,
// without being asked.
// Reads one JSON argument, says that it listens, and runs until its input ends.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { folder, port, clients, people } = JSON.parse(process.argv[2]);
const { Provider } = await import(pathToFileURL(join(folder, 'node_modules/oidc-provider/lib/index.js')));
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients,
  scopes: ['openid', 'profile', 'email'],
  claims: { openid: ['sub', 'roles'], profile: ['name', 'preferred_username', 'oid', 'contract'], email: ['email'] },
  // The service that is told of a sign-out listens on the loopback address.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  acrValues: ['urn:test:mfa'],
  conformIdTokenClaims: false,
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => { ctx.body = form; } },
  },
  cookies: { keys: ['only for a test, on the loopback address'] },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
});
for (const event of ['server_error', 'grant.error', 'backchannel.error', 'authorization.error']) {
  provider.on(event, (ctx, error) => console.error(event, error.message, error.error_detail ?? '', error.cause ?? ''));
}
const listen = provider.callback();
const server = createServer(async (request, response) => {
  if (!request.url.startsWith('/interaction/')) return listen(request, response);
  const { params } = await provider.interactionDetails(request, response);
  const asked = params.acr_values?.split(' ')[0];
  const result = people[params.login_hint]
    ? { login: { accountId: params.login_hint, acr: asked, amr: asked ? ['pwd', 'otp'] : ['pwd'] } }
    : { error: 'access_denied' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
});
server.listen(port, '127.0.0.1', () => console.log('listening'));
process.stdin.on('end', () => process.exit(0)).resume();

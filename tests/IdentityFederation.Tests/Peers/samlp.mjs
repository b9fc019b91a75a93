// A SAML identity provider (samlp) answers one request of the service, or asks it to sign somebody out.
// Reads one JSON argument, writes one JSON answer.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { folder, what, query, options, consumer, user, participant } = JSON.parse(process.argv[2]);
const require = createRequire(join(folder, 'package.json'));
const samlp = require('samlp');

const answer = await new Promise((resolve, reject) => {
  const request = { method: 'GET', query: query ?? {}, body: {}, session: {}, headers: {} };
  const response = {
    set() {}, redirect: (to) => resolve({ to }),
    send: (first, second) => (typeof first === 'number' ? reject(new Error(`${first} ${second ?? ''}`)) : resolve({ page: first })),
  };
  const endpoint = what === 'logout'
    ? samlp.logout({ ...options, sessionParticipants: new (require('samlp/lib/sessionParticipants'))([participant]) })
    : samlp.auth({ ...options, getPostURL: (audience, dom, asked, done) => done(null, consumer), getUserFromRequest: () => user });
  if (what === 'refuse') {
    samlp.parseRequest(request, options, (fault, parsed) => (fault ? reject(fault) : samlp.sendError({
      ...options, inResponseTo: parsed.id, destination: consumer, RelayState: query.RelayState,
      error: { code: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }, getPostURL: (asked, done) => done(null, consumer),
    })(request, response, reject)));
  } else {
    endpoint(request, response, reject);
  }
});
console.log(JSON.stringify(answer));

// Answers the requests of a file with the official engine and times each call.
// Policies are parsed once (preparsePolicySet); the package has no such entry for entities, so each call brings its own.
const fs = require('fs');
const cedar = require(process.argv[2] + '/node_modules/@cedar-policy/cedar-wasm/nodejs');
const scenarios = JSON.parse(fs.readFileSync(process.argv[3], 'utf8'));
const answers = scenarios.map((scenario, place) => {
  const id = `set${place}`;
  const parsed = cedar.preparsePolicySet(id, { staticPolicies: scenario.policies });
  if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed.errors));
  const calls = scenario.requests.map(request => ({
    principal: request.principal, action: request.action, resource: request.resource, context: {},
    preparsedPolicySetId: id, validateRequest: false, entities: scenario.entities[request.entities],
  }));
  const warmUntil = Date.now() + scenario.warmUpMilliseconds;
  for (let i = 0; Date.now() < warmUntil; i++) cedar.statefulIsAuthorized(calls[i % calls.length]);
  return calls.map(call => {
    const start = process.hrtime.bigint();
    const answer = cedar.statefulIsAuthorized(call);
    const nanoseconds = Number(process.hrtime.bigint() - start);
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer.errors));
    const { decision, diagnostics } = answer.response;
    return { nanoseconds, decision, reasons: diagnostics.reason.sort(), errors: diagnostics.errors.map(error => error.policyId).sort() };
  });
});
fs.writeFileSync(process.argv[4], JSON.stringify({ version: cedar.getCedarSDKVersion ? cedar.getCedarSDKVersion() : cedar.getCedarVersion(), answers }));

// Answers cases with the official engine: one JSON object per line in, one per line out, until the input ends.
// In: {"schema","policies","entities","requests":[{"principal","action","resource","context"}]}
// Out: {"failure"} or {"invalid":{id:[messages]},"notApplicable":[ids],"impossible":[ids],"answers":[{"decision","reasons","errors"}]}
// Usage: NODE_PATH=.../node_modules node --no-opt official-engine.js
const cedar = require('@cedar-policy/cedar-wasm/nodejs');

const succeeded = (what, answer) => {
  if (answer.type !== 'success') throw new Error(`${what}: ${answer.errors.map(error => error.message).join('; ')}`);
  return answer;
};
const notApplicable = 'unable to find an applicable action';

const answer = ({ schema, policies, entities, requests }) => {
  succeeded('policies', cedar.preparsePolicySet('set', policies));
  const validated = succeeded('validate', cedar.validate({ schema, policies, validationSettings: { mode: 'strict' } }));
  const invalid = {};
  for (const { policyId, error } of validated.validationErrors) (invalid[policyId] ??= []).push(error.message);
  const warned = words => validated.validationWarnings.filter(({ error }) => error.message.includes(words)).map(({ policyId }) => policyId);
  return {
    invalid, notApplicable: warned(notApplicable), impossible: warned('policy is impossible'),
    answers: requests.map(request => {
      const { response } = succeeded('request', cedar.statefulIsAuthorized({ ...request, validateRequest: false, preparsedPolicySetId: 'set', entities }));
      return { decision: response.decision, reasons: response.diagnostics.reason, errors: response.diagnostics.errors.map(error => error.policyId) };
    }),
  };
};

require('readline').createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', line => {
  let result;
  try {
    result = answer(JSON.parse(line));
  } catch (problem) {
    result = { failure: `${problem.message ?? problem}` };
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
});

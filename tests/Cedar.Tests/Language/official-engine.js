// Ends expressions with the official engine, for OfficialTableTests: one JSON object per line in, one per line out, until the input ends.
// In: {"entities","context","expressions":[text]}; out: {"ends":["true" | "false" | message of the error]}
// Usage: NODE_PATH=.../node_modules node official-engine.js
const cedar = require('@cedar-policy/cedar-wasm/nodejs');

const uid = (type, id) => ({ type, id });

const ends = ({ entities, context, expressions }) => {
  const staticPolicies = Object.fromEntries(expressions.map((text, i) => [`p${i}`, `permit(principal, action, resource) when { ${text} };`]));
  const answer = cedar.isAuthorized({
    principal: uid('User', 'alice'), action: uid('Action', 'view'), resource: uid('Photo', 'sea'), context, entities, policies: { staticPolicies },
  });
  if (answer.type !== 'success') return { ends: [answer.errors.map(error => error.message).join('; ')] };
  const { reason, errors } = answer.response.diagnostics;
  const messages = Object.fromEntries(errors.map(({ policyId, error }) => [policyId, error.message]));
  const satisfied = new Set(reason);
  return { ends: expressions.map((_, i) => messages[`p${i}`] ?? `${satisfied.has(`p${i}`)}`) };
};

require('readline').createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', line => {
  process.stdout.write(`${JSON.stringify(ends(JSON.parse(line)))}\n`);
});

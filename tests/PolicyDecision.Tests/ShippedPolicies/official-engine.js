// Validates deploy/policies strictly and runs its cases with the official Cedar engine. Prints what differs; exits with 1 when anything does.
// Usage: NODE_PATH=.../node_modules node official-engine.js FOLDER
const fs = require('fs');
const path = require('path');
const cedar = require('@cedar-policy/cedar-wasm/nodejs');

const folder = process.argv[2];
const read = (...names) => fs.readFileSync(path.join(folder, ...names), 'utf8');
const filesIn = (directory, ending) => fs.readdirSync(path.join(folder, directory)).filter(name => name.endsWith(ending)).sort();
const policies = {};
for (const file of filesIn('.', '.cedar')) {
  for (const text of cedar.policySetTextToParts(read(file)).policies) {
    policies[cedar.policyToJson(text).json.annotations.id] = text;
  }
}

const problems = [];
const validated = cedar.validate({ schema: read('hospital.cedarschema'), policies: { staticPolicies: policies }, validationSettings: { mode: 'strict' } });
if (validated.type !== 'success' || validated.validationErrors.length || validated.validationWarnings.length || validated.otherWarnings.length) {
  problems.push(JSON.stringify(validated));
}

const world = JSON.parse(read('tests', 'world.json'));
const shared = [...JSON.parse(read('actions.json')), ...world.entities];
const cases = filesIn('tests', '.json').filter(name => name !== 'world.json').flatMap(name => JSON.parse(read('tests', name)));
for (const one of cases) {
  const entities = new Map([...shared, ...(one.entities ?? [])].map(entity => [`${entity.uid.type}::${entity.uid.id}`, entity]));
  const context = Object.fromEntries(Object.entries({ ...world.context, ...one.context }).filter(([, value]) => value !== null));
  const answer = cedar.isAuthorized({
    principal: one.principal, action: { type: 'Action', id: one.action }, resource: one.resource, context,
    policies: { staticPolicies: policies }, entities: [...entities.values()],
  });
  const got = answer.type === 'success'
    ? `${answer.response.decision} ${answer.response.diagnostics.reason.sort()} ${answer.response.diagnostics.errors.map(error => error.policyId)}`
    : JSON.stringify(answer.errors);
  const expected = `${one.decision} ${one.determining} `;
  if (got !== expected) {
    problems.push(`${one.name}: expected ${expected}, got ${got}`);
  }
}

console.log(problems.length === 0 ? `${Object.keys(policies).length} policies, ${cases.length} cases` : problems.join('\n'));
process.exit(problems.length === 0 ? 0 : 1);

// The official engine on schemas and data: a JSON object per line in, one per line out, until the input ends.
// In: {"schemas":[text or object]}; out: {"schemas":[{"error"} or {"json","text"}]}
// In: {"schema","entities":[array of entities],"requests":[request]}; out: {"entities":[error or null],"requests":[error or null]}
// Usage: NODE_PATH=.../node_modules node --no-opt official-schema.js
const cedar = require('@cedar-policy/cedar-wasm/nodejs');

const words = answer => answer.errors.map(error => [error.message, ...(error.related ?? []).map(other => other.message), error.help ?? ''].join(' ')).join('; ');

const read = schema => {
  const checked = cedar.checkParseSchema(schema);
  if (checked.type !== 'success') return { error: words(checked) };
  const json = cedar.schemaToJson(schema);
  const text = cedar.schemaToText(schema);
  return { json: json.type === 'success' ? json.json : null, text: text.type === 'success' ? text.text : null };
};

const guarded = call => {
  try {
    const answer = call();
    return answer.type === 'success' ? null : words(answer);
  } catch (problem) {
    return `${problem.message ?? problem}`;
  }
};

const answer = ({ schemas, schema, entities, requests }) => schemas ? { schemas: schemas.map(read) } : {
  entities: entities.map(each => guarded(() => cedar.checkParseEntities({ entities: each, schema }))),
  requests: requests.map(request => guarded(() => cedar.isAuthorized({ ...request, schema, validateRequest: true, policies: {}, entities: [] }))),
};

require('readline').createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', line => {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
});

// The official engine on policies and JSON of ours, for OfficialEngineTests. Reads {"policies":[{"text","json","isTemplate"}],"set","request"}
// in a line of the standard input; writes in a line for each policy the engine's JSON of the text and of what it reads from our JSON, and its answer to the request.
// Usage: NODE_PATH=.../node_modules node official-engine.js < input
const cedar = require('@cedar-policy/cedar-wasm/nodejs');

const toJson = (text, isTemplate) => {
  const answer = isTemplate ? cedar.templateToJson(text) : cedar.policyToJson(text);
  return answer.type === 'success' ? answer.json : { errors: answer.errors };
};
const toText = (json, isTemplate) => {
  const answer = isTemplate ? cedar.templateToText(json) : cedar.policyToText(json);
  return answer.type === 'success' ? answer.text : `the engine refuses it: ${JSON.stringify(answer.errors)}`;
};

require('readline').createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', line => {
  const input = JSON.parse(line);
  console.log(JSON.stringify({
    policies: input.policies.map(({ text, json, isTemplate }) => ({ ofText: toJson(text, isTemplate), ofJson: toJson(toText(json, isTemplate), isTemplate) })),
    answer: cedar.isAuthorized({ ...input.request, policies: input.set }),
  }));
});

// Checks FHIR resources with the npm package fhir (R4). Input, a file:
// {"folder": where node_modules is, "resources": [...]}; output: one list of messages for each.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const { folder, resources } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { Fhir } = createRequire(`${folder}/package.json`)('fhir');
const fhir = new Fhir();
console.log(JSON.stringify(resources.map((resource) => {
  const { valid, messages } = fhir.validate(resource, { errorOnUnexpected: true });
  const faults = messages.filter((one) => one.severity === 'error' || one.severity === 'fatal');
  return valid ? [] : faults.map((one) => `${one.location}: ${one.message}`);
})));

// Checks exported events with @sigstore/verify, which AccessGov has no part in: run it where npm installed that package.
//
//   node verify-proofs.mjs EXPORT VERIFIER-KEY
//
// Says "verified N events" when in every line of the export the checkpoint of the proof is signed by the key, and the proof shows the leaf
// at its index under the checkpoint's root; else which line is wrong and why, with status 1.
import { createPublicKey } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(`${process.cwd()}/`);
const { verifyCheckpoint } = require('@sigstore/verify/dist/tlog/checkpoint.js');
const { verifyMerkleInclusion } = require('@sigstore/verify/dist/tlog/merkle.js');

const [exported, verifierKey] = process.argv.slice(2);
const log = logOf(verifierKey);
let count = 0;
try {
  for await (const line of createInterface({ input: createReadStream(exported), crlfDelay: Infinity })) {
    verify(JSON.parse(line));
    count++;
  }
  if (count === 0) throw new Error('there is no event');
  console.log(`verified ${count} events`);
} catch (error) {
  console.log(`line ${count + 1}: ${error.message}`);
  process.exitCode = 1;
}

function verify({ leaf, proof }) {
  const [, index, hashes, envelope] = /^c2sp\.org\/tlog-proof@v1\nindex (0|[1-9]\d*)\n((?:[A-Za-z0-9+/]{43}=\n)*)\n(.*)$/s.exec(proof);
  const entry = {
    canonicalizedBody: Buffer.from(leaf, 'base64'),
    inclusionProof: {
      logIndex: index,
      hashes: hashes.split('\n').slice(0, -1).map((hash) => Buffer.from(hash, 'base64')),
      checkpoint: { envelope },
    },
  };
  const checkpoint = verifyCheckpoint(entry, [log]);
  if (checkpoint.origin !== log.baseURL || checkpoint.rest.length > 0) throw new Error(`not a checkpoint of ${log.baseURL}`);
  verifyMerkleInclusion(entry, checkpoint);
  const { seq } = JSON.parse(entry.canonicalizedBody);
  if (String(seq) !== index) throw new Error(`leaf ${index} says to be number ${seq}`);
}

// name+hex of the key's id+base64 of the type and the public key: 1 is Ed25519 in 32 bytes, 2 is ECDSA as a SubjectPublicKeyInfo.
function logOf(text) {
  const [name, id] = text.split('+', 2);
  const key = Buffer.from(text.slice(name.length + id.length + 2), 'base64');
  const spki = key[0] === 1 ? Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.subarray(1)]) : key.subarray(1);
  return { baseURL: name, logID: Buffer.from(id, 'hex'), publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
}

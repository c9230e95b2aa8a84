// Compiles one contract and prints, as JSON, what ledgers keeps of it: node compile.js FILE.sol
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const solc = require('solc');

const file = process.argv[2];
const name = path.basename(file, '.sol');
const source = fs.readFileSync(file, 'utf8');
const settings = {
  evmVersion: 'paris', // Without PUSH0, which not every chain has.
  optimizer: { enabled: true, runs: 200 },
  // The same bytes wherever it is compiled.
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
  outputSelection: {
    '*': { '*': ['evm.bytecode.object', 'evm.deployedBytecode.object', 'evm.methodIdentifiers'] },
  },
};
const output = JSON.parse(solc.compile(JSON.stringify({
  language: 'Solidity',
  sources: { [name]: { content: source } },
  settings,
})));
if (output.errors) {
  output.errors.forEach((error) => console.error(error.formattedMessage));
  process.exit(1);
}
const { evm } = output.contracts[name][name];
console.log(JSON.stringify({
  compiler: solc.version(),
  evmVersion: settings.evmVersion,
  optimizerRuns: settings.optimizer.runs,
  sourceSha256: crypto.createHash('sha256').update(source).digest('hex'),
  selectors: evm.methodIdentifiers,
  creation: evm.bytecode.object,
  code: evm.deployedBytecode.object,
}, null, 2));

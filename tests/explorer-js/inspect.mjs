// Prints what blocks did with Corridor's contracts, and everybody's positions: an example for other people's explorers.
//
// usage: node inspect.mjs --settlement ADDRESS [--url URL] [--contracts DIR] [--from BLOCK] [--to BLOCK]

import { parseArgs } from 'node:util';
import { Ledger } from './ledger.mjs';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'ws://127.0.0.1:9944' },
    settlement: { type: 'string' },
    contracts: { type: 'string', default: new URL('../../target/contracts', import.meta.url).pathname },
    from: { type: 'string', default: '1' },
    to: { type: 'string' },
  },
});
if (!values.settlement) {
  console.error('error: which settlement contract?\n  Name it with --settlement ADDRESS.');
  process.exit(2);
}

// As the library writes values for people.
const text = (value) =>
  JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? inner.toString() : inner));
const human = (args) => Object.fromEntries(Object.entries(args).map(([name, value]) => [name, value?.toHuman?.() ?? value]));

const ledger = await Ledger.connect(values.url, values.settlement, values.contracts);
await ledger.learnTokens();
const last = values.to ? Number(values.to) : await ledger.head();
for (let number = Number(values.from); number <= last; number += 1) {
  const { calls, events } = await ledger.block(number);
  for (const { contract, name, args } of calls) console.log(`${number} ${contract} call ${name} ${text(human(args))}`);
  for (const { contract, name, args } of events) console.log(`${number} ${contract} event ${name} ${text(human(args))}`);
}
for (const { id, participant } of await ledger.query('inspection::participants', 0, 32)) {
  for (const currency of ledger.tokens.values()) {
    const { available, reserved } = await ledger.query('inspection::position', id, currency);
    console.log(`position ${participant.agents[0].value.toHuman()} ${currency} available ${available} reserved ${reserved}`);
  }
}
await ledger.disconnect();

// Third parties read what `corridor-demo` did, with published artefacts and libraries that know nothing of Corridor.
//
// Started by scripts/test-explorers, which plays the demo first:
//   CORRIDOR_URL, CORRIDOR_SETTLEMENT   the chain and the contract
//   CORRIDOR_CONTRACTS                  the directory of the artefacts
//   CORRIDOR_POSITIONS                  what `corridor --json positions --all` says, to compare with

import { compactStripLength } from '@polkadot/util';
import { keccakAsHex } from '@polkadot/util-crypto';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { decodeCall, readAbi, uetrText } from './contracts.mjs';
import { Ledger } from './ledger.mjs';

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run scripts/test-explorers, which plays the demo first`);
  return value;
}

const data = new URL('../data/', import.meta.url);
const directory = setting('CORRIDOR_CONTRACTS');
const positions = JSON.parse(readFileSync(setting('CORRIDOR_POSITIONS'), 'utf8')).positions;
const outcomes = readFileSync(new URL('outcomes.csv', data), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
  .map(([file, , , uetr, , currency, amount, outcome, reason]) => ({ file, uetr, currency, amount, outcome, reason }));

// What becomes of a transfer, in the contract's words.
const STATUS = { accept: 'Settled', reject: 'Rejected', cancel: 'Cancelled', expire: 'Expired', 'return-part': 'PartlyReturned' };

let ledger;
const calls = [];
const events = [];

before(async () => {
  ledger = await Ledger.connect(setting('CORRIDOR_URL'), setting('CORRIDOR_SETTLEMENT'), directory);
  await ledger.learnTokens();
  const head = await ledger.head();
  for (let number = 1; number <= head; number += 1) {
    const block = await ledger.block(number);
    calls.push(...block.calls);
    events.push(...block.events);
  }
});

after(() => ledger?.disconnect());

const of = (list, contract, name) => list.filter((entry) => entry.contract === contract && entry.name === name);
const minorUnits = (amount) => BigInt(amount.replace('.', ''));

test('the code on the chain is that of the published artefact', async () => {
  const code = readFileSync(join(directory, 'settlement.polkavm'));
  assert.equal(await ledger.codeHash(), keccakAsHex(code));
  assert.equal(ledger.metadata.source.hash, keccakAsHex(code));
  assert.equal(ledger.metadata.source.contract_binary, `0x${code.toString('hex')}`);
});

test('every instruction decodes to what its message says', () => {
  const instructed = new Map(of(calls, 'settlement', 'Transfers::instruct').map(({ args }) => [uetrText(args.uetr), args.terms]));
  for (const { uetr, currency, amount } of outcomes) {
    const terms = instructed.get(uetr);
    assert.ok(terms, `${uetr} was instructed`);
    assert.equal(terms.interbankSettlementAmount.currency.toHuman(), currency);
    assert.equal(terms.interbankSettlementAmount.minorUnits.toBigInt(), minorUnits(amount), uetr);
  }
});

test('the last event of every transfer says how it ended', () => {
  const last = new Map(of(events, 'settlement', 'TransferRecorded').map(({ args }) => [uetrText(args.uetr), args]));
  for (const { uetr, outcome, reason } of outcomes) {
    const { status, change } = last.get(uetr);
    assert.equal(status.type, STATUS[outcome], uetr);
    if (outcome === 'reject' || outcome === 'cancel') assert.equal(change.value.toHuman(), reason, uetr);
    if (outcome === 'return-part') assert.equal(change.asReturned.reason.toHuman(), reason, uetr);
  }
});

test('what went into escrow moved as tokens, as both contracts say', () => {
  const deposits = of(events, 'settlement', 'EscrowMoved').filter(({ args }) => args.movement.kind.type === 'Deposit');
  assert.ok(deposits.length > 0);
  for (const { args } of deposits) {
    const { currency, minorUnits: amount } = args.movement.amount;
    const moved = of(events, currency.toHuman(), 'Transfer');
    const matching = moved.filter(({ args: transfer }) => transfer.to.toLowerCase() === ledger.settlement && transfer.value === amount.toBigInt());
    assert.ok(matching.length > 0, `${currency.toHuman()} ${amount}`);
  }
});

test('a participant and its identifiers are read', async () => {
  const found = await ledger.query('inspection::findParticipant', { Bicfi: 'BKCHCNBJXXX' });
  assert.equal(found.unwrap().toNumber(), 0);
  assert.ok((await ledger.query('inspection::findParticipant', { Bicfi: 'NOBODYXXXXX' })).isNone);
});

test('positions read by dry-run are those the corridor command shows', async () => {
  assert.ok(positions.length >= 4);
  for (const { participant, available, reserved } of positions) {
    const id = (await ledger.query('inspection::findParticipant', { Bicfi: participant })).unwrap();
    const position = await ledger.query('inspection::position', id, available.currency);
    assert.equal(position.available.toString(), available.minor_units, participant);
    assert.equal(position.reserved.toString(), reserved.minor_units, participant);
  }
});

test('what the books say is what the tokens say', async () => {
  for (const [token, currency] of ledger.tokens) {
    const { booked, held, unallocated } = (await ledger.query('inspection::conservation', currency)).asOk;
    assert.equal(await ledger.ask(token, 'balanceOf', ledger.settlement), held.toBigInt(), currency);
    assert.equal(booked.toBigInt() + unallocated.toBigInt(), held.toBigInt(), currency);
    assert.ok(held.toBigInt() > 0n);
  }
});

test('metadata that is not the contract\'s own does not pass', () => {
  const call = exampleCall();
  const types = (change) => {
    const metadata = structuredClone(ledger.metadata);
    change(metadata);
    return readAbi(metadata);
  };
  const field = (metadata, type, name) => {
    const { def } = metadata.types.find(({ type: { path } }) => path?.at(-1) === type).type;
    return def.composite.fields.find((field) => field.name === name);
  };
  assert.equal(decodeCall(types(() => {}), call).name, 'Transfers::instruct', 'the contract\'s own does');
  const shorter = types((metadata) => {
    const number = field(metadata, 'Terms', 'interbank_settlement_date');
    number.type = field(metadata, 'Money', 'minor_units').type;
  });
  assert.throws(() => decodeCall(shorter, call));
  const other = types((metadata) => {
    metadata.spec.messages.find(({ label }) => label === 'Transfers::instruct').selector = '0x00000000';
  });
  assert.throws(() => decodeCall(other, call), /selector/);
});

/** The call data of an instruction of the demo. */
function exampleCall() {
  const [{ args }] = of(calls, 'settlement', 'Transfers::instruct');
  const message = ledger.abi.findMessage('Transfers::instruct');
  return compactStripLength(message.toU8a([args.uetr, args.terms]))[1];
}

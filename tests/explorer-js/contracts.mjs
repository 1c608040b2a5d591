// Corridor's contracts as other people's tools see them: from their published metadata alone.
//
// Everything here throws when a decoding is not exact, that is when encoding the result again does not give the very
// same bytes. A wrong type, a missing field or another contract's metadata cannot pass for right then.

import { Abi } from '@polkadot/api-contract';
import { compactAddLength, u8aConcat, u8aEq, u8aToHex } from '@polkadot/util';
import { Interface } from 'ethers';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parsed metadata (NAME.contract or NAME.json) of a contract that speaks the ink! ABI. */
export function readMetadata(directory, name, extension = 'contract') {
  return JSON.parse(readFileSync(join(directory, `${name}.${extension}`), 'utf8'));
}

/** The Solidity ABI of a contract that speaks it. */
export function readInterface(directory, name) {
  return new Interface(readFileSync(join(directory, `${name}.abi`), 'utf8'));
}

/**
 * api-contract 16 takes every argument that is called `Address` for the chain's MultiAddress, whatever type the metadata
 * gives. Ours are 20 bytes: with the name left out it goes by the type.
 */
export function withoutAddressNames(metadata) {
  const plain = structuredClone(metadata);
  const { constructors, messages, events } = plain.spec;
  for (const { type } of [...constructors, ...messages, ...events].flatMap(({ args }) => args)) {
    if (type.displayName.at(-1) === 'Address') type.displayName = [];
  }
  return plain;
}

/** The ABI by which polkadot.js decodes a contract. */
export function readAbi(metadata, chainProperties) {
  return new Abi(withoutAddressNames(metadata), chainProperties);
}

const exact = (what, bytes, again) => {
  if (!u8aEq(bytes, again)) throw new Error(`${what} is not what was decoded: ${u8aToHex(bytes)}`);
};

/** A call of the settlement contract: its message's name and its arguments. */
export function decodeCall(abi, data) {
  const { message, args } = abi.decodeMessage(compactAddLength(data));
  exact(message.identifier, compactAddLength(data), message.toU8a(args));
  return { name: message.identifier, args: named(message.args, args) };
}

/** An event of the settlement contract: its name and its fields. `record` is the chain's record of it. */
export function decodeEvent(abi, record) {
  const [, data, topics] = record.event.data;
  const { event, args } = abi.decodeEvent(record);
  exact(event.identifier, data.toU8a(true), u8aConcat(...args.map((field) => field.toU8a())));
  // Topics after the signature: the indexed fields, filled up with zeros.
  const indexed = args.filter((_, at) => event.args[at].indexed).map((field) => field.toU8a());
  const expected = indexed.map((bytes) => u8aConcat(bytes, new Uint8Array(32 - bytes.length)));
  exact(`${event.identifier}'s topics`, u8aConcat(...topics.slice(1).map((topic) => topic.toU8a())), u8aConcat(...expected));
  return { name: event.identifier.split('::').at(-1), args: named(event.args, args) };
}

/** A call of a cash contract. */
export function decodeSolidityCall(solidity, data) {
  const call = solidity.parseTransaction({ data: u8aToHex(data) });
  if (!call) throw new Error(`no function of the ABI: ${u8aToHex(data)}`);
  const again = solidity.encodeFunctionData(call.fragment, call.args);
  exact(call.name, data, Uint8Array.from(Buffer.from(again.slice(2), 'hex')));
  return { name: call.name, args: call.args.toObject() };
}

/** An event of a cash contract. */
export function decodeSolidityEvent(solidity, record) {
  const [, data, topics] = record.event.data;
  const log = { data: data.toHex(), topics: topics.map((topic) => topic.toHex()) };
  const event = solidity.parseLog(log);
  if (!event) throw new Error(`no event of the ABI: ${log.topics[0]}`);
  const again = solidity.encodeEventLog(event.fragment, event.args);
  if (again.data !== log.data || again.topics.join() !== log.topics.join()) throw new Error(`${event.name} is not what was decoded`);
  return { name: event.name, args: event.args.toObject() };
}

function named(specs, values) {
  return Object.fromEntries(specs.map(({ name }, at) => [name, values[at]]));
}

/** A UETR (16 bytes) as text. */
export function uetrText(uetr) {
  return uetr.toHex().slice(2).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

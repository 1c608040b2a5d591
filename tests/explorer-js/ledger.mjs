// The ledger as polkadot.js reads it from any node: the calls and events of each finalised block, and queries by dry-run.

import { ApiPromise, WsProvider } from '@polkadot/api';
import { ContractPromise } from '@polkadot/api-contract';
import {
  decodeCall,
  decodeEvent,
  decodeSolidityCall,
  decodeSolidityEvent,
  readAbi,
  readInterface,
  readMetadata,
  withoutAddressNames,
} from './contracts.mjs';

// What a query may cost. The library's own default leaves no room for proof.
const LIMIT = { refTime: 2_000_000_000_000n, proofSize: 10_000_000n };
// Whoever asks needs no account: a query changes nothing.
const ANYBODY = '5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM';

export class Ledger {
  /** Connects to a node; `settlement` is the contract's address, `directory` has the published artefacts. */
  static async connect(url, settlement, directory) {
    const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true, throwOnConnect: true });
    return new Ledger(api, settlement, directory);
  }

  constructor(api, settlement, directory) {
    this.api = api;
    this.settlement = settlement.toLowerCase();
    this.metadata = readMetadata(directory, 'settlement');
    this.abi = readAbi(this.metadata, api.registry.getChainProperties());
    this.cash = readInterface(directory, 'cash');
    this.contract = new ContractPromise(api, withoutAddressNames(this.metadata), settlement);
    this.tokens = new Map();
  }

  disconnect() {
    return this.api.disconnect();
  }

  /** The hash of the code at the contract's address. */
  async codeHash() {
    const account = await this.api.query.revive.accountInfoOf(this.settlement);
    return account.unwrap().accountType.asContract.codeHash.toHex();
  }

  /** The number of the newest finalised block. */
  async head() {
    const hash = await this.api.rpc.chain.getFinalizedHead();
    return (await this.api.rpc.chain.getHeader(hash)).number.toNumber();
  }

  /** The contract's answer to a query, such as `inspection::position`. */
  async query(name, ...args) {
    const gasLimit = this.api.registry.createType('WeightV2', LIMIT);
    const { output, result } = await this.contract.query[name](ANYBODY, { gasLimit }, ...args);
    if (result.isErr) throw new Error(`${name}: ${this.#failure(result.asErr)}`);
    if (!output.isOk) throw new Error(`${name}: ${output.toString()}`);
    return output.asOk;
  }

  /** A cash contract's answer to a view function. */
  async ask(token, name, ...args) {
    const data = this.cash.encodeFunctionData(name, args);
    const { result } = await this.api.call.reviveApi.call(ANYBODY, token, 0, LIMIT, null, data);
    if (result.isErr) throw new Error(`${name}: ${this.#failure(result.asErr)}`);
    return this.cash.decodeFunctionResult(name, result.asOk.data.toHex())[0];
  }

  #failure(error) {
    return error.isModule ? this.api.registry.findMetaError(error.asModule).name : error.toString();
  }

  /** The currencies' tokens by address, so that their calls are recognised. */
  async learnTokens() {
    for (const { currency, token } of await this.query('inspection::currencies', 0, 32)) {
      this.tokens.set(token.toHex(), currency.toHuman());
    }
  }

  /** What a block did with our contracts: `{ calls, events }`, each with its contract (`settlement` or a currency), name and args. */
  async block(number) {
    const hash = await this.api.rpc.chain.getBlockHash(number);
    const [{ block }, at] = await Promise.all([this.api.rpc.chain.getBlock(hash), this.api.at(hash)]);
    const records = await at.query.system.events();
    const failed = new Set(records.filter(({ event }) => at.events.system.ExtrinsicFailed.is(event)).map(({ phase }) => phase.asApplyExtrinsic.toNumber()));
    const calls = block.extrinsics.flatMap((extrinsic, index) => (failed.has(index) ? [] : this.#call(extrinsic.method)));
    const events = records.filter(({ event }) => at.events.revive.ContractEmitted.is(event)).flatMap((record) => this.#event(record));
    return { calls, events };
  }

  #call({ section, method, args }) {
    if (section !== 'revive' || method !== 'call') return [];
    const [contract, data] = [args[0].toHex(), args[4].toU8a(true)];
    if (contract === this.settlement) return [{ contract: 'settlement', ...decodeCall(this.abi, data) }];
    const currency = this.tokens.get(contract);
    return currency ? [{ contract: currency, ...decodeSolidityCall(this.cash, data) }] : [];
  }

  #event(record) {
    const contract = record.event.data[0].toHex();
    if (contract === this.settlement) return [{ contract: 'settlement', ...decodeEvent(this.abi, record) }];
    const currency = this.tokens.get(contract);
    return currency ? [{ contract: currency, ...decodeSolidityEvent(this.cash, record) }] : [];
  }
}

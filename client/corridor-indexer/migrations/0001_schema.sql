-- The index of one settlement contract on one chain.
--
-- Written once for both databases. Three words stand for what each calls it (see src/schema.rs):
--   INTEGER   a signed number of 64 bits
--   BYTES     a string of bytes
--   AMOUNT    minor units of a currency: NUMERIC(39,0) in PostgreSQL, canonical decimal text in SQLite
--
-- `id` is the place on the chain: block number * 2^28 + event (or extrinsic) index * 2^10 + ordinal. It grows with
-- time, so it orders, joins and pages everything. Hashes, addresses and UETRs are text as people write them;
-- `at` is block time in seconds since 1970.

-- What this is an index of.
CREATE TABLE source (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  genesis TEXT NOT NULL,
  settlement TEXT NOT NULL,
  first_block INTEGER NOT NULL
);

-- The last block that is in the index. Moves in the transaction that writes the block's rows.
CREATE TABLE progress (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  block_number INTEGER NOT NULL,
  block_hash TEXT NOT NULL
);

CREATE TABLE blocks (
  number INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  parent TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  extrinsics INTEGER NOT NULL,
  events INTEGER NOT NULL
);
CREATE INDEX blocks_hash ON blocks (hash);
CREATE INDEX blocks_time ON blocks (time_ms);

-- Calls of the settlement contract and of its currencies' tokens.
CREATE TABLE extrinsics (
  id INTEGER PRIMARY KEY,
  block_number INTEGER NOT NULL,
  extrinsic_index INTEGER NOT NULL,
  hash TEXT NOT NULL,
  signer TEXT,
  caller TEXT,
  contract TEXT NOT NULL,
  selector TEXT NOT NULL,
  message TEXT,
  call_bytes INTEGER NOT NULL,
  failure TEXT,
  fee AMOUNT,
  ref_time INTEGER NOT NULL,
  proof_size INTEGER NOT NULL
);
CREATE INDEX extrinsics_hash ON extrinsics (hash);

-- Everything those contracts emitted, as emitted and decoded. `problem` says why an event could not be taken in.
CREATE TABLE raw_events (
  id INTEGER PRIMARY KEY,
  block_number INTEGER NOT NULL,
  event_index INTEGER NOT NULL,
  extrinsic_index INTEGER NOT NULL,
  contract TEXT NOT NULL,
  topics BYTES NOT NULL,
  data BYTES NOT NULL,
  kind TEXT,
  decoded TEXT,
  problem TEXT
);
CREATE INDEX raw_events_problem ON raw_events (id) WHERE problem IS NOT NULL;

-- Transfers as they stand.
CREATE TABLE transfers (
  uetr TEXT PRIMARY KEY,
  debtor_agent INTEGER NOT NULL,
  creditor_agent INTEGER NOT NULL,
  currency TEXT NOT NULL,
  minor_units AMOUNT NOT NULL,
  settlement_date INTEGER NOT NULL,
  charge_bearer TEXT NOT NULL,
  settlement_method TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  message_digest TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  returned_minor_units AMOUNT NOT NULL,
  window_id INTEGER,
  instructed_id INTEGER NOT NULL,
  instructed_at INTEGER NOT NULL,
  updated_id INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX transfers_instructed ON transfers (instructed_id);
CREATE INDEX transfers_debtor ON transfers (debtor_agent, instructed_id);
CREATE INDEX transfers_creditor ON transfers (creditor_agent, instructed_id);
CREATE INDEX transfers_open ON transfers (instructed_id) WHERE status IN ('pending', 'queued');

-- Their life, change by change.
CREATE TABLE transfer_events (
  id INTEGER PRIMARY KEY,
  uetr TEXT NOT NULL,
  block_number INTEGER NOT NULL,
  extrinsic_index INTEGER NOT NULL,
  at INTEGER NOT NULL,
  change TEXT NOT NULL,
  status TEXT NOT NULL,
  minor_units AMOUNT,
  reason TEXT,
  reference TEXT,
  window_id INTEGER,
  caller TEXT
);
CREATE INDEX transfer_events_uetr ON transfer_events (uetr, id);

-- What a transfer in two currencies has besides: the provider of the exchange, and what the creditor agent is paid. Its row in
-- `transfers` is the debited side. `unwind` is how returns go back: original rate, new quote. `remainder` is what rounding took, in parts of a minor unit as the quote's rate counts them.
CREATE TABLE exchanges (
  uetr TEXT PRIMARY KEY,
  provider INTEGER NOT NULL,
  quote_reference TEXT NOT NULL,
  credited_currency TEXT NOT NULL,
  credited_minor_units AMOUNT NOT NULL,
  remainder AMOUNT NOT NULL,
  spread_minor_units AMOUNT NOT NULL,
  sent_back_minor_units AMOUNT NOT NULL,
  unwind TEXT NOT NULL
);
CREATE INDEX exchanges_provider ON exchanges (provider);

-- Returns of such transfers at new quotes; `id` is the event. The provider is paid what was sent back, in the credited currency, and
-- pays what was given back, in the debited one. `remainder` is what rounding took, the spread what the provider keeps.
CREATE TABLE quoted_returns (
  id INTEGER PRIMARY KEY,
  uetr TEXT NOT NULL,
  reference TEXT NOT NULL,
  provider INTEGER NOT NULL,
  quote_reference TEXT NOT NULL,
  sent_back_minor_units AMOUNT NOT NULL,
  given_back_minor_units AMOUNT NOT NULL,
  remainder AMOUNT NOT NULL,
  spread_minor_units AMOUNT NOT NULL
);
CREATE INDEX quoted_returns_uetr ON quoted_returns (uetr, id);
CREATE INDEX quoted_returns_provider ON quoted_returns (provider);

-- Fees of transfers, of each agent that bears one; `id` is where it was fixed. due: to be paid out of what the creditor agent is credited; reserved; paid;
-- released: the transfer ended without settlement.
CREATE TABLE fees (
  id INTEGER PRIMARY KEY,
  uetr TEXT NOT NULL,
  side TEXT NOT NULL,
  payer INTEGER NOT NULL,
  payee INTEGER NOT NULL,
  currency TEXT NOT NULL,
  minor_units AMOUNT NOT NULL,
  status TEXT NOT NULL,
  updated_id INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX fees_uetr ON fees (uetr, side);
CREATE INDEX fees_payee ON fees (payee, id);

-- Quotes on the chain's table: published ones, and signed ones once they were used or withdrawn. Terms are null where they are
-- in the call of a contract. `used_minor_units` is what pending and settled transfers, and returns, use of it, in minor units of what the
-- provider buys.
CREATE TABLE quotes (
  id INTEGER PRIMARY KEY,
  provider INTEGER NOT NULL,
  reference TEXT NOT NULL,
  origin TEXT NOT NULL,
  withdrawn INTEGER NOT NULL,
  used_minor_units AMOUNT NOT NULL,
  provider_buys TEXT,
  provider_sells TEXT,
  rate_numerator INTEGER,
  rate_denominator INTEGER,
  spread_basis_points INTEGER,
  minimum_minor_units AMOUNT,
  maximum_minor_units AMOUNT,
  counterparty INTEGER,
  expires_at INTEGER,
  hold_seconds INTEGER,
  unwind_seconds INTEGER,
  updated_id INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX quotes_reference ON quotes (provider, reference);

-- Every version of every tariff; the fees go to `payee`. `id` is the event that set it.
CREATE TABLE tariffs (
  id INTEGER PRIMARY KEY,
  debtor_agent INTEGER NOT NULL,
  creditor_agent INTEGER NOT NULL,
  currency TEXT NOT NULL,
  payee INTEGER NOT NULL,
  version INTEGER NOT NULL,
  effective_from INTEGER NOT NULL,
  fixed_minor_units AMOUNT NOT NULL,
  basis_points INTEGER NOT NULL,
  minimum_minor_units AMOUNT NOT NULL,
  maximum_minor_units AMOUNT NOT NULL
);

-- Limits as they were set, the last one of a scope counts; all of it null: lifted. A creditor agent of null: towards all of them.
CREATE TABLE limits (
  id INTEGER PRIMARY KEY,
  debtor_agent INTEGER NOT NULL,
  creditor_agent INTEGER,
  currency TEXT NOT NULL,
  per_transfer_minor_units AMOUNT,
  period_minor_units AMOUNT,
  period_count INTEGER,
  bucket_seconds INTEGER
);

-- What each resolution of a currency's queue did.
CREATE TABLE queue_resolutions (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  currency TEXT NOT NULL,
  settled INTEGER NOT NULL,
  expired INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  gross_minor_units AMOUNT NOT NULL,
  liquidity_minor_units AMOUNT NOT NULL
);

-- Every movement on a participant's books: `amount` is signed, `balance` is what the bucket holds after it.
-- `purpose` is what the money is for, where it is not the amount of a transfer in one currency.
-- Buckets: available, reserved, collateral, net (unsettled credits less debits).
CREATE TABLE legs (
  id INTEGER PRIMARY KEY,
  block_number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  participant INTEGER NOT NULL,
  currency TEXT NOT NULL,
  bucket TEXT NOT NULL,
  kind TEXT NOT NULL,
  purpose TEXT,
  amount AMOUNT NOT NULL,
  balance AMOUNT NOT NULL,
  counterparty INTEGER,
  uetr TEXT,
  reference TEXT,
  batch_id INTEGER,
  window_id INTEGER
);
CREATE INDEX legs_account ON legs (participant, currency, bucket, id);
CREATE INDEX legs_uetr ON legs (uetr, id) WHERE uetr IS NOT NULL;

-- Positions as they stand. `cap` is the most the participant may owe in unsettled windows.
CREATE TABLE positions (
  participant INTEGER NOT NULL,
  currency TEXT NOT NULL,
  available AMOUNT NOT NULL,
  reserved AMOUNT NOT NULL,
  collateral AMOUNT NOT NULL,
  net AMOUNT NOT NULL,
  cap AMOUNT NOT NULL,
  updated_id INTEGER NOT NULL,
  PRIMARY KEY (participant, currency)
);

-- Settlement windows something was posted in. `settled_in` is the window that pays or paid it in the end.
CREATE TABLE windows (
  currency TEXT NOT NULL,
  window_id INTEGER NOT NULL,
  status TEXT NOT NULL,
  postings INTEGER NOT NULL,
  posted_minor_units AMOUNT NOT NULL,
  net_minor_units AMOUNT,
  gross_minor_units AMOUNT,
  participants INTEGER,
  closed_at INTEGER,
  settled_in INTEGER NOT NULL,
  opened_id INTEGER NOT NULL,
  ended_id INTEGER,
  PRIMARY KEY (currency, window_id)
);

-- What each participant owes (negative) or is owed in a window: credits - debits + carried over from aborted ones.
CREATE TABLE window_positions (
  currency TEXT NOT NULL,
  window_id INTEGER NOT NULL,
  participant INTEGER NOT NULL,
  debits AMOUNT NOT NULL,
  credits AMOUNT NOT NULL,
  carried_over AMOUNT NOT NULL,
  net AMOUNT NOT NULL,
  PRIMARY KEY (currency, window_id, participant)
);

-- Clearing batches; `id` is the submission. The rest of the header is in the call, so it is null where a contract made the call.
CREATE TABLE batches (
  id INTEGER PRIMARY KEY,
  debtor_agent INTEGER NOT NULL,
  number INTEGER NOT NULL,
  root TEXT NOT NULL,
  currency TEXT NOT NULL,
  items INTEGER,
  control_sum AMOUNT,
  all_or_nothing INTEGER,
  expires_at INTEGER,
  submitted_at INTEGER NOT NULL,
  rejected_items INTEGER NOT NULL,
  UNIQUE (debtor_agent, number)
);

-- A batch's sum for each creditor agent, and its answer.
CREATE TABLE batch_parts (
  batch_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  creditor_agent INTEGER NOT NULL,
  items INTEGER NOT NULL,
  minor_units AMOUNT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  window_id INTEGER,
  booked_minor_units AMOUNT,
  excepted_items INTEGER NOT NULL,
  updated_id INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (batch_id, creditor_agent)
);

-- A batch's items. `fault`: left out at submission. `excepted`: not accepted by the creditor agent.
CREATE TABLE batch_items (
  batch_id INTEGER NOT NULL,
  item_index INTEGER NOT NULL,
  uetr TEXT NOT NULL,
  creditor_agent INTEGER,
  minor_units AMOUNT NOT NULL,
  message_digest TEXT NOT NULL,
  fault TEXT,
  excepted INTEGER NOT NULL,
  PRIMARY KEY (batch_id, item_index)
);
CREATE INDEX batch_items_uetr ON batch_items (uetr);

-- What participants' references stand for: deposits, withdrawals, pledges, releases, returns.
CREATE TABLE operations (
  participant INTEGER NOT NULL,
  reference TEXT NOT NULL,
  kind TEXT NOT NULL,
  currency TEXT NOT NULL,
  minor_units AMOUNT NOT NULL,
  uetr TEXT,
  at INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  PRIMARY KEY (participant, reference)
);
CREATE INDEX operations_event ON operations (event_id);

CREATE TABLE participants (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  admin TEXT NOT NULL,
  proposed_admin TEXT,
  suspended INTEGER NOT NULL,
  registered_id INTEGER NOT NULL
);

-- The identifiers participants go by; place 0 is the one reports show.
CREATE TABLE agents (
  agent TEXT PRIMARY KEY,
  participant INTEGER NOT NULL,
  place INTEGER NOT NULL
);

-- Who acts for whom; roles by name, separated by commas.
CREATE TABLE accounts (
  account TEXT PRIMARY KEY,
  participant INTEGER NOT NULL,
  roles TEXT NOT NULL,
  updated_id INTEGER NOT NULL
);

CREATE TABLE currencies (
  currency TEXT PRIMARY KEY,
  exponent INTEGER NOT NULL,
  token TEXT NOT NULL,
  registered_id INTEGER NOT NULL
);

-- The contract's own switches: paused, governor, proposed_governor, schedule.
CREATE TABLE registry (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  updated_id INTEGER NOT NULL
);

-- Tokenised money moving outside the books, from a currency's registration on.
CREATE TABLE token_transfers (
  id INTEGER PRIMARY KEY,
  block_number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  currency TEXT NOT NULL,
  kind TEXT NOT NULL,
  from_account TEXT NOT NULL,
  to_account TEXT NOT NULL,
  minor_units AMOUNT NOT NULL
);
CREATE INDEX token_transfers_currency ON token_transfers (currency, id);

-- Events that no extrinsic made have no `extrinsic_index`. `doubtful` are the currencies whose books `problem` is about, null for all
-- of them; `note` says which details an event that was taken in does not bring. Rows that are here already keep what they say.
DROP INDEX raw_events_problem;
ALTER TABLE raw_events RENAME TO raw_events_before;
CREATE TABLE raw_events (
  id INTEGER PRIMARY KEY,
  block_number INTEGER NOT NULL,
  event_index INTEGER NOT NULL,
  extrinsic_index INTEGER,
  contract TEXT NOT NULL,
  topics BYTES NOT NULL,
  data BYTES NOT NULL,
  kind TEXT,
  decoded TEXT,
  problem TEXT,
  doubtful TEXT,
  note TEXT
);
INSERT INTO raw_events (id, block_number, event_index, extrinsic_index, contract, topics, data, kind, decoded, problem)
  SELECT id, block_number, event_index, extrinsic_index, contract, topics, data, kind, decoded, problem FROM raw_events_before;
DROP TABLE raw_events_before;
CREATE INDEX raw_events_problem ON raw_events (id) WHERE problem IS NOT NULL;
CREATE INDEX raw_events_note ON raw_events (id) WHERE note IS NOT NULL;

DROP INDEX transfer_events_uetr;
ALTER TABLE transfer_events RENAME TO transfer_events_before;
CREATE TABLE transfer_events (
  id INTEGER PRIMARY KEY,
  uetr TEXT NOT NULL,
  block_number INTEGER NOT NULL,
  extrinsic_index INTEGER,
  at INTEGER NOT NULL,
  change TEXT NOT NULL,
  status TEXT NOT NULL,
  minor_units AMOUNT,
  reason TEXT,
  reference TEXT,
  window_id INTEGER,
  caller TEXT
);
INSERT INTO transfer_events
  (id, uetr, block_number, extrinsic_index, at, change, status, minor_units, reason, reference, window_id, caller)
  SELECT id, uetr, block_number, extrinsic_index, at, change, status, minor_units, reason, reference, window_id, caller
  FROM transfer_events_before;
DROP TABLE transfer_events_before;
CREATE INDEX transfer_events_uetr ON transfer_events (uetr, id);

-- The calls an extrinsic carries out within others have a row each: `via` are those others, the outermost first, and `id` counts on
-- from the extrinsic's own. Hash and failure are the extrinsic's, fee and weight are with its first call. `data` is the call's,
-- `arguments` the same as JSON. Rows that were here before have neither: an index filled anew has.
ALTER TABLE extrinsics ADD COLUMN via TEXT;
ALTER TABLE extrinsics ADD COLUMN data BYTES;
ALTER TABLE extrinsics ADD COLUMN arguments TEXT;

-- What tokens emitted besides `Transfer`. `event`: approval, issued, redeemed, paused, unpaused, frozen, unfrozen, issuer, proposed_issuer,
-- guardian (who has the role now, and who had it). An approval without an amount is one of any amount.
CREATE TABLE token_events (
  id INTEGER PRIMARY KEY,
  block_number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  currency TEXT NOT NULL,
  event TEXT NOT NULL,
  account TEXT,
  other_account TEXT,
  minor_units AMOUNT,
  request_id TEXT
);
CREATE INDEX token_events_currency ON token_events (currency, id);

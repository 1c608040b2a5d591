//! Every statement.

use super::{
    operation::{
        Landing, NewOperation, Operation, OperationStatus, Planned, Settlement, SignedOperation,
        StoredTransfer,
    },
    schema::database,
    StoreError,
};
use crate::{
    chain::{BlockRef, SignedExtrinsic},
    contract::Answer,
    AccountId,
};
use corridor_core::{Address, Uetr};
use scale_codec::{DecodeAll, Encode};
use sqlx::{
    sqlite::{SqliteConnection, SqliteRow},
    Row,
};
use std::time::{SystemTime, UNIX_EPOCH};

/// Records an operation, or finds what its identity stands for.
pub(super) async fn plan(
    connection: &mut SqliteConnection,
    wanted: &NewOperation,
) -> Result<Planned, StoreError> {
    let Some(known) = find(connection, wanted).await? else {
        return insert(connection, wanted).await.map(Planned::Fresh);
    };
    let same = known.wanted == *wanted;
    match known.status {
        OperationStatus::Planned | OperationStatus::Signed | OperationStatus::Finalised if same => {
            Ok(Planned::Known(Box::new(known)))
        }
        OperationStatus::Planned | OperationStatus::Signed => Ok(Planned::Conflict),
        // Refused, failed, or done with other arguments, which the contract will have its opinion on.
        _ => {
            plan_again(connection, known.id, wanted).await?;
            Ok(Planned::Fresh(known.id))
        }
    }
}

async fn find(
    connection: &mut SqliteConnection,
    wanted: &NewOperation,
) -> Result<Option<Operation>, StoreError> {
    sqlx::query("SELECT * FROM operation WHERE signer = ? AND destination = ? AND identity = ?")
        .bind(wanted.signer.0.to_vec())
        .bind(wanted.destination().to_vec())
        .bind(wanted.identity.clone())
        .fetch_optional(connection)
        .await
        .map_err(database)?
        .map(|row| read(&row))
        .transpose()
}

async fn insert(connection: &mut SqliteConnection, wanted: &NewOperation) -> Result<i64, StoreError> {
    let now = now_ms();
    sqlx::query(
        "INSERT INTO operation (identity, signer, destination, call, answer, status, created_at_ms, updated_at_ms)
         VALUES (?, ?, ?, ?, ?, 'planned', ?, ?)",
    )
    .bind(wanted.identity.clone())
    .bind(wanted.signer.0.to_vec())
    .bind(wanted.destination().to_vec())
    .bind(wanted.call.encode())
    .bind(wanted.answer.name())
    .bind(now)
    .bind(now)
    .execute(connection)
    .await
    .map(|done| done.last_insert_rowid())
    .map_err(database)
}

async fn plan_again(
    connection: &mut SqliteConnection,
    id: i64,
    wanted: &NewOperation,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE operation SET call = ?, answer = ?, status = 'planned', nonce = NULL, signed = NULL,
         extrinsic_hash = NULL, signed_at_block = NULL, era_end_block = NULL, block_number = NULL,
         block_hash = NULL, block_time_ms = NULL, extrinsic_index = NULL, error = NULL, error_number = NULL,
         updated_at_ms = ? WHERE id = ?",
    )
    .bind(wanted.call.encode())
    .bind(wanted.answer.name())
    .bind(now_ms())
    .bind(id)
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(database)
}

/// Records signed bytes. What a finalised block has decided stays decided.
pub(super) async fn sign(
    connection: &mut SqliteConnection,
    operation: &SignedOperation,
) -> Result<(), StoreError> {
    let SignedOperation { id, limits, signed } = operation;
    let done = sqlx::query(
        "UPDATE operation SET status = 'signed', attempts = attempts + 1, weight_ref_time = ?,
         weight_proof_size = ?, storage_deposit_limit = ?, nonce = ?, signed = ?, extrinsic_hash = ?,
         signed_at_block = ?, era_end_block = ?, updated_at_ms = ?
         WHERE id = ? AND status IN ('planned', 'signed')",
    )
    .bind(integer(limits.weight.ref_time))
    .bind(integer(limits.weight.proof_size))
    .bind(limits.storage_deposit.to_string())
    .bind(integer(signed.nonce))
    .bind(signed.bytes.clone())
    .bind(signed.hash.to_vec())
    .bind(integer(signed.signed_at))
    .bind(integer(signed.era_end))
    .bind(now_ms())
    .bind(*id)
    .execute(connection)
    .await
    .map_err(database)?;
    match done.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::NotOpen(*id)),
    }
}

/// Records what became of an operation, once.
pub(super) async fn settle(
    connection: &mut SqliteConnection,
    id: i64,
    settlement: &Settlement,
) -> Result<(), StoreError> {
    let (status, landing, error, number) = match settlement {
        Settlement::Finalised(landing) => (OperationStatus::Finalised, Some(landing), None, None),
        Settlement::Refused(error, number) => (OperationStatus::Refused, None, Some(error.clone()), *number),
        Settlement::Failed(error) => (OperationStatus::Failed, None, Some(error.clone()), None),
    };
    sqlx::query(
        "UPDATE operation SET status = ?, block_number = ?, block_hash = ?, block_time_ms = ?,
         extrinsic_index = ?, error = ?, error_number = ?, updated_at_ms = ?,
         extrinsic_hash = coalesce(?, extrinsic_hash)
         WHERE id = ? AND status IN ('planned', 'signed')",
    )
    .bind(status.name())
    .bind(landing.map(|landing| integer(landing.block.number)))
    .bind(landing.map(|landing| landing.block.hash.to_vec()))
    .bind(landing.map(|landing| integer(landing.block.time_ms)))
    .bind(
        landing
            .and_then(|landing| landing.extrinsic)
            .map(|(_, index)| i64::from(index)),
    )
    .bind(error)
    .bind(number.map(i64::from))
    .bind(now_ms())
    .bind(
        landing
            .and_then(|landing| landing.extrinsic)
            .map(|(hash, _)| hash.to_vec()),
    )
    .bind(id)
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(database)
}

/// Open operations of an account, in order of nonce; planned ones last.
pub(super) async fn open(
    connection: &mut SqliteConnection,
    signer: AccountId,
) -> Result<Vec<Operation>, StoreError> {
    sqlx::query(
        "SELECT * FROM operation WHERE signer = ? AND status IN ('planned', 'signed')
         ORDER BY nonce IS NULL, nonce, id",
    )
    .bind(signer.0.to_vec())
    .fetch_all(connection)
    .await
    .map_err(database)?
    .iter()
    .map(read)
    .collect()
}

/// Keeps a transfer unless one is kept.
pub(super) async fn keep(
    connection: &mut SqliteConnection,
    transfer: &StoredTransfer,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO transfer (settlement, uetr, end_to_end_id, salt, terms, created_at_ms)
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(transfer.settlement.to_vec())
    .bind(transfer.uetr.0.to_vec())
    .bind(transfer.end_to_end_id.clone())
    .bind(transfer.salt.to_vec())
    .bind(transfer.terms.encode())
    .bind(now_ms())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(database)
}

/// Replaces what is kept of a transfer, but for its salt.
pub(super) async fn replace(
    connection: &mut SqliteConnection,
    transfer: &StoredTransfer,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE transfer SET end_to_end_id = ?, terms = ? WHERE settlement = ? AND uetr = ?")
        .bind(transfer.end_to_end_id.clone())
        .bind(transfer.terms.encode())
        .bind(transfer.settlement.to_vec())
        .bind(transfer.uetr.0.to_vec())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(database)
}

/// Reads what is kept of a transfer.
pub(super) async fn transfer(
    connection: &mut SqliteConnection,
    settlement: Address,
    uetr: Uetr,
) -> Result<Option<StoredTransfer>, StoreError> {
    let row =
        sqlx::query("SELECT end_to_end_id, salt, terms FROM transfer WHERE settlement = ? AND uetr = ?")
            .bind(settlement.to_vec())
            .bind(uetr.0.to_vec())
            .fetch_optional(connection)
            .await
            .map_err(database)?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(StoredTransfer {
        settlement,
        uetr,
        end_to_end_id: row.try_get("end_to_end_id").map_err(database)?,
        salt: bytes(&row, "salt")?,
        terms: scale(&row, "terms")?,
    }))
}

fn read(row: &SqliteRow) -> Result<Operation, StoreError> {
    let text = |column| row.try_get::<String, _>(column).map_err(database);
    let damaged = |what: &str| StoreError::Damaged(format!("an operation's {what}"));
    Ok(Operation {
        id: row.try_get("id").map_err(database)?,
        wanted: NewOperation {
            identity: text("identity")?,
            signer: AccountId(bytes(row, "signer")?),
            call: scale(row, "call")?,
            answer: Answer::parse(&text("answer")?).ok_or_else(|| damaged("answer"))?,
        },
        status: OperationStatus::parse(&text("status")?).ok_or_else(|| damaged("status"))?,
        signed: read_signed(row)?,
        landing: read_landing(row)?,
    })
}

fn read_signed(row: &SqliteRow) -> Result<Option<SignedExtrinsic>, StoreError> {
    let signed: Option<Vec<u8>> = row.try_get("signed").map_err(database)?;
    let Some(signed) = signed else { return Ok(None) };
    Ok(Some(SignedExtrinsic {
        bytes: signed,
        hash: bytes(row, "extrinsic_hash")?,
        nonce: natural(row, "nonce")?,
        signed_at: natural(row, "signed_at_block")?,
        era_end: natural(row, "era_end_block")?,
    }))
}

fn read_landing(row: &SqliteRow) -> Result<Option<Landing>, StoreError> {
    let number: Option<i64> = row.try_get("block_number").map_err(database)?;
    if number.is_none() {
        return Ok(None);
    }
    let index: Option<i64> = row.try_get("extrinsic_index").map_err(database)?;
    let extrinsic = index
        .map(|index| {
            let index =
                u32::try_from(index).map_err(|_| StoreError::Damaged("an extrinsic's index".into()))?;
            Ok::<_, StoreError>((bytes(row, "extrinsic_hash")?, index))
        })
        .transpose()?;
    Ok(Some(Landing {
        block: BlockRef {
            number: natural(row, "block_number")?,
            hash: bytes(row, "block_hash")?,
            time_ms: natural(row, "block_time_ms")?,
        },
        extrinsic,
    }))
}

fn bytes<const N: usize>(row: &SqliteRow, column: &'static str) -> Result<[u8; N], StoreError> {
    let value: Vec<u8> = row.try_get(column).map_err(database)?;
    value
        .try_into()
        .map_err(|_| StoreError::Damaged(format!("{column} has another length than {N}")))
}

fn scale<T: DecodeAll>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError> {
    let value: Vec<u8> = row.try_get(column).map_err(database)?;
    T::decode_all(&mut &value[..]).map_err(|error| StoreError::Damaged(format!("{column}: {error}")))
}

fn natural(row: &SqliteRow, column: &'static str) -> Result<u64, StoreError> {
    let value: i64 = row.try_get(column).map_err(database)?;
    u64::try_from(value).map_err(|_| StoreError::Damaged(format!("{column} is negative")))
}

/// SQLite's integers end at 2^63, which no block number, nonce or weight ever reaches.
fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

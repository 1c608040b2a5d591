//! Blocks kept in a file: what an index can be made of again without a node.
//!
//! Each block is its SCALE encoding after its length, 32 bits little endian.

use corridor_client::chain::FinalisedBlock;
use scale_codec::{DecodeAll, Encode};
use std::io::{self, Read, Write};

/// No block comes near: the largest bodies are of 5 MiB.
const LONGEST: u32 = 256 * 1024 * 1024;

/// Appends a block.
///
/// # Errors
/// The writer's.
pub fn write_block(mut to: impl Write, block: &FinalisedBlock) -> io::Result<()> {
    let bytes = block.encode();
    let length = u32::try_from(bytes.len()).map_err(|_| io::Error::other("a block beyond 4 GiB"))?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&bytes)
}

/// Reads the next block; `None` at the end.
///
/// # Errors
/// The reader's; [`io::ErrorKind::UnexpectedEof`] in the middle of a block, [`io::ErrorKind::InvalidData`] where it is none.
pub fn read_block(mut from: impl Read) -> io::Result<Option<FinalisedBlock>> {
    let mut length = [0; 4];
    if from.read(&mut length[..1])? == 0 {
        return Ok(None);
    }
    from.read_exact(&mut length[1..])?;
    let length = u32::from_le_bytes(length);
    if length > LONGEST {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "not an archive of blocks",
        ));
    }
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    let block = FinalisedBlock::decode_all(&mut &bytes[..]);
    let block = block.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
    Ok(Some(block))
}

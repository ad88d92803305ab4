//! The file that a model is kept in.
//!
//! All numbers little-endian: the magic `GWLINEAR`, the format's version (u32), the length of the header (u32), the
//! header (JSON of `Header`), the encoding of the weights (u8: 0 dense, 1 sparse), the weights, and the XXH3 of
//! everything before (u64). Dense weights are the rows one after another. Sparse weights are a bit for each bucket
//! (lowest bit first), set where the row is not all zero, then those rows. Dense weights of an embedded file are read
//! in place, without a copy.

use std::borrow::Cow;

use thiserror::Error;
use xxhash_rust::xxh3::xxh3_64;

use super::linear::{Header, Linear, Link, MOST_CLASSES};

const MAGIC: &[u8; 8] = b"GWLINEAR";
const VERSION: u32 = 1;
const DENSE: u8 = 0;
const SPARSE: u8 = 1;

/// Why a model file cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum AssetError {
    /// It does not begin as a model does.
    #[error("this is no model file: train it again with `goodword train`")]
    NotAModel,
    /// A format of another version of the program.
    #[error("the model file has format {0}, this program reads format 1: train it again with `goodword train`")]
    Version(u32),
    /// It ends before its time.
    #[error("the model file is cut short: train it again or copy it anew")]
    Short,
    /// Its bytes are not those that were written.
    #[error("the model file is damaged (its checksum differs): train it again or copy it anew")]
    Damaged,
    /// Its parts do not fit one another.
    #[error("the model file contradicts itself ({0}): train it again with `goodword train`")]
    Misfit(&'static str),
}

/// The bytes of a model's file: the same model, the same bytes.
pub fn write(model: &Linear) -> Vec<u8> {
    let header = serde_json::to_vec(model.header()).unwrap_or_default();
    let mut file = Vec::with_capacity(model.weights().len() + header.len() + 64);
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&VERSION.to_le_bytes());
    file.extend_from_slice(&u32::try_from(header.len()).unwrap_or(u32::MAX).to_le_bytes());
    file.extend_from_slice(&header);
    let columns = model.header().columns().max(1);
    let rows = || model.weights().chunks_exact(columns);
    let held = |row: &&[u8]| row.iter().any(|weight| *weight != 0);
    let count = rows().filter(held).count();
    let buckets = model.weights().len() / columns;
    // Dense weights are read in place; only a great saving is worth the unpacking.
    if 2 * (buckets / 8 + count * columns) < model.weights().len() {
        file.push(SPARSE);
        let bit = |row: &[u8]| u8::from(row.iter().any(|weight| *weight != 0));
        let bits: Vec<u8> = rows().map(bit).collect();
        file.extend(bits.chunks(8).map(|eight| eight.iter().rev().fold(0u8, |byte, bit| byte << 1 | bit)));
        rows().filter(held).for_each(|row| file.extend_from_slice(row));
    } else {
        file.push(DENSE);
        file.extend_from_slice(model.weights());
    }
    let sum = xxh3_64(&file);
    file.extend_from_slice(&sum.to_le_bytes());
    file
}

/// Reads an embedded model.
///
/// # Errors
/// When the bytes are no whole, undamaged model of this format.
pub fn read(file: &'static [u8]) -> Result<Linear, AssetError> {
    let (header, encoding, body) = parts(file)?;
    let weights = if encoding == DENSE { Cow::Borrowed(body) } else { Cow::Owned(unpacked(&header, body)?) };
    checked(header, weights)
}

/// Reads a model from bytes that do not live as long as the program.
///
/// # Errors
/// As [`read`].
pub fn read_owned(file: &[u8]) -> Result<Linear, AssetError> {
    let (header, encoding, body) = parts(file)?;
    let weights = if encoding == DENSE { body.to_vec() } else { unpacked(&header, body)? };
    checked(header, Cow::Owned(weights))
}

fn number(file: &[u8], at: usize) -> Result<u32, AssetError> {
    let bytes = file.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or(AssetError::Short)?;
    Ok(u32::from_le_bytes(*bytes))
}

fn parts(file: &[u8]) -> Result<(Header, u8, &[u8]), AssetError> {
    if !file.starts_with(MAGIC) {
        return Err(AssetError::NotAModel);
    }
    let version = number(file, 8)?;
    if version != VERSION {
        return Err(AssetError::Version(version));
    }
    let (body, sum) = file.split_last_chunk::<8>().ok_or(AssetError::Short)?;
    let length = number(file, 12)? as usize;
    let rest = body.get(16..).ok_or(AssetError::Short)?;
    let header = rest.get(..length).ok_or(AssetError::Short)?;
    if xxh3_64(body) != u64::from_le_bytes(*sum) {
        return Err(AssetError::Damaged);
    }
    let header: Header = serde_json::from_slice(header).map_err(|_| AssetError::Misfit("its header"))?;
    let (encoding, weights) = rest.get(length..).and_then(<[u8]>::split_first).ok_or(AssetError::Short)?;
    if *encoding > SPARSE {
        return Err(AssetError::Misfit("the encoding of its weights"));
    }
    fit(&header)?;
    Ok((header, *encoding, weights))
}

fn fit(header: &Header) -> Result<(), AssetError> {
    let classes = header.classes.len();
    if classes == 0 || classes > MOST_CLASSES {
        return Err(AssetError::Misfit("the number of its classes"));
    }
    if [header.bias.len(), header.scale.len(), header.thresholds.len()] != [classes; 3] {
        return Err(AssetError::Misfit("the numbers of its classes"));
    }
    if header.reference.is_some_and(|class| class >= classes || classes < 2 || header.link != Link::Softmax) {
        return Err(AssetError::Misfit("its reference class"));
    }
    if !(8..=24).contains(&header.bits) {
        return Err(AssetError::Misfit("its number of buckets"));
    }
    if header.tuned.iter().any(|tuned| tuned.shift.len() != classes) {
        return Err(AssetError::Misfit("the calibration of a language"));
    }
    let tuned = || header.tuned.iter().flat_map(|tuned| tuned.shift.iter().chain([&tuned.slope]));
    let numbers =
        || header.bias.iter().chain(&header.scale).chain(&header.thresholds).chain([&header.shrink]).chain(tuned());
    if !numbers().all(|number| number.is_finite()) {
        return Err(AssetError::Misfit("a number of its header"));
    }
    Ok(())
}

fn checked(header: Header, weights: Cow<'static, [u8]>) -> Result<Linear, AssetError> {
    if weights.len() != (1usize << header.bits) * header.columns() {
        return Err(AssetError::Misfit("the number of its weights"));
    }
    Ok(Linear::new(header, weights))
}

fn unpacked(header: &Header, body: &[u8]) -> Result<Vec<u8>, AssetError> {
    let (buckets, columns) = (1usize << header.bits, header.columns());
    let (held, rows) = body.split_at_checked(buckets / 8).ok_or(AssetError::Short)?;
    let mut weights = vec![0u8; buckets * columns];
    let mut rows = rows.chunks_exact(columns);
    for (eight, byte) in weights.chunks_mut(columns * 8).zip(held).filter(|(_, byte)| **byte != 0) {
        for (bit, slot) in eight.chunks_mut(columns).enumerate().filter(|(bit, _)| byte >> bit & 1 == 1) {
            let _ = bit;
            slot.copy_from_slice(rows.next().ok_or(AssetError::Short)?);
        }
    }
    if rows.next().is_some() || !rows.remainder().is_empty() {
        return Err(AssetError::Misfit("the number of its weights"));
    }
    Ok(weights)
}

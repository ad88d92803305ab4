//! Unpacks the frames of a server that packs them: each binary message is one zstd frame (RFC 8878), with the
//! dictionary that the server gives out or without one.

use zstd::bulk::Decompressor;

/// Largest frame after unpacking, in bytes.
pub(super) const LARGEST: usize = 2 << 20;
/// How a dictionary begins (RFC 8878, section 5).
const MAGIC: [u8; 4] = [0x37, 0xA4, 0x30, 0xEC];

/// A dictionary, as a server gives it out.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Dictionary {
    id: u32,
    bytes: Vec<u8>,
}

impl Dictionary {
    /// Reads a dictionary. `None` when it is none, or has no number by which it could be asked for.
    pub(super) fn read(bytes: Vec<u8>) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<4>()?;
        let (id, _) = rest.split_first_chunk::<4>()?;
        let id = u32::from_le_bytes(*id);
        (*magic == MAGIC && id > 0).then_some(Self { id, bytes })
    }

    /// Its number.
    pub(super) fn id(&self) -> u32 {
        self.id
    }
}

/// Unpacks the frames of one connection.
pub(super) struct Inflater {
    context: Decompressor<'static>,
    room: Vec<u8>,
}

impl Inflater {
    /// For frames that were packed with this dictionary, or with none. `None` when the dictionary is damaged.
    pub(super) fn new(dictionary: Option<&Dictionary>) -> Option<Self> {
        let bytes = dictionary.map_or(&[][..], |dictionary| &dictionary.bytes);
        Some(Self { context: Decompressor::with_dictionary(bytes).ok()?, room: Vec::new() })
    }

    /// The text of a frame. `None` when it is damaged, too large, or packed with another dictionary.
    pub(super) fn text(&mut self, packed: &[u8]) -> Option<&str> {
        self.room.clear();
        self.room.reserve(LARGEST);
        let size = self.context.decompress_to_buffer(packed, &mut self.room).ok()?;
        std::str::from_utf8(self.room.get(..size)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_frames_are_unpacked_and_damaged_ones_refused() {
        let mut inflater = Inflater::new(None).unwrap();
        let packed = zstd::bulk::compress(br#"{"kind":"commit"}"#, 3).unwrap();
        assert_eq!(inflater.text(&packed), Some(r#"{"kind":"commit"}"#));
        assert_eq!(inflater.text(&packed[..packed.len() - 3]), None);
        assert_eq!(inflater.text(b"garbage"), None);
        let bomb = zstd::bulk::compress(&vec![b' '; LARGEST * 3], 3).unwrap();
        assert_eq!(inflater.text(&bomb), None, "a bomb of {} bytes", bomb.len());
        assert_eq!(inflater.text(&packed), Some(r#"{"kind":"commit"}"#), "it goes on after a failure");
    }

    #[test]
    fn what_is_no_dictionary_is_told() {
        assert!(Dictionary::read(b"<html>not found</html>".to_vec()).is_none());
        assert!(Dictionary::read(MAGIC.to_vec()).is_none());
        let numbered = [MAGIC.to_vec(), 77_u32.to_le_bytes().to_vec()].concat();
        assert_eq!(Dictionary::read(numbered).unwrap().id(), 77);
    }
}

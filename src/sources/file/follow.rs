//! Follows a file through everything that is done to growing files. Blocks; knows no clock.
//!
//! | what is found | what is done |
//! |---|---|
//! | more bytes | whole lines are taken, one without an end waits |
//! | another file under the name | the old one is read to its end and, once nobody has touched it for a few seconds, left for the piece that was written next, else for the new file |
//! | a shorter file, or one that holds something else before the place | the copy that was made before the cut is read to its end, else the file from its start |
//! | another file that holds the same up to the place | it was replaced as a whole: read on |

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::place::{self, Identity, Place};
use super::siblings;
use crate::domain::Timestamp;
use crate::sources::ndjson::{Gather, Splitter};
use crate::sources::{Batch, Retry, SourceError, SourceErrorKind};

/// Bytes that are read at once.
const PIECE: usize = 256 << 10;
/// Bytes that one look reads at most; several when a line is long.
const LOOK: u64 = 8 << 20;
/// Seconds for which a file that lost its name must be untouched before it is left: its writer may still hold it.
const QUIET: i64 = 5;
/// Seconds in the future from which on a time of a file says nothing.
const FUTURE: i64 = 3_600;

/// Follows one file.
pub(super) struct Follower {
    path: PathBuf,
    /// The file of the last look; holding it open keeps what it has though its name is gone.
    open: Option<(Identity, File)>,
    /// How the file looked when nothing more was in it.
    idle: Option<Sight>,
}

/// All by which a file is seen to have changed.
#[derive(Debug, PartialEq, Eq)]
struct Sight {
    file: Identity,
    offset: u64,
    length: u64,
    changed: (i64, i64),
}

impl Sight {
    fn of(metadata: &Metadata, place: &Place) -> Self {
        let changed = (metadata.mtime(), metadata.mtime_nsec());
        Self { file: Identity::of(metadata), offset: place.offset, length: metadata.len(), changed }
    }
}

/// The file that a place is in.
struct Found {
    file: File,
    place: Place,
    /// It has the configured name.
    current: bool,
}

impl Follower {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, open: None, idle: None }
    }

    /// Reads on from where the cursor says. `unchanged` when there is nothing more.
    pub(super) fn look(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let mut gather = Gather::default();
        let place = Place::read(cursor, &self.path);
        let looked = self.step(place, now, &mut gather);
        let (next, more) = looked.map_err(|fault| self.told(fault))?;
        let cursor = next.written();
        if gather.is_empty() && !more {
            return Ok(Batch { cursor, unchanged: true, ..Batch::default() });
        }
        Ok(gather.into_batch(cursor, more))
    }

    /// Takes what is there, or goes over to the next file. Where it is left, and whether there is more.
    fn step(&mut self, place: Option<Place>, now: Timestamp, gather: &mut Gather) -> Result<(Place, bool), Fault> {
        let found = match place {
            None => self.first()?,
            Some(place) => {
                if self.is_idle(&place) {
                    return Ok((place, false));
                }
                self.find(place, gather)?
            }
        };
        // Before reading: what is written meanwhile makes it look different the next time.
        let metadata = found.file.metadata()?;
        let next = take(&found.file, &found.place, gather)?;
        let read = next.offset > found.place.offset;
        self.open = Some((found.place.file, found.file));
        if read {
            return Ok((next, true));
        }
        if found.current {
            self.idle = Some(Sight::of(&metadata, &next));
            return Ok((next, !gather.is_empty()));
        }
        self.leave(next, &metadata, now, gather)
    }

    fn is_idle(&self, place: &Place) -> bool {
        let Some(idle) = &self.idle else { return false };
        std::fs::metadata(&self.path)
            .is_ok_and(|metadata| Sight::of(&metadata, place) == *idle && place.file == idle.file)
    }

    /// The file as it is found the first time.
    fn first(&self) -> Result<Found, Fault> {
        let (identity, file) = open(&self.path)?;
        Ok(Found { file, place: Place::start(&self.path, identity), current: true })
    }

    /// The file that the place is in, or the one that goes on in its stead.
    fn find(&mut self, place: Place, gather: &mut Gather) -> Result<Found, Fault> {
        let current = match open(&self.path) {
            Ok(current) => Some(current),
            Err(Fault::Missing) => None,
            Err(fault) => return Err(fault),
        };
        if let Some((identity, file)) = &current
            && *identity == place.file
        {
            let file = file.try_clone()?;
            if place.fits(&file)? {
                return Ok(Found { file, place, current: true });
            }
            return Ok(self.cut(file, &place, true, gather));
        }
        if let Some(file) = self.lost_its_name(&place)? {
            return self.nameless(file, place, current.as_ref());
        }
        if let Some((identity, file)) = &current
            && place.offset > 0
            && place.fits(file)?
        {
            return Ok(Found { file: file.try_clone()?, place: place.within(*identity), current: true });
        }
        // It was cut before it was renamed: what was written after the cut is still there.
        let renamed = siblings::renamed(&self.path, place.file).and_then(|piece| open(&piece.path).ok());
        match (renamed, current) {
            (Some((identity, file)), _) if identity == place.file => Ok(self.cut(file, &place, false, gather)),
            (_, Some((_, file))) => Ok(self.cut(file, &place, true, gather)),
            (_, None) => Err(Fault::Missing),
        }
    }

    /// Where to go on when the file of the place has another name, or none. One that has none was replaced, perhaps
    /// by one that holds the same and more.
    fn nameless(&self, file: File, place: Place, current: Option<&(Identity, File)>) -> Result<Found, Fault> {
        if file.metadata()?.nlink() > 0 {
            return Ok(Found { file, place, current: false });
        }
        if let Some((identity, new)) = current
            && ((place.offset > 0 && place.fits(new)?) || place::goes_on(&file, new)?)
        {
            return Ok(Found { file: new.try_clone()?, place: place.within(*identity), current: true });
        }
        if let Some((sibling, copy)) = siblings::copy_of(&self.path, &place) {
            return Ok(Found { file: copy, place: place.within(sibling.identity), current: false });
        }
        Ok(Found { file, place, current: false })
    }

    /// The file of the place, which has another name now, or none.
    fn lost_its_name(&mut self, place: &Place) -> Result<Option<File>, Fault> {
        if let Some((_, file)) = self.open.take_if(|(identity, _)| *identity == place.file)
            && place.fits(&file)?
        {
            return Ok(Some(file));
        }
        let Some(renamed) = siblings::renamed(&self.path, place.file) else { return Ok(None) };
        let Ok((identity, file)) = open(&renamed.path) else { return Ok(None) };
        let same = identity == place.file && place.fits(&file)?;
        Ok(same.then_some(file))
    }

    /// What the place stood in is gone from the file: go on in a copy of it, else at the start of the file.
    fn cut(&self, file: File, place: &Place, current: bool, gather: &mut Gather) -> Found {
        if let Some((sibling, copy)) = siblings::copy_of(&self.path, place) {
            return Found { file: copy, place: place.within(sibling.identity), current: false };
        }
        let identity = file.metadata().map_or(place.file, |metadata| Identity::of(&metadata));
        let name = self.path.display();
        if place.offset > 0 {
            gather.remark(format!(
                "{name} was cut or replaced after line {}: it is read from its start, and lines that were written \
                 before that and not read yet are lost",
                place.line
            ));
        }
        Found { file, place: Place::start(&self.path, identity), current }
    }

    /// Leaves a file that is read to its end for the one that was written next, unless its writer may go on.
    fn leave(
        &mut self,
        place: Place,
        metadata: &Metadata,
        now: Timestamp,
        gather: &mut Gather,
    ) -> Result<(Place, bool), Fault> {
        let touched = metadata.mtime().max(metadata.ctime());
        let quiet = now.as_second() - touched >= QUIET || touched - now.as_second() > FUTURE;
        let next = siblings::after(&self.path, place.file).map_or_else(|| self.path.clone(), |sibling| sibling.path);
        let (identity, _) = open(&next)?;
        if !quiet || identity == place.file {
            return Ok((place, false));
        }
        if let Some((_, file)) = &self.open {
            last_words(file, &place, gather)?;
        }
        Ok((Place::start(&self.path, identity), true))
    }

    fn told(&self, fault: Fault) -> SourceError {
        let name = self.path.display();
        let local =
            |what: String, advice: &str| SourceError::new(SourceErrorKind::Local, &what, advice).retrying(Retry::Soon);
        match fault {
            Fault::Missing => local(
                format!("the file {name} is not there"),
                "it is followed as soon as something writes it; if nothing will, correct `path`",
            ),
            Fault::NoFile(what) => SourceError::new(
                SourceErrorKind::BadAddress,
                &format!("{name} is {what}, which cannot be followed"),
                "set `path` to a plain file; for a pipe use network = \"exec\" with a command that reads it",
            ),
            Fault::Trouble(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                local(format!("the file {name} may not be read"), "let the user that runs goodword read it")
            }
            Fault::Trouble(error) => {
                local(format!("the file {name} cannot be read: {error}"), "it is tried again later")
            }
        }
    }
}

/// Why a file cannot be followed.
enum Fault {
    Missing,
    NoFile(&'static str),
    Trouble(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Missing } else { Self::Trouble(error) }
    }
}

/// Opens a plain file. Never waits for a pipe's other end.
fn open(path: &Path) -> Result<(Identity, File), Fault> {
    let kind = std::fs::metadata(path)?.file_type();
    let other = if kind.is_dir() {
        Some("a directory")
    } else if kind.is_fifo() {
        Some("a pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        (!kind.is_file()).then_some("a device")
    };
    if let Some(other) = other {
        return Err(Fault::NoFile(other));
    }
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Fault::NoFile("no plain file"));
    }
    Ok((Identity::of(&metadata), file))
}

/// Takes whole lines from the place on, at most a batch of them. Where that leads.
fn take(file: &File, place: &Place, gather: &mut Gather) -> Result<Place, Fault> {
    let mut lines = Splitter::after(place.line, place.skipping);
    let mut buffer = vec![0; PIECE];
    let mut read = 0;
    loop {
        while !gather.is_full()
            && let Some(cut) = lines.next()
        {
            gather.take(lines.lines(), &cut);
        }
        if gather.is_full() || (read >= LOOK && lines.taken() > 0) {
            break;
        }
        let length = file.read_at(&mut buffer, place.offset + read)?;
        if length == 0 {
            break;
        }
        read += length as u64;
        lines.push(buffer.get(..length).unwrap_or_default());
    }
    Ok(place.further(file, lines.taken(), lines.lines(), lines.is_skipping())?)
}

/// A last line without an end, in a file to which nothing is added any more.
fn last_words(file: &File, place: &Place, gather: &mut Gather) -> Result<(), Fault> {
    let mut lines = Splitter::after(place.line, place.skipping);
    let length = file.metadata()?.len().saturating_sub(place.offset);
    let mut rest = vec![0; usize::try_from(length).unwrap_or_default()];
    file.read_exact_at(&mut rest, place.offset)?;
    lines.push(&rest);
    while let Some(cut) = lines.next().or_else(|| lines.finish()) {
        gather.take(lines.lines(), &cut);
    }
    Ok(())
}

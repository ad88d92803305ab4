//! Random treatment of a growing file: nothing is lost and nothing comes twice, but for what a cut destroys.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::PathBuf;

use proptest::prelude::*;

use super::place::{Identity, Place};
use super::tests::{Desk, later, line};

/// What is done to the file.
#[derive(Debug, Clone)]
enum Deed {
    Write(usize),
    WriteHalf,
    Rename,
    CopyAndCut,
    Cut,
    Replace,
    Look { stored: bool },
    LookAll,
    Restart,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => (1_usize..8).prop_map(Deed::Write),
        1 => (480_usize..600).prop_map(Deed::Write),
        2 => Just(Deed::WriteHalf),
        2 => Just(Deed::Rename),
        2 => Just(Deed::CopyAndCut),
        1 => Just(Deed::Cut),
        1 => Just(Deed::Replace),
        4 => any::<bool>().prop_map(|stored| Deed::Look { stored }),
        3 => Just(Deed::LookAll),
        2 => Just(Deed::Restart),
    ]
}

/// By what the place that is stored can be found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    /// It is in the present file, and something stands before it.
    Present,
    /// It is at the start of the present file: nothing tells that file from its successor under the name.
    Start,
    /// It is in an older piece, from which the newer ones follow.
    Piece,
    /// The file is another one that holds the same.
    Words,
    /// The file is the same, but what it held is gone.
    File,
    /// Nothing of it is left.
    Lost,
}

/// A writer, a rotation and a follower, with the truth beside them.
struct Model {
    desk: Desk,
    dated: bool,
    pieces: usize,
    written: usize,
    /// The second half of a line whose first half is written, and its id.
    half: Option<(String, String)>,
    /// Lines of the present file.
    present: Vec<String>,
    wanted: Vec<String>,
    /// What a cut took, or may have taken, before it was read.
    cut: BTreeSet<String>,
    anchor: Anchor,
}

impl Model {
    fn new(dated: bool) -> Self {
        let mut desk = Desk::new();
        desk.write("");
        desk.hear();
        Self {
            desk,
            dated,
            pieces: 0,
            written: 0,
            half: None,
            present: vec![],
            wanted: vec![],
            cut: BTreeSet::new(),
            anchor: Anchor::Start,
        }
    }

    fn do_it(&mut self, deed: &Deed) {
        match deed {
            Deed::Write(count) => {
                self.finish_half();
                let ids: Vec<String> = (0..*count).map(|_| self.next_id()).collect();
                self.desk.write(ids.iter().map(|id| line(id)).collect::<String>());
                self.present.extend(ids.iter().cloned());
                self.wanted.extend(ids);
            }
            Deed::WriteHalf => {
                self.finish_half();
                let id = self.next_id();
                let whole = line(&id);
                let (first, second) = whole.split_at(whole.len() / 2);
                self.desk.write(first);
                self.half = Some((second.to_owned(), id));
            }
            Deed::Rename => self.rename(),
            Deed::CopyAndCut => self.copy_and_cut(),
            Deed::Cut => self.cut(),
            Deed::Replace => self.replace(),
            Deed::Look { stored } => {
                let before = (self.desk.cursor.clone(), self.desk.heard.len());
                self.desk.look_at(later()).unwrap();
                if *stored {
                    self.looked();
                } else {
                    self.desk.cursor = before.0;
                    self.desk.heard.truncate(before.1);
                }
            }
            Deed::LookAll => {
                self.desk.hear();
                self.looked();
            }
            Deed::Restart => self.desk.restart(),
        }
    }

    fn next_id(&mut self) -> String {
        self.written += 1;
        format!("{}-{}", self.written, "x".repeat(self.written * 7 % 61))
    }

    fn finish_half(&mut self) {
        if let Some((rest, id)) = self.half.take() {
            self.desk.write(rest);
            self.present.push(id.clone());
            self.wanted.push(id);
        }
    }

    fn looked(&mut self) {
        let place = Place::read(&self.desk.cursor, &self.desk.path()).unwrap();
        let present = Identity::of(&fs::metadata(self.desk.path()).unwrap());
        let pieces = super::siblings::siblings(&self.desk.path());
        self.anchor = match (place.file == present, place.offset) {
            (true, 0) => Anchor::Start,
            (true, _) => Anchor::Present,
            (false, _) if pieces.iter().any(|piece| piece.identity == place.file) => Anchor::Piece,
            // The follower holds a file that has no name any more.
            (false, _) => Anchor::Lost,
        };
    }

    /// Makes room for one more piece; where it goes.
    fn newest_piece(&mut self) -> PathBuf {
        self.pieces += 1;
        if self.dated {
            return self.desk.at(&format!("heard-{}.ndjson", 20_260_000 + self.pieces));
        }
        for old in (1..self.pieces).rev() {
            let at = |number: usize| self.desk.at(&format!("heard.ndjson.{number}"));
            fs::rename(at(old), at(old + 1)).unwrap();
        }
        self.desk.at("heard.ndjson.1")
    }

    fn may_lose_present(&mut self) {
        self.cut.extend(self.present.iter().cloned());
    }

    fn rename(&mut self) {
        self.finish_half();
        let piece = self.newest_piece();
        fs::rename(self.desk.path(), piece).unwrap();
        self.desk.write("");
        if self.anchor == Anchor::Lost {
            self.may_lose_present();
        } else {
            self.anchor = Anchor::Piece;
        }
        self.present.clear();
    }

    fn copy_and_cut(&mut self) {
        self.finish_half();
        let piece = self.newest_piece();
        fs::copy(self.desk.path(), piece).unwrap();
        self.empty();
        match self.anchor {
            Anchor::Present | Anchor::Words | Anchor::Piece => self.anchor = Anchor::Piece,
            Anchor::Start | Anchor::File | Anchor::Lost => self.may_lose_present(),
        }
        self.present.clear();
    }

    fn cut(&mut self) {
        self.finish_half();
        self.empty();
        self.may_lose_present();
        self.present.clear();
        self.anchor = match self.anchor {
            Anchor::Present => Anchor::File,
            Anchor::Words => Anchor::Lost,
            other => other,
        };
    }

    fn empty(&self) {
        File::options().write(true).open(self.desk.path()).unwrap().set_len(0).unwrap();
    }

    /// Writes the whole file anew, with a line more. A file of which nothing was read cannot be known again then.
    fn replace(&mut self) {
        if matches!(self.anchor, Anchor::Start | Anchor::File | Anchor::Lost) {
            return;
        }
        self.finish_half();
        let id = self.next_id();
        let whole = fs::read_to_string(self.desk.path()).unwrap() + &line(&id);
        fs::write(self.desk.at("new"), whole).unwrap();
        fs::rename(self.desk.at("new"), self.desk.path()).unwrap();
        self.present.push(id.clone());
        self.wanted.push(id);
        if self.anchor == Anchor::Present {
            self.anchor = Anchor::Words;
        }
    }
}

proptest! {
    #![proptest_config({
        // Each case does dozens of things to a disk.
        let usual = ProptestConfig::default();
        ProptestConfig { cases: usual.cases.div_ceil(4), ..usual }
    })]

    #[test]
    fn whatever_is_done_to_the_file_nothing_is_lost_or_repeated(
        dated: bool,
        deeds in proptest::collection::vec(deed(), 1..60),
    ) {
        let mut model = Model::new(dated);
        for deed in &deeds {
            model.do_it(deed);
        }
        model.finish_half();
        model.desk.restart();
        model.desk.hear();
        let heard: BTreeSet<&String> = model.desk.heard.iter().collect();
        prop_assert_eq!(heard.len(), model.desk.heard.len(), "something came twice: {:?}", model.desk.heard);
        let wanted: Vec<&String> =
            model.wanted.iter().filter(|id| heard.contains(id) || !model.cut.contains(*id)).collect();
        prop_assert_eq!(model.desk.heard.iter().collect::<Vec<_>>(), wanted);
    }
}

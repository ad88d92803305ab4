//! What people said of readings, in the store in memory.

use crate::domain::{Correction, CorrectionId, MentionId, MentionRow, NewCorrection, Reading, SourceId};
use crate::store::NewMention;

type Mentions = [(MentionRow, NewMention, SourceId)];

/// Corrections in the order in which they were made; what was taken back is taken out.
#[derive(Default)]
pub(crate) struct SaidOf {
    pub(crate) all: Vec<Correction>,
    pub(crate) version: i64,
    last: i64,
}

impl SaidOf {
    pub(super) fn correct(&mut self, mentions: &mut Mentions, new: &NewCorrection) -> Option<CorrectionId> {
        let (row, ..) = mentions.iter_mut().find(|(row, ..)| row.id == new.mention)?;
        let reading = row.readings.iter_mut().find(|reading| reading.subject == new.subject)?;
        let known = self.all.iter().find(|one| one.mention == Some(new.mention) && one.subject == new.subject);
        self.last += 1;
        let id = CorrectionId(self.last);
        self.all.push(Correction {
            id,
            mention: Some(new.mention),
            subject: new.subject,
            read: known.map_or_else(|| reading.clone(), |known| known.read.clone()),
            untaught: new.untaught,
            untaught_intents: new.untaught_intents,
            said: new.said,
            occasion: new.occasion,
            intents_occasion: new.occasion,
            at: new.at,
        });
        self.version += 1;
        *reading = new.said.over(reading);
        Some(id)
    }

    pub(super) fn undo(&mut self, mentions: &mut Mentions, ids: &[CorrectionId]) -> u64 {
        let (gone, left): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.all).into_iter().partition(|one| ids.contains(&one.id));
        self.all = left;
        self.version += i64::from(!gone.is_empty());
        for one in &gone {
            let still =
                self.standing().into_iter().find(|other| (other.mention, other.subject) == (one.mention, one.subject));
            let reads: Reading = still.map_or_else(|| one.read.clone(), |still| still.said.over(&still.read));
            let rows = mentions.iter_mut().filter(|(row, ..)| Some(row.id) == one.mention);
            for reading in rows.flat_map(|(row, ..)| &mut row.readings).filter(|reading| reading.subject == one.subject)
            {
                *reading = reads.clone();
            }
        }
        gone.len() as u64
    }

    pub(super) fn standing(&self) -> Vec<Correction> {
        let mut standing: Vec<Correction> = Vec::new();
        for one in &self.all {
            match standing.iter_mut().find(|other| (other.mention, other.subject) == (one.mention, one.subject)) {
                Some(known) => *known = Correction { said: known.said.then(one.said), ..one.clone() },
                None => standing.push(one.clone()),
            }
        }
        standing
    }

    pub(super) fn of(&self, mention: MentionId) -> Vec<Correction> {
        self.standing().into_iter().filter(|one| one.mention == Some(mention)).collect()
    }
}

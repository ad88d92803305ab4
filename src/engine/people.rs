//! Ties: what our answers give and ask, and adding it all up, for the store; and the task that keeps them up to date.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::collector::Shared;
use crate::domain::person::{Exchange, TieSums};
use crate::domain::{Deed, Timestamp};
use crate::language::{DeedReading, ReadGesture, Readers};
use crate::measure::ties;
use crate::store::people::AddUp;
use crate::store::{StoreError, StoreResult};

/// People whose ties are added up in one transaction.
pub const PIECE: u32 = 200;
/// Pause between two looks: what went is on the cards at once, the list may lag behind so long.
const EVERY: Duration = Duration::from_secs(5);
/// Pause between two pieces, so that others get to write.
const BREATH: Duration = Duration::from_millis(50);

/// Reads the deeds of our answers and adds ties up.
pub struct Reckoner(Arc<Readers>);

impl Reckoner {
    /// With these readers.
    pub fn new(readers: Arc<Readers>) -> Self {
        Self(readers)
    }
}

/// What an answer of ours gives or asks.
fn exchange(reader: &dyn ReadGesture, text: &str) -> Option<Exchange> {
    let gesture = reader.gesture(text, true);
    match DeedReading::of(text, true, &gesture).deed {
        Deed::Give(_) => Some(Exchange::OurGive),
        Deed::SoftAsk | Deed::HardAsk | Deed::Conditional { .. } => Some(Exchange::OurAsk),
        Deed::Talk => None,
    }
}

impl AddUp for Reckoner {
    fn deed(&self, text: &str, _lang: Option<&str>) -> Option<Exchange> {
        exchange(self.0.gesture.as_ref(), text)
    }

    fn sums(&self, went: &[(Timestamp, Exchange)]) -> TieSums {
        ties::sums(went)
    }
}

/// Keeps ties up to date as long as this process collects. Cancel-safe: a piece is added up whole or not at all.
pub(crate) async fn run(shared: Arc<Shared>, reckoner: Arc<Reckoner>) {
    loop {
        if let Err(error) = settle(&shared, &reckoner).await {
            match error {
                StoreError::Busy | StoreError::Full { .. } | StoreError::ReadOnly { .. } => {}
                error => tracing::warn!(%error, "ties could not be added up; it is tried again"),
            }
        }
        sleep(EVERY).await;
    }
}

async fn settle(shared: &Shared, reckoner: &Reckoner) -> StoreResult<()> {
    loop {
        let done = {
            let _pen = shared.pen.lock().await;
            shared.store.settle_ties(reckoner, PIECE).await?
        };
        if done < u64::from(PIECE) {
            return Ok(());
        }
        sleep(BREATH).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_give_ask_or_talk() {
        let reckoner = Reckoner::new(Arc::new(Readers::trained()));
        let deed = |text: &str| reckoner.deed(text, Some("en"));
        assert_eq!(deed("@ana The S2 takes tyres up to 2.4 inches; here is how to fit them."), Some(Exchange::OurGive));
        assert_eq!(deed("@ana Buy the new S3 now, 20 % off in our shop!"), Some(Exchange::OurAsk));
    }
}

//! What the sources can do besides listening: publish, and look things up.

use std::sync::Arc;

use crate::domain::{Network, SourceId};
use crate::sources::{Lookup, Publish, Source};
use crate::store::RosterSource;

/// A place where something can be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// The source that publishes there.
    pub source: SourceId,
    /// Its name.
    pub name: String,
    /// Kind of place.
    pub network: Network,
    /// Within what native ids mean the same: it can answer what any source of this scope has brought.
    pub scope: Option<String>,
}

/// How a source publishes and looks things up.
#[derive(Clone, Default)]
pub(crate) struct Hands {
    pub(super) publish: Option<Arc<dyn Publish>>,
    pub(super) lookup: Option<Arc<dyn Lookup>>,
}

/// Every source, in the roster's order.
pub(super) struct Doors(Vec<(Door, Hands)>);

impl Doors {
    /// The doors of these sources; they have no numbers yet.
    pub(super) fn of(sources: &[Source]) -> Self {
        let door = |source: &Source| {
            let door = Door {
                source: SourceId(0),
                name: source.name.clone(),
                network: source.network.clone(),
                scope: source.scope.clone(),
            };
            (door, Hands { publish: source.publish.clone(), lookup: source.lookup.clone() })
        };
        Self(sources.iter().map(door).collect())
    }

    /// What the roster says of the sources.
    pub(super) fn roster(&self) -> Vec<RosterSource> {
        let doors = self.0.iter().map(|(Door { name, network, scope, .. }, _)| RosterSource {
            name: name.clone(),
            network: network.clone(),
            scope: scope.clone(),
        });
        doors.collect()
    }

    /// The doors with the numbers that the store gave, in the same order.
    pub(super) fn numbered(&self, ids: &[SourceId]) -> Vec<(Door, &Hands)> {
        // Where the store could only be read, the numbers are those of another roster.
        if ids.len() != self.0.len() {
            return Vec::new();
        }
        let doors = self.0.iter().zip(ids);
        doors.map(|((door, hands), id)| (Door { source: *id, ..door.clone() }, hands)).collect()
    }
}

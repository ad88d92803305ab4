//! The responses of one campaign, summed up over its days.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::tz::TimeZone;

use crate::domain::{ActId, MentionId, PersonId, SafeText, Timestamp};
use crate::measure::giving::Table;
use crate::measure::giving::health::{Band, FEWEST_RESPONSES, Responses, reception, reception_band};

/// Most people who are named.
pub const MOST_PEOPLE: usize = 50;
/// Most posts of a day that made it bad which are shown.
const MOST_POSTS: usize = 5;

/// A response, as the sums need it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Response {
    pub(super) person: Option<PersonId>,
    pub(super) praise: bool,
    pub(super) complaint: bool,
    /// Something is still to be done.
    pub(super) open: bool,
    pub(super) history: bool,
    /// It has the campaign's hashtags or words.
    pub(super) by_words: bool,
    pub(super) answers: Option<ActId>,
}

/// The responses by when they were published.
pub(super) type Responded = BTreeMap<(Timestamp, MentionId), Response>;

/// A day of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// When it began.
    pub start: Timestamp,
    /// Days since 1970, in the zone of the screen.
    pub number: i64,
    /// Responses of this day.
    pub all: usize,
    /// Of them, those that praise.
    pub praise: usize,
    /// Of them, those that complain.
    pub complaints: usize,
    /// The part of reception (0 to 1) of everything until the end of this day.
    pub reception: f64,
    /// On this day the part of reception fell below its band: it is red, and was not the day before.
    pub falls: bool,
    /// Complaints of this day were heard as they came, and not only found in what was back-filled.
    pub heard: bool,
    /// The complaints that made it fall, the newest last.
    pub posts: Vec<Post>,
}

/// A post of somebody, in a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Which mention.
    pub mention: MentionId,
    /// Who wrote it.
    pub author: SafeText,
    /// Its first words.
    pub text: SafeText,
}

/// Somebody who responded.
#[derive(Debug, Clone, PartialEq)]
pub struct Responder {
    /// Who.
    pub person: PersonId,
    /// What they go by.
    pub name: SafeText,
    /// They had an exchange with us before the campaign.
    pub known: bool,
    /// How often they responded.
    pub responses: usize,
    /// When last.
    pub last: Timestamp,
    /// Complaints among their responses, recovered ones not.
    pub complaints: usize,
    /// Praise among them.
    pub praise: usize,
}

/// The sums of a campaign's responses.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Flow {
    /// All of them.
    pub(super) responses: Responses,
    /// Complaints of people who still wait.
    pub(super) open: usize,
    /// The sums after each moment at which something was published, in their order.
    pub(super) after: Vec<(Timestamp, Responses)>,
    pub(super) days: Vec<Day>,
    pub(super) people: Vec<Responder>,
}

impl Flow {
    /// Sums up what was published from `begin` to `end`, both included. `known` tells who knew us before.
    pub(super) fn of(
        responded: &Responded,
        known: &HashMap<PersonId, bool>,
        (begin, end): (Timestamp, Timestamp),
        zone: &TimeZone,
        table: &Table,
    ) -> Self {
        let mut flow = Self::default();
        let mut met: HashSet<PersonId> = HashSet::new();
        let mut people: HashMap<PersonId, Responder> = HashMap::new();
        let mut until = Timestamp::MIN;
        let first = (begin, MentionId(i64::MIN));
        for ((at, mention), response) in responded.range(first..).take_while(|((at, _), _)| *at <= end) {
            if *at >= until {
                let (day, next) = day_of(*at, zone);
                until = next;
                flow.days.push(day);
            }
            flow.add(*mention, *at, response, &mut met, known);
            if let Some(person) = response.person {
                let one = people.entry(person).or_insert_with(|| Responder {
                    person,
                    name: SafeText::default(),
                    known: known.get(&person).copied().unwrap_or(false),
                    responses: 0,
                    last: *at,
                    complaints: 0,
                    praise: 0,
                });
                one.responses += 1;
                one.last = *at;
                one.complaints += usize::from(response.complaint);
                one.praise += usize::from(response.praise);
            }
        }
        flow.people = people.into_values().collect();
        flow.people.sort_by_key(|one| (std::cmp::Reverse((one.responses, one.last)), one.person));
        flow.people.truncate(MOST_PEOPLE);
        flow.judge(table);
        flow
    }

    fn add(
        &mut self,
        mention: MentionId,
        at: Timestamp,
        response: &Response,
        met: &mut HashSet<PersonId>,
        known: &HashMap<PersonId, bool>,
    ) {
        let sums = &mut self.responses;
        sums.all += 1;
        sums.praise += usize::from(response.praise);
        sums.complaints += usize::from(response.complaint);
        if let Some(person) = response.person.filter(|person| met.insert(*person)) {
            sums.people += 1;
            sums.known += usize::from(known.get(&person).copied().unwrap_or(false));
        }
        self.open += usize::from(response.complaint && response.open);
        match self.after.last_mut().filter(|(last, _)| *last == at) {
            Some((_, after)) => *after = *sums,
            None => self.after.push((at, *sums)),
        }
        if let Some(day) = self.days.last_mut() {
            day.all += 1;
            day.praise += usize::from(response.praise);
            day.complaints += usize::from(response.complaint);
            if response.complaint {
                day.heard |= !response.history;
                if day.posts.len() >= MOST_POSTS {
                    day.posts.remove(0);
                }
                let (author, text) = (SafeText::default(), SafeText::default());
                day.posts.push(Post { mention, author, text });
            }
        }
    }

    /// Finds the days on which the part of reception fell below its band.
    fn judge(&mut self, table: &Table) {
        let (mut praise, mut complaints, mut all, mut red) = (0, 0, 0, false);
        for day in &mut self.days {
            praise += day.praise;
            complaints += day.complaints;
            all += day.all;
            day.reception = reception(praise, complaints, table);
            let now = all >= FEWEST_RESPONSES && reception_band(day.reception) == Band::Red;
            day.falls = now && !red;
            red = now;
            if !day.falls {
                day.posts = Vec::new();
            }
        }
    }

    /// The sums of what was published until a moment.
    pub(super) fn until(&self, moment: Timestamp) -> Responses {
        let behind = self.after.partition_point(|(at, _)| *at <= moment);
        behind.checked_sub(1).and_then(|place| self.after.get(place)).map_or_else(Responses::default, |(_, sums)| *sums)
    }
}

/// The day of a moment, and when the next one begins.
fn day_of(at: Timestamp, zone: &TimeZone) -> (Day, Timestamp) {
    let date = at.to_zoned(zone.clone()).date();
    let midnight = |date: jiff::civil::Date| date.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
    let start = midnight(date).unwrap_or(at);
    let next = date.tomorrow().ok().and_then(midnight).unwrap_or(Timestamp::MAX);
    let day = Day {
        start,
        number: number_of(at, zone),
        all: 0,
        praise: 0,
        complaints: 0,
        reception: 0.5,
        falls: false,
        heard: false,
        posts: Vec::new(),
    };
    (day, next)
}

/// Days since 1970 in a zone.
pub(super) fn number_of(at: Timestamp, zone: &TimeZone) -> i64 {
    let zoned = at.to_zoned(zone.clone());
    at.as_second().saturating_add(i64::from(zoned.offset().seconds())).div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64, second: i64) -> Timestamp {
        Timestamp::from_second(1_750_032_000 + day * 86_400 + second).unwrap()
    }

    fn response(person: i64, complaint: bool, history: bool) -> Response {
        Response {
            person: Some(PersonId(person)),
            praise: !complaint,
            complaint,
            open: complaint,
            history,
            by_words: true,
            answers: None,
        }
    }

    fn flow(responded: &Responded) -> Flow {
        let known = HashMap::from([(PersonId(1), true)]);
        Flow::of(responded, &known, (at(0, 0), at(9, 0)), &TimeZone::UTC, &Table::default())
    }

    #[test]
    fn the_day_on_which_reception_falls_is_found_with_the_posts_that_did_it() {
        let mut all = Responded::new();
        for number in 0..30 {
            all.insert((at(0, number), MentionId(number)), response(number % 3, false, false));
        }
        for number in 30..36 {
            all.insert((at(1, number), MentionId(number)), response(number, true, number < 33));
        }
        all.insert((at(2, 0), MentionId(99)), response(7, true, false));
        all.insert((at(20, 0), MentionId(100)), response(7, true, false));
        let flow = flow(&all);
        assert_eq!(flow.responses, Responses { people: 10, known: 1, praise: 30, complaints: 7, all: 37 });
        let falls: Vec<bool> = flow.days.iter().map(|day| day.falls).collect();
        assert_eq!(falls, [false, true, false], "once, not on every red day");
        let fell = &flow.days[1];
        assert_eq!(fell.posts.iter().map(|post| post.mention.0).collect::<Vec<_>>(), [31, 32, 33, 34, 35]);
        assert!(fell.heard && fell.reception < 0.4 && flow.days[0].reception > 0.7);
        assert_eq!((flow.open, flow.until(at(0, 500)).all, flow.until(at(-1, 0)).all), (7, 30, 0));
        assert_eq!(flow.people[0].responses, 10);
    }

    #[test]
    fn too_few_responses_are_no_backlash() {
        let mut all = Responded::new();
        for number in 0..4 {
            all.insert((at(0, number), MentionId(number)), response(number, true, false));
        }
        assert!(flow(&all).days.iter().all(|day| !day.falls));
        all.insert((at(0, 9), MentionId(9)), response(9, true, true));
        assert!(flow(&all).days[0].falls);
    }

    #[test]
    fn days_begin_in_their_zone() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let late = Timestamp::from_second(1_750_032_000 + 23 * 3_600).unwrap();
        let (day, next) = day_of(late, &zone);
        assert_eq!(day.number, number_of(late, &TimeZone::UTC) + 1);
        assert!(day.start <= late && late < next && day.start.to_string().ends_with("T22:00:00Z"));
    }
}

//! What every implementation of [`Store`](super::Store) must do, as one suite.
//!
//! An implementation gives [`Grounds`] and writes `conformance!(its_grounds())` in its tests; each case then runs
//! on fresh grounds. Every sentence of the trait's documentation has its case here. Time is an argument everywhere,
//! so nothing waits, but for the cases in which two stores on the same grounds run at once.

pub(crate) mod acts;
pub(crate) mod campaigns;
pub(crate) mod cases;
pub(crate) mod corrections;
pub(crate) mod figures;
pub(crate) mod giving;
pub(crate) mod grouping;
pub(crate) mod lease;
pub(crate) mod leaving;
pub(crate) mod model;
pub(crate) mod networks;
pub(crate) mod outbox;
pub(crate) mod people;
pub(crate) mod posts;
pub(crate) mod recording;
pub(crate) mod sources;
pub(crate) mod stream;

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Adopted, Fingerprint, Lease, LeaseState, NewMention, PollOutcome, RecordBatch, Recorded, Roster, RosterSource,
    RosterWatch, Store, StoreResult,
};
use crate::domain::stream::{Filter, Span};
use crate::domain::time::SignedDuration;
use crate::domain::{
    Author, Intent, Intents, Item, MentionRow, Network, Reading, Role, Shares, SourceHealth, SourceId, SubjectId,
    Timestamp, WatchId,
};

/// A place where stores of one implementation live: every store that is opened on it shares the same data.
#[async_trait]
pub(crate) trait Grounds: Send + Sync {
    /// Another store on the same data.
    async fn open(&self) -> Arc<dyn Store>;
}

/// Writes a test for every case of the suite.
macro_rules! conformance {
    ($grounds:expr) => {
        $crate::store::conformance::conformance! { @ $grounds;
            lease: one_holds_it the_same_holder_renews_it it_runs_out it_is_given_back a_lost_one_changes_nothing
                two_processes_never_both_hold_it;
            sources: the_roster_gets_numbers what_left_the_roster_keeps_its_rows
                who_comes_for_one_errand_takes_nothing_away a_roster_that_contradicts_itself
                outcomes_are_remembered signals_are_raised_once_an_hour signals_are_seen others_notice_commits
                a_copy_is_whole closing_leaves_everything;
            posts: a_post_of_our_own_is_an_act_and_answers_nobody posts_do_not_stand_in_one_another_s_way
                the_parts_of_a_post_are_a_thread_of_our_own;
            recording: a_mention_comes_back_whole delivered_again_is_known edited_is_the_same_mention
                a_changed_id_is_the_same_mention twice_in_a_batch_is_once a_shared_alias_loses_nothing
                the_same_item_under_two_ids_is_once the_same_id_in_another_source_is_another
                deleted_is_gone_everywhere deleted_wins_within_a_batch people_are_recognised an_empty_batch_moves_the_cursor
                an_unknown_source_is_refused retention_erases_in_pieces erased_does_not_come_back
                foreign_text_is_kept_but_bounded;
            grouping: the_same_marks_are_one_story the_same_address_in_two_sources the_same_address_in_one_source_is_two
                near_duplicates_by_simhash a_repost_joins_its_original old_mentions_are_left_alone
                an_edit_stays_in_its_story sizes_follow_deletions another_process_groups_too;
            stream: pages_fit_together both_ways_agree every_filter_finds_what_it_says one_row_a_story
                words_narrow_and_never_lose questions_cannot_break_out reading_marks_are_kept
                marking_all_says_what_changed whole_mentions_come_in_the_order_of_the_page
                paging_while_new_ones_arrive;
            figures: trends_count_public_readings_about_the_subject trends_follow_edits_and_deletions
                buckets_are_whole_quarters the_overview_counts;
            networks: a_scope_shares_what_it_knows what_was_taken_down_stays_down_in_a_scope marks_add_up
                what_was_private_stays_private what_is_private_is_alone a_first_scope_takes_everything_along
                authors_get_their_handles warnings_and_ways_to_answer meters_and_live_are_remembered
                pausing_is_remembered unknown_deletions_leave_nothing;
            leaving: who_leaves_takes_everything_along who_leaves_within_a_batch_says_nothing_in_it
                a_loud_account_leaves_at_once;
            acts: acts_come_back_whole own_history_is_kept_with_the_posts_that_it_covers acts_are_recorded_once an_act_answers_whichever_comes_first
                a_thread_is_answered_where_only_it_is_known the_earliest_act_counts what_is_answered_waits_no_more
                our_own_posts_are_no_mentions acts_grow_old;
            campaigns: campaigns_of_the_configuration_come_and_go an_errand_ends_no_campaign campaigns_made_by_hand_are_changed_and_undone
                payments_and_dismissals_are_kept_and_undone what_changed_is_told_once_and_in_pieces
                responses_are_told_with_what_became_of_them accounts_that_are_one_know_us_together
                a_backlash_is_raised_once_a_day;
            giving: readings_come_back_whole what_changes_is_read_anew changes_are_told_to_whoever_keeps_books
                a_response_answers_whichever_comes_first an_edit_may_tell_what_is_answered
                a_persons_word_on_an_act_stands;
            outbox: drafts_are_saved_and_found only_the_words_that_were_seen_are_changed_and_sent
                what_was_taken_back_does_not_go_out_as_it_was what_is_sent_is_an_act_and_answers a_thread_that_moved_on_stops_a_reply
                a_post_is_answered_once a_second_voice_approves nothing_goes_out_unattended what_broke_off_is_in_doubt
                what_failed_keeps_its_words parts_follow_one_another a_rehearsal_publishes_nothing sending_can_be_stopped
                a_lost_lease_sends_nothing what_moves_on_is_told_once identities_are_kept
                what_was_sent_grows_old a_claim_of_another_voice_stops_a_reply what_is_sent_is_signed
                the_history_tells_what_an_answer_went_through what_was_left_behind_says_since_when
                what_others_settled_stops_a_reply whoever_has_no_name_is_not_in_their_own_way
                a_draft_never_goes_out_wider a_voice_finds_its_own_draft_first
                what_a_person_found_out_there_answers_its_case;
            corrections: a_persons_word_stands_at_once_and_everywhere
                the_last_word_stands_and_is_taken_back_in_any_order not_about_us_leaves_our_mentions
                a_persons_word_outlives_an_edit corrections_go_with_their_author_and_outlive_their_age_as_numbers
                what_nobody_read_is_not_corrected a_long_list_is_corrected_at_once_and_others_see_it;
            cases: a_need_opens_a_case history_opens_no_case a_case_is_a_person_in_a_thread further_needs_move_it_up_only
                words_without_a_need_join an_answer_acknowledges an_answer_may_be_there_first
                threads_go_through_our_answers what_became_of_them_is_watched first_answers_are_told_with_what_became it_opens_again_when_they_write
                every_change_is_a_step_and_undone what_a_status_means undoing_leaves_what_is_newer
                an_undone_dismissal_never_happened
                claims_are_respected what_is_put_aside_comes_back promises_are_kept_or_told hand_overs_are_followed
                a_case_is_opened_by_hand
                many_are_changed_at_once a_case_goes_with_its_last_mention what_is_taken_down_is_taken_back
                what_turns_out_to_be_ours_opens_nothing old_cases_go_with_their_mentions edits_are_followed
                what_is_not_public_stays_so foreign_words_in_cases_are_harmless the_inbox_pages_by_due
                the_inbox_is_filtered one_row_stands_for_a_story figures_add_up lateness_is_told_once
                a_person_has_a_card random_cases_agree_with_a_plain_model;
            people: ties_are_added_up_as_things_come_and_go only_what_concerns_us_makes_a_tie
                people_page_in_every_order words_find_people accounts_are_one_when_a_person_says_so
                a_person_is_forgotten_everywhere who_is_forgotten_is_not_collected_again
                a_handle_elsewhere_is_another_person nobody_else_changes_when_somebody_is_forgotten;
            model: random_histories_agree_with_a_plain_model;
        }
    };
    (@ $grounds:expr; $($module:ident: $($case:ident)+;)+) => {$(
        mod $module {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    $crate::store::conformance::$module::$case(&$grounds).await;
                }
            )+
        }
    )+};
}
pub(crate) use conformance;

/// The moment at which the stories of the cases take place.
const NOW: i64 = 1_750_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn shares(negative: f32, neutral: f32, positive: f32) -> Option<Shares> {
    Some(Shares { negative, neutral, positive })
}

const NEGATIVE: (f32, f32, f32) = (0.8, 0.1, 0.1);
const NEUTRAL: (f32, f32, f32) = (0.1, 0.8, 0.1);
const POSITIVE: (f32, f32, f32) = (0.1, 0.1, 0.8);

fn reading(subject: SubjectId, (n, u, p): (f32, f32, f32), intents: &[Intent]) -> Reading {
    Reading { subject, about: true, sentiment: shares(n, u, p), intents: Intents::of(intents) }
}

pub(crate) fn outcome(second: i64) -> PollOutcome {
    PollOutcome {
        at: at(second),
        health: SourceHealth::Working,
        trouble: String::new(),
        failures: 0,
        next: Some(at(second + 300)),
        interval: SignedDuration::from_mins(5),
        fresh: true,
        live: false,
        meters: Vec::new(),
    }
}

/// A store that collects.
struct Town {
    store: Arc<dyn Store>,
    lease: Lease,
    adopted: Adopted,
}

fn roster() -> Roster {
    let watch = |name: &str, subject: &str| RosterWatch {
        name: name.into(),
        subject: subject.into(),
        query: format!("\"{name}\""),
        context: vec!["bike".into()],
    };
    Roster {
        subjects: vec![("Ferris".into(), Role::Brand), ("Rival".into(), Role::Rival)],
        watches: vec![watch("ferris", "Ferris"), watch("rival", "Rival")],
        sources: vec![
            RosterSource::alone("paper", Network::FEED),
            RosterSource::alone("journal", Network::FEED),
            of_town("square"),
            of_town("market"),
        ],
    }
}

/// Sources of one network whose native ids mean the same.
fn of_town(name: &str) -> RosterSource {
    RosterSource { name: name.into(), network: Network::named("mastodon"), scope: Some("mastodon:town".into()) }
}

impl Town {
    async fn new(grounds: &dyn Grounds) -> Self {
        Self::of(grounds.open().await).await
    }

    async fn of(store: Arc<dyn Store>) -> Self {
        let adopted = store.adopt(&roster()).await.unwrap();
        let lease = hold(&*store, "town").await;
        Self { store, lease, adopted }
    }

    fn brand(&self) -> SubjectId {
        self.adopted.subjects[0].id
    }

    fn rival(&self) -> SubjectId {
        self.adopted.subjects[1].id
    }

    fn source(&self, at: usize) -> SourceId {
        self.adopted.sources[at]
    }

    fn watch(&self) -> WatchId {
        self.adopted.watches[0].id
    }

    /// A mention of the brand, neutral, published so many seconds after [`NOW`].
    fn mention(&self, name: &str, offset: i64) -> NewMention {
        NewMention {
            item: Item {
                native_id: format!("id:{name}"),
                url: Some(format!("https://paper.example/{name}")),
                title: Some(format!("Title {name}")),
                text: format!("Ferris {name}"),
                author: Author { handle: Some(format!("by-{name}")), ..Author::default() },
                claimed: Some(at(NOW + offset)),
                ..Item::default()
            },
            first_seen: at(NOW + offset.max(0)),
            history: false,
            read: false,
            lang: Some("en".into()),
            matches: vec![self.watch()],
            readings: vec![reading(self.brand(), NEUTRAL, &[Intent::Other])],
            need: None,
            fingerprint: Fingerprint::default(),
            content: 1,
        }
    }

    fn batch(&self, source: usize, mentions: Vec<NewMention>) -> RecordBatch {
        RecordBatch {
            source: self.source(source),
            cursor: "cursor".into(),
            outcome: outcome(NOW),
            mentions,
            acts: vec![],
            deleted: vec![],
            gone: vec![],
        }
    }

    async fn record(&self, source: usize, mentions: Vec<NewMention>) -> Recorded {
        self.store.record(&self.lease, &self.batch(source, mentions)).await.unwrap()
    }

    async fn delete(&self, source: usize, names: &[&str]) -> Recorded {
        let deleted = names.iter().map(|name| format!("id:{name}")).collect();
        let batch = RecordBatch { deleted, ..self.batch(source, vec![]) };
        self.store.record(&self.lease, &batch).await.unwrap()
    }

    async fn page(&self, filter: &Filter) -> Vec<MentionRow> {
        self.store.page(filter, Span::Newest, 1_000).await.unwrap()
    }

    async fn titles(&self, filter: &Filter) -> Vec<String> {
        titles(&self.page(filter).await)
    }
}

/// Titles without their first word.
fn titles(rows: &[MentionRow]) -> Vec<String> {
    rows.iter().map(|row| row.title.as_str().trim_start_matches("Title ").to_owned()).collect()
}

fn everything() -> Filter {
    Filter { private: true, ..Filter::default() }
}

async fn ask(store: &dyn Store, holder: &str, second: i64) -> LeaseState {
    store.take_lease(holder, at(second), SignedDuration::from_secs(30)).await.unwrap()
}

async fn hold(store: &dyn Store, holder: &str) -> Lease {
    match ask(store, holder, NOW).await {
        LeaseState::Ours(lease) => lease,
        LeaseState::Theirs(lease) => panic!("it is held: {lease:?}"),
    }
}

fn is_lost<T: std::fmt::Debug>(result: &StoreResult<T>) -> bool {
    matches!(result, Err(super::StoreError::LeaseLost))
}

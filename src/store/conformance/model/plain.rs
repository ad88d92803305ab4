//! The plain model: every rule by comparison with everything.

use super::*;

/// An act as the model keeps it.
#[derive(Debug, Clone)]
pub(super) struct KeptAct {
    pub(super) number: i64,
    pub(super) realm: usize,
    pub(super) state: u64,
    /// Order of recording of the mention that it answers.
    pub(super) answers: Option<usize>,
}

/// A mention as the model keeps it.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) post: i64,
    pub(super) source: usize,
    pub(super) new: NewMention,
    pub(super) names: HashSet<String>,
    pub(super) read: bool,
    pub(super) edited: bool,
    pub(super) answered: Option<i64>,
    pub(super) story: usize,
    /// Order of recording.
    pub(super) order: usize,
}

impl Kept {
    pub(super) fn place(&self) -> (i64, usize) {
        (published(self.post), self.order)
    }
}

/// Numbers of stories of what is not public.
const ALONE: usize = 1_000_000;

impl Kept {
    /// Another copy of it.
    pub(super) fn revise(&mut self, new: NewMention, fresh: usize) {
        self.new.item.native_id.clone_from(&new.item.native_id);
        let edited = self.new.content != new.content;
        let visibility = self.new.item.visibility.narrower(new.item.visibility);
        let withdrawn = visibility != self.new.item.visibility;
        let (was, is) = (self.new.item.addressed, new.item.addressed);
        if !edited && !withdrawn && (was || !is) {
            return;
        }
        let old = std::mem::replace(&mut self.new, new);
        if !edited || (was && !is) {
            let lost = old.readings.into_iter();
            let lost: Vec<Reading> =
                lost.filter(|one| self.new.readings.iter().all(|other| other.subject != one.subject)).collect();
            self.new.readings.extend(lost);
        }
        self.new.item.visibility = visibility;
        self.new.item.addressed = was || is;
        self.edited |= edited;
        if withdrawn {
            self.story = fresh;
        }
    }
}

#[derive(Default)]
pub(super) struct Model {
    pub(super) kept: Vec<Kept>,
    pub(super) acts: Vec<KeptAct>,
    /// Names by which something erased is recognised: with the date when the name alone does not tell.
    pub(super) gone: HashMap<(usize, String), i64>,
    pub(super) recorded: usize,
    pub(super) now: i64,
}

impl Model {
    pub(super) fn poll(&mut self, town: &Town, step: &Step) {
        let Step::Poll { source, shown, done, deleted, undone, gone, .. } = step else { return };
        let (source, place) = (*source, realm(*source));
        let down: HashSet<String> = deleted.iter().map(|(post, id)| native(*post, *id)).collect();
        let left = |number: i64| gone.contains(&(number % AUTHORS));
        for one in done.iter().filter(|one| !undone.contains(&one.number) && !left(one.number)) {
            self.act(place, one);
        }
        for one in shown.iter().filter(|one| !down.contains(&native(one.post, one.id)) && !left(one.post)) {
            self.see(source, one.post, town.show(one, self.now));
        }
        for name in down {
            let found = self.kept.iter().position(|kept| realm(kept.source) == place && kept.names.contains(&name));
            if let Some(at) = found {
                let kept = self.kept.remove(at);
                let current = kept.new.item.native_id.clone();
                self.gone.insert((place, current), published(kept.post));
                self.gone.insert((place, name), published(kept.post));
                self.let_go(kept.order);
            }
        }
        for number in undone {
            if let Some(at) = self.acts.iter().position(|act| act.realm == place && act.number == *number) {
                let act = self.acts.remove(at);
                self.gone.insert((place, act_name(act.number)), done_at(act.number));
                self.settle(act.answers);
            }
        }
        self.leave(place, &left);
    }

    /// Whatever these people wrote goes.
    fn leave(&mut self, place: usize, left: &dyn Fn(i64) -> bool) {
        let stays = |kept: &Kept| realm(kept.source) != place || !left(kept.post);
        let (kept, went) = std::mem::take(&mut self.kept).into_iter().partition(stays);
        self.kept = kept;
        for kept in went {
            self.gone.insert((place, kept.new.item.native_id.clone()), published(kept.post));
            self.let_go(kept.order);
        }
        let stays = |act: &KeptAct| act.realm != place || !left(act.number);
        let (acts, went) = std::mem::take(&mut self.acts).into_iter().partition(stays);
        self.acts = acts;
        for act in went {
            self.gone.insert((place, act_name(act.number)), done_at(act.number));
            self.settle(act.answers);
        }
    }

    pub(super) fn act(&mut self, place: usize, done: &Done) {
        if let Some(known) = self.acts.iter_mut().find(|act| act.realm == place && act.number == done.number) {
            known.state = done.state;
        } else if !self.gone.contains_key(&(place, act_name(done.number))) {
            self.acts.push(KeptAct { number: done.number, realm: place, state: done.state, answers: None });
            self.link(place);
        }
    }

    /// Brings acts and mentions together.
    pub(super) fn link(&mut self, place: usize) {
        let mut touched = Vec::new();
        for act in self.acts.iter_mut().filter(|act| act.realm == place && act.answers.is_none()) {
            let name = target(act.number);
            let found = self.kept.iter().find(|kept| realm(kept.source) == place && kept.names.contains(&name));
            act.answers = found.map(|kept| kept.order);
            touched.push(act.answers);
        }
        touched.into_iter().for_each(|mention| self.settle(mention));
    }

    pub(super) fn settle(&mut self, mention: Option<usize>) {
        let acts = self.acts.iter().filter(|act| act.answers.is_some() && act.answers == mention);
        let earliest = acts.map(|act| done_at(act.number)).min();
        if let Some(kept) = self.kept.iter_mut().find(|kept| Some(kept.order) == mention) {
            kept.read |= kept.answered.is_none() && earliest.is_some();
            kept.answered = earliest;
        }
    }

    /// A mention went.
    pub(super) fn let_go(&mut self, order: usize) {
        for act in self.acts.iter_mut().filter(|act| act.answers == Some(order)) {
            act.answers = None;
        }
    }

    pub(super) fn see(&mut self, source: usize, post: i64, new: NewMention) {
        let place = realm(source);
        let (name, alias) = (new.item.native_id.clone(), new.item.aliases[0].clone());
        let fresh = ALONE + self.recorded;
        let known = self
            .kept
            .iter_mut()
            .find(|kept| realm(kept.source) == place && (kept.names.contains(&name) || kept.names.contains(&alias)));
        if let Some(kept) = known {
            self.recorded += 1;
            kept.names.insert(name.clone());
            kept.revise(new, fresh);
            return self.link(place);
        }
        let gone = self.gone.contains_key(&(place, name.clone()))
            || self.gone.get(&(place, alias.clone())) == Some(&published(post));
        if gone {
            return;
        }
        let order = self.recorded;
        self.recorded += 1;
        let private = new.item.visibility == Visibility::Private;
        let story = if private { fresh } else { self.story(source, post, &new).unwrap_or(order) };
        let (read, names) = (new.read, HashSet::from([name, alias]));
        self.kept.push(Kept { post, source, new, names, read, edited: false, answered: None, story, order });
        self.link(place);
    }

    /// The rule for stories, by comparison with every mention.
    pub(super) fn story(&self, source: usize, post: i64, new: &NewMention) -> Option<usize> {
        let since = self.now - 30 * DAY;
        if published(post) < since {
            return None;
        }
        let ours = &new.fingerprint;
        let same = |mark: fn(&Fingerprint) -> Option<u64>| {
            let wanted = mark(ours);
            move |kept: &Kept| wanted.is_some() && mark(&kept.new.fingerprint) == wanted
        };
        let near = |kept: &Kept| match (ours.similar, kept.new.fingerprint.similar) {
            (Some(ours), Some(theirs)) => (ours ^ theirs).count_ones() <= Fingerprint::NEAR,
            _ => false,
        };
        let elsewhere = |kept: &Kept| kept.source != source && kept.new.item.url == new.item.url;
        let (repost, link, words) = (same(|print| print.repost), same(|print| print.link), same(|print| print.words));
        let kinds: [&dyn Fn(&Kept) -> bool; 5] = [&repost, &elsewhere, &link, &words, &near];
        kinds.iter().find_map(|is_same| {
            let public = self.kept.iter().filter(|kept| kept.new.item.visibility != Visibility::Private);
            let recent = public.filter(|kept| published(kept.post) >= since && is_same(kept));
            recent.max_by_key(|kept| kept.place()).map(|kept| kept.story)
        })
    }

    pub(super) fn retain(&mut self, days: i64) {
        let oldest = self.now - days * DAY;
        let (kept, old) = std::mem::take(&mut self.kept).into_iter().partition(|kept| published(kept.post) >= oldest);
        self.kept = kept;
        for kept in old {
            for name in kept.names {
                self.gone.insert((realm(kept.source), name), published(kept.post));
            }
            self.let_go(kept.order);
        }
        let (acts, old) = std::mem::take(&mut self.acts).into_iter().partition(|act| done_at(act.number) >= oldest);
        self.acts = acts;
        for act in old {
            self.gone.insert((act.realm, act_name(act.number)), done_at(act.number));
        }
    }
}

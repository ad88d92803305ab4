//! A sheet as it is when it is opened: whom it answers, under which accounts it can go out, what stands on it already.

use super::errand::Opened;
use super::paper::Paper;
use super::thread::Thread;
use super::{CaseSeen, Composer, Sent, Way, split};
use crate::domain::outbox::{Identity, Outgoing, Target};
use crate::domain::{Answerable, Mention, Network, SafeText, Timestamp, Visibility};
use crate::tui::app::context::Context;

/// Why nothing can be written.
pub const NOWHERE: &str = "nobody can answer this: it is closed, or its author lets nobody answer";

impl Composer {
    /// The sheet for what was opened.
    ///
    /// # Errors
    /// A line that says why nothing can be written.
    pub fn open(session: u64, opened: Opened, context: &Context) -> Result<Self, &'static str> {
        let Opened { post, mention, turns, card, case, mut identities, until_known, draft, used, sent, replies } =
            opened;
        if post {
            super::own::sort(&mut identities, &used);
        }
        let network = match (&mention, &draft, identities.first()) {
            (Some(mention), _, _) => mention.row.network.clone(),
            (None, _, Some(first)) if post => first.network.clone(),
            (None, Some(draft), _) => draft.network.clone(),
            (None, None, None) if post && until_known.is_some() => Network::named(super::own::NOT_YET),
            (None, None, None) if post => return Err(super::own::NO_ACCOUNT),
            (None, None, _) => return Err("this mention is not in the store any more"),
        };
        if mention.as_ref().is_some_and(|mention| mention.answerable == Answerable::Nowhere) && draft.is_none() {
            return Err(NOWHERE);
        }
        let target = match (&draft, &mention) {
            (Some(draft), _) => draft.target.clone(),
            (None, Some(mention)) => target(mention),
            (None, None) => Target::default(),
        };
        let last = used.iter().find(|(on, _)| *on == network).map(|(_, source)| *source);
        let mut way =
            if post { Way::Publish { identities, chosen: 0 } } else { way(mention.as_deref(), identities, last) };
        if let (Way::Publish { identities, chosen, .. }, Some(draft)) = (&mut way, &draft) {
            *chosen = identities.iter().position(|identity| identity.source == draft.source).unwrap_or(*chosen);
        }
        let widest = widest(mention.as_deref(), draft.as_ref());
        let theirs = draft.as_ref().and_then(|draft| another_s(draft, context));
        let mine = draft.as_ref().filter(|_| theirs.is_none());
        let warning = mention.as_ref().map(|mention| mention.row.content_warning.to_string()).unwrap_or_default();
        let mut composer = Self {
            session,
            id: mine.map(|draft| draft.id),
            opened: mine.map(|draft| draft.saved()),
            step: case.as_ref().and_then(|case| case.steps.iter().map(|step| step.id).max()),
            theirs,
            thread: Thread::of(turns, mention.as_deref()),
            lang: mention.as_ref().and_then(|mention| mention.lang.clone()),
            mention,
            target,
            network,
            case: case.map(|case| CaseSeen { id: case.row.id, claim: case.row.claim }),
            card,
            way,
            used,
            post,
            until_known: draft.as_ref().map(|draft| draft.source).or(until_known),
            unconfirmed: false,
            paper: Paper::default(),
            pristine: String::new(),
            offered: String::new(),
            template: super::Template::default(),
            cut: None,
            kept: None,
            due: None,
            visibility: widest,
            widest,
            warning: warning.clone(),
            inherited_warning: warning,
            parted: false,
            lang_said: draft.as_ref().is_some_and(|draft| draft.lang.is_some()),
            advice: super::Advice::default(),
            rehearsing: super::rehearsing::Desk::default(),
            said: replies.iter().map(|reply| super::advice::Said::new(reply)).collect(),
            sent: Vec::new(),
            asking: None,
            blocked: Vec::new(),
            sending: None,
            columns: 80,
        };
        // The draft that is written on is no text that was sent to somebody else.
        let own = draft.as_ref().map(|draft| draft.id);
        composer.sent = sent.iter().filter(|(id, _)| Some(*id) != own).map(|(id, text)| Sent::new(*id, text)).collect();
        composer.pristine = composer.beginning();
        match draft {
            Some(draft) => {
                let parts: Vec<String> = draft.parts.iter().map(|part| part.text.clone()).collect();
                composer.parted = parts.len() > 1;
                let words = split::join(&parts);
                // The signature is put under the words when they go out; what was taken back carries it.
                let words = if composer.theirs.is_none() { composer.unsigned(&words, context) } else { words.as_str() };
                composer.paper = Paper::with(words);
                composer.visibility = draft.visibility.narrower(widest);
                composer.warning = draft.content_warning.unwrap_or_default();
                composer.lang = draft.lang;
            }
            None => composer.paper = Paper::with(&composer.pristine),
        }
        composer.offered = composer.paper.text();
        composer.template = super::Template::of(&composer.offered);
        composer.coach(context);
        Ok(composer)
    }

    /// What stands on an empty sheet: the name, where an answer reaches its person only by it.
    pub(super) fn beginning(&self) -> String {
        let named = self.rules().names_whom && self.mention.is_some();
        self.handle().filter(|_| named).map(|handle| format!("{handle} ")).unwrap_or_default()
    }
}

/// The widest circle of readers: that of what is answered; when that is gone, that of the draft that answered it.
fn widest(mention: Option<&Mention>, draft: Option<&Outgoing>) -> Visibility {
    let answers = |draft: &&Outgoing| draft.mention.is_some() || draft.target.parent.is_some();
    let theirs = mention.map(|mention| mention.row.visibility);
    theirs.or(draft.filter(answers).map(|draft| draft.visibility)).unwrap_or_default()
}

/// Who else wrote a draft, and when. What nobody's name is on is anybody's.
fn another_s(draft: &Outgoing, context: &Context) -> Option<(SafeText, Timestamp)> {
    let writer = draft.voice.as_ref().filter(|writer| Some(writer.as_str()) != context.voice())?;
    Some((writer.clone(), draft.changed))
}

fn target(mention: &Mention) -> Target {
    Target {
        parent: Some(mention.native_id.clone()),
        root: mention.root.clone().or_else(|| mention.parent.clone()).or_else(|| Some(mention.native_id.clone())),
        quote: None,
        who: Some(mention.row.author.to_string()).filter(|who| !who.is_empty()),
    }
}

/// How it goes out: under one of the accounts that reach what is answered, the one used last first, else by hand.
pub(super) fn way(mention: Option<&Mention>, identities: Vec<Identity>, used: Option<crate::domain::SourceId>) -> Way {
    if mention.is_some_and(|mention| mention.answerable != Answerable::AsSource) {
        return Way::ByHand;
    }
    let mut reaching = identities;
    let own = mention.map(|mention| mention.row.source);
    reaching.sort_by_key(|identity| (Some(identity.source) != used, Some(identity.source) != own));
    if reaching.is_empty() { Way::ByHand } else { Way::Publish { identities: reaching, chosen: 0 } }
}

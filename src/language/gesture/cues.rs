//! The cues of gestures: words that name an act of the audience, a gift, a condition, a price, a thing done.
//!
//! Cues are no verdict. The model hears of each cue, of the order in which cues stand, and of the one that begins a
//! sentence, and learns what they are worth.

use super::super::model::{Features, Pieces, Place};
use super::words::{Gap, Kind, Word};

/// What a cue stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Cue {
    /// Reposting, tagging, bringing others.
    Share,
    /// Buying.
    Buy,
    /// Following.
    Follow,
    /// Answering below.
    Comment,
    /// Registering.
    Signup,
    /// Other acts of the audience.
    Act,
    /// A gift, a prize, a donation.
    Gift,
    /// "on us", "is yours": the giving itself.
    Yours,
    /// If, when, once, every.
    Condition,
    /// A draw or a contest.
    Contest,
    /// A price or a discount.
    Price,
    /// Hurry, last chance, available now.
    Push,
    /// Something done for somebody.
    Done,
    /// Thanks, credit, congratulations.
    Thanks,
    /// Advice, warning, resource.
    Help,
    /// Nothing is wanted in return.
    Freely,
    /// Please, could you.
    Please,
    /// The brand of itself.
    We,
    /// The reader.
    You,
    /// News.
    News,
    /// Not, no, never.
    Not,
}

/// Words and phrases of each cue, parted by commas.
const TABLE: &[(Cue, &str)] = &[
    (
        Cue::Share,
        "share,shares,shared,sharing,sharer,repost,reposts,reposted,reposting,retweet,retweets,retweeted,rt,rts,\
         quote,quotes,quote-tweet,boost,boosts,reblog,forward,tag,tags,tagged,tagging,pass it on,passes this on,\
         spread,spread the word,invite,invites,refer,refers,referral,referrals,referred,recommend,recommends,\
         tell a friend,tell your,tell two,bring a,bring someone,send a friend,hashtag,stories,story,vouch,introduce us,\
         nag,word of mouth,post it,post a,post your,your link,your code,share your,friends,mates,trending",
    ),
    (
        Cue::Buy,
        "buy,buys,buying,bought,purchase,purchases,purchased,order,orders,ordered,ordering,book,books,booked,booking,\
         bookings,spend,spending,checkout,checks out,basket,cart,sale,sales,sold,sells,pre-order,preorder,pre-orders,\
         preorders,ticket,tickets,till,receipt,pay,customer,customers,buyer,buyers,get the,grab,stock up,round up,\
         subscription,plan,pack,box,bottle,jar,pint,pints,cup,loaf,cost,costs",
    ),
    (
        Cue::Follow,
        "follow,follows,followed,following,follower,followers,subscriber,subscribers,notifications,notifs,bell,\
         discord,join the server,join the channel,like our page,page likes,turn on,on here,channel",
    ),
    (
        Cue::Comment,
        "comment,comments,commenter,commenting,reply,replies,respond,answer,answers,answered,caption,below,in the thread,\
         this thread,under this,tell us,tell me,guess,drop a,drop your,type,finish this,in the replies,best answer,\
         nominate,name the,leave your,leave a comment,let us know,write us,describe,convince,guesses,suggestion",
    ),
    (
        Cue::Signup,
        "sign,sign up,signs up,sign-up,sign-ups,signup,signed up,register,registers,registered,registering,enroll,\
         enrol,enrolls,enrollment,join,joins,joined,joining,member,members,membership,newsletter,mailing list,list,\
         subscribe,subscribes,email,e-mail,account,accounts,form,waitlist,log in,login,kyc,open an account,direct debit,\
         create an,your details,work email,inscription,joiners",
    ),
    (
        Cue::Act,
        "bring,brings,return,returned,survey,surveys,review,reviews,donate,donates,volunteer,vote,voted,votes,show,\
         shows,walk,run,runs,wear,wears,dress,dressed,complete,completes,finish,finishes,beat,beats,solve,solves,solved,\
         score,scores,recycle,swap,swaps,visit,visits,come,comes,come in,attend,drop,drop off,hand in,turn in,trade in,\
         find,finds,first to,through the door,turn up,turns up,download,downloads,install,take our,take the,enter,apply,\
         petition,support,stop by,call,ring,dm,nominate,guess,give blood,donate blood,quiz,wishlist,wishlists,upvotes,\
         star,stars,plant,collect,submit,send us,send me,mail me,text,win the,prove,proof,test drive,play,write to",
    ),
    (
        Cue::Gift,
        "free,freebie,win,wins,winning,winner,winners,prize,prizes,giveaway,giveaways,gift,gifts,voucher,vouchers,\
         complimentary,gratis,donate,donates,donated,donating,donation,match,matches,matched,matching,double,doubles,\
         reward,rewards,bonus,goodie,goodies,swag,gets,receive,receives,earn,earns,unlock,unlocks,credit,give away,\
         giving away,giving,gives,we'll give,we give,chip in,plant,feeds,feed,funds,fund,pays for,pay for,goes to,\
         go to,going to,sends,buys a,get a,get an,get one,hoodie,t-shirt,tote,sticker,stickers,mug,beer,pizza,trophy,\
         merch,plushie,meal,meals,tree,trees,throw in,thrown in",
    ),
    (
        Cue::Yours,
        "on us,on the house,is yours,are yours,it's yours,yours,on me,our treat,we'll send,i'll send,we send,we'll pay,\
         we pay,i'll,we'll,you'll get,you get,you both,both get,both of you,get both,for nothing,for nowt,in your inbox,\
         lands in,land in,in your dms,i'll dm,we'll dm,we'll add,we add,gets a,get a free,for free,take home,\
         goes home with,to keep,be entered,in the draw,in the hat,comes with,come with,comes free,in the post",
    ),
    (
        Cue::Condition,
        "if,when,once,for every,for each,every,each,per,whoever,whichever,anyone who,everyone who,all who,those who,\
         whoever's,first to,the first,first,one of you,until,till,up to,then,unless,as soon as,by the time,reach,reaches,\
         hits,hit,passes,we get to,get us,get to,at,=,→,+,only for,only,any,with any,with each,with every,in return,\
         in exchange,swap,comes,means,get it",
    ),
    (
        Cue::Contest,
        "giveaway,contest,competition,raffle,draw,drawn,random,enter,entered,entry,entries,chance,winner,winners,win,\
         best,funniest,closest,prize,worst,picked,pick,lucky,guess,wins,runner-up,correct",
    ),
    (
        Cue::Price,
        "off,sale,half price,price,prices,discount,deal,deals,code,promo,coupon,save,trial,a month,a year,cheaper,from,\
         early bird,bogo,2 for 1,3 for 2,offer,offers,delivery,shipping,apr,tenner,fiver,quid",
    ),
    (
        Cue::Push,
        "hurry,last chance,last call,now,today,tonight,available,selling fast,left,don't miss,get yours,grab yours,\
         claim,shop,shop now,link,link in bio,bio,limited,back in stock,in store,in stock,restock,drops,drop,out now,\
         doors,seats,slots,spots,places,hiring,vacancy,vacancies,apply,rsvp,reserve,pre-order,need,needed,wanted,\
         looking for,want,ready to,why not,demo,launch,learn more,try,upgrade,deadline,before,closes,ends,last",
    ),
    (
        Cue::Done,
        "fixed,sorted,refunded,replaced,sent,credited,reversed,rebooked,moved,booked you,done,found,checked,resolved,\
         restored,patched,rolled back,corrected,updated,unlocked,waived,cancelled,reset,pushed,reissued,paid,donated,\
         raised,delivered,back up,on its way,with you by,gone back,taken it off,swapped,i've,we've,put aside,kept,\
         refund,refunds,no charge,no fee,in the mail,on the way,shipped,escalated,rang,called,asked,told",
    ),
    (
        Cue::Thanks,
        "thank,thanks,thank you,cheers,kudos,shoutout,shout out,shout-out,congrats,congratulations,well done,hats off,\
         credit,big up,grateful,props,respect,proud,appreciate,bravo,legend,legends,salute,obrigado,danke,merci,by",
    ),
    (
        Cue::Help,
        "here's,here is,here are,how to,tip,tips,guide,checklist,template,thread,warning,scam,beware,alert,recall,\
         recalled,avoid,don't,do not,never,careful,phishing,fake,outage,closed,open source,pdf,steps,tutorial,help,\
         helpline,shelter,evacuation,notice,safety,check,make sure,use,try,instead,means,because,explained,you can,\
         download,no need,just,turn,hold,press,should,the answer,worth,go read,highly recommend,full list,diy",
    ),
    (
        Cue::Freely,
        "no strings,no catch,no sign-up,no signup,no login,no email,no form,no questions,no code,no account,no paywall,\
         don't have to,don't need to,nobody has to,no purchase,help yourself,take one,take it,take what,steal it,copy it,\
         free for all,open to everyone,open to all,anyone can,public domain,cc-by,licence,license,fork,print it,\
         nothing to pay,no charge,automatic,automatically,not ours,not us,isn't ours,for anyone,for everybody",
    ),
    (
        Cue::Please,
        "please,pls,plz,kindly,could you,would you,can you,will you,help us,mind,do us a favour,we need,let's,\
         don't forget,be sure,go on,consider,we'd love,we need your,have you,fancy,who's in",
    ),
    (Cue::We, "we,our,us,we're,we've,i,my,i'm,ours,we'd,i've,me,myself,ourselves"),
    (Cue::You, "you,your,you're,u,ur,yours,you've,you'll,ya,yourself,y'all,yall"),
    (
        Cue::News,
        "announce,announced,announcing,excited,thrilled,proud to,pleased,honored,honoured,welcome,award,named,launch,\
         launched,introducing,new,anniversary,celebrate,celebrating,milestone,report,opened,opens,meet,happy,\
         years,today,yesterday,quarter,revenue,version,team,office,coming soon,stay tuned",
    ),
    (Cue::Not, "not,no,never,nobody,nothing,n't,isn't,don't,doesn't,won't,can't,without,nope,didn't,wasn't,cannot"),
];

/// A cue at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// What it stands for.
    pub cue: Cue,
    /// The first word.
    pub first: usize,
    /// One past the last word.
    pub end: usize,
}

/// The table, by the first word of each phrase.
#[derive(Debug)]
pub(crate) struct Cues {
    by_first: std::collections::HashMap<&'static str, Vec<(Cue, Vec<&'static str>)>>,
}

impl Cues {
    /// Reads the table.
    pub fn new() -> Self {
        let mut by_first: std::collections::HashMap<&'static str, Vec<(Cue, Vec<&'static str>)>> = Default::default();
        for (cue, list) in TABLE {
            for phrase in list.split(',') {
                let words: Vec<&str> = phrase.split(' ').filter(|word| !word.is_empty()).collect();
                if let Some(first) = words.first().copied() {
                    by_first.entry(first).or_default().push((*cue, words));
                }
            }
        }
        Self { by_first }
    }

    /// The cues of a text, in its order; one word may be several.
    pub fn find(&self, words: &[Word]) -> Vec<Found> {
        let mut found = Vec::new();
        for (first, word) in words.iter().enumerate() {
            let plain = word.text.strip_prefix('#').unwrap_or(&word.text);
            for (cue, phrase) in self.by_first.get(plain).into_iter().flatten() {
                let end = first + phrase.len();
                let rest = words.get(first + 1..end).unwrap_or_default();
                let same = rest.len() + 1 == phrase.len()
                    && rest
                        .iter()
                        .zip(phrase.iter().skip(1))
                        .all(|(word, part)| word.text == *part && word.gap < Gap::Hard);
                if same {
                    found.push(Found { cue: *cue, first, end });
                }
            }
        }
        found
    }
}

/// Times that a cue counts: a few telling things among hundreds of features.
const TIMES: usize = 3;

/// The pieces that a cue stands on, so that an explanation can point at them.
fn place(words: &[Word], found: &Found, pieces: &Pieces) -> Place {
    let (Some(first), Some(last)) = (words.get(found.first), words.get(found.end.saturating_sub(1))) else {
        return (0, 0);
    };
    let before = |byte: usize| pieces.list().partition_point(|piece| (piece.start as usize) < byte);
    let narrow = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
    (narrow(before(first.span.start)), narrow(before(last.span.end)))
}

/// Adds what the cues say to the features of a text.
pub(crate) fn add(words: &[Word], found: &[Found], reply: bool, pieces: &Pieces, features: &mut Features) {
    for _ in 0..TIMES {
        features.name(1, "reply", u64::from(reply), (0, 0));
    }
    let mut seen = 0u64;
    for cue in found {
        let bit = 1u64 << cue.cue as u64;
        let new = seen & bit == 0;
        seen |= bit;
        let here = place(words, cue, pieces);
        let starts = words.get(cue.first).is_some_and(|word| word.gap == Gap::Hard);
        for _ in 0..TIMES {
            if new {
                features.name(1, "cue", cue.cue as u64, here);
                features.name(1, "cue in reply", (cue.cue as u64) << 1 | u64::from(reply), here);
            }
            if starts {
                features.name(1, "cue first", cue.cue as u64, here);
            }
        }
    }
    order(words, found, pieces, features);
    shape(words, seen, features);
}

/// Which cue stands before which; such a feature stands on the first of the two.
fn order(words: &[Word], found: &[Found], pieces: &Pieces, features: &mut Features) {
    let mut pairs = [0u64; 32];
    for (at, first) in found.iter().enumerate() {
        let here = place(words, first, pieces);
        for second in found.get(at + 1..).unwrap_or_default() {
            let Some(row) = pairs.get_mut(first.cue as usize) else { continue };
            let pair = (first.cue as u64) << 8 | second.cue as u64;
            let bit = 1u64 << second.cue as u64;
            let near = second.first < first.first + 6;
            if *row & bit == 0 {
                *row |= bit;
                features.name(1, "before", pair, here);
            }
            let bit = bit << 32;
            if near && *row & bit == 0 {
                *row |= bit;
                features.name(1, "just before", pair, here);
            }
        }
    }
}

/// What the text as a whole has: figures, money, percentages, questions, handles, sentences.
fn shape(words: &[Word], seen: u64, features: &mut Features) {
    let count = |kind: Kind| words.iter().filter(|word| word.kind == kind).take(3).count() as u64;
    let money = count(Kind::Money).min(1);
    let percent = count(Kind::Percent).min(1);
    let question = words.iter().any(|word| word.text == "?");
    let asks_last = words.last().is_some_and(|word| word.text == "?");
    let sentences = words.iter().filter(|word| word.gap == Gap::Hard).take(6).count() as u64;
    let first = words.first().map_or("", |word| word.text.as_str());
    let has = |cue: Cue| seen >> cue as u64 & 1;
    for _ in 0..2 {
        features.name(1, "money", money, (0, 0));
        features.name(1, "percent", percent, (0, 0));
        features.name(1, "figures", count(Kind::Number), (0, 0));
        features.name(1, "tags", count(Kind::Tag), (0, 0));
        features.name(1, "questions", u64::from(question) << 1 | u64::from(asks_last), (0, 0));
        features.name(1, "sentences", sentences, (0, 0));
        features.name(1, "no act", u64::from(seen & 0b11_1111 == 0), (0, 0));
        features.name(1, "person", has(Cue::We) << 1 | has(Cue::You), (0, 0));
        let acts = u64::from(seen & 0b11_1111 != 0);
        let gifts = has(Cue::Gift) | has(Cue::Yours) << 1;
        features.name(1, "act, gift, condition", acts << 3 | gifts << 1 | has(Cue::Condition), (0, 0));
    }
    features.name(1, first, 1, (0, 0));
    for (at, word) in words.iter().enumerate().filter(|(_, word)| word.gap == Gap::Hard) {
        let next = words.get(at + 1).map_or("", |word| word.text.as_str());
        features.name(1, &word.text, 2, (0, 0));
        features.name(1, next, 3, (0, 0));
    }
}

/// Adds what tells the trigger: the cues of acts, the first of them, and what stands around it.
pub(crate) fn add_acts(words: &[Word], found: &[Found], features: &mut Features) {
    let acts = || found.iter().filter(|cue| cue.cue <= Cue::Act);
    let gift = found.iter().find(|cue| matches!(cue.cue, Cue::Gift | Cue::Yours)).map(|cue| cue.first);
    if let Some(first) = acts().next() {
        for _ in 0..TIMES {
            features.name(2, "first act", first.cue as u64, (0, 0));
            features.name(
                2,
                "first act before gift",
                (first.cue as u64) << 1 | u64::from(gift > Some(first.first)),
                (0, 0),
            );
        }
        let word = words.get(first.first).map_or("", |word| word.text.as_str());
        features.name(2, word, 1, (0, 0));
    }
    for cue in acts() {
        let before = cue.first.checked_sub(1).and_then(|at| words.get(at)).map_or("", |word| word.text.as_str());
        let conditional = matches!(
            before,
            "every" | "each" | "per" | "for" | "you" | "one" | "who" | "a" | "=" | "to" | "then" | "and" | "+" | "&"
        );
        let starts = words.get(cue.first).is_some_and(|word| word.gap == Gap::Hard);
        features.name(2, "act", (cue.cue as u64) << 2 | u64::from(conditional) << 1 | u64::from(starts), (0, 0));
        if conditional || starts {
            features.name(2, "act of the condition", cue.cue as u64, (0, 0));
        }
    }
}

//! The weights of the rules: how much each measure of a text speaks for each verdict.
//!
//! Fitted once by regularised logistic regression (two decimals kept): English sentiment on SemEval-2013 to 2016 tweets
//! and on posts about invented brands written for this project; the other languages on the UMSAB tweets; intent and
//! about-us on the posts written for this project. Numbers only; no text of any set is part of the program. The rows
//! follow the cues of `lexicon` and then the shapes of `scene` (`ABOUT`: the signs of `about`).

use super::about::SIGNS;
use super::scene::MEASURES;

/// English sentiment: negative, neutral, positive.
#[rustfmt::skip]
pub(super) const SENTIMENT_ENGLISH: [[f32; 3]; MEASURES] = [
    [ -0.23,   0.32,  -0.09], // asks
    [  0.16,  -0.02,  -0.14], // asker
    [ -0.13,   0.21,  -0.08], // price
    [ -0.36,   0.57,  -0.21], // referral
    [ -0.08,   0.35,  -0.26], // bait
    [ -0.09,   0.27,  -0.18], // hiring
    [ -0.17,   0.38,  -0.21], // resale
    [ -0.29,   0.33,  -0.04], // shop
    [ -0.09,   0.21,  -0.11], // news
    [  0.11,  -0.11,  -0.01], // failure
    [  0.59,  -0.39,  -0.20], // money
    [  0.29,  -0.21,  -0.08], // service
    [  0.22,   0.01,  -0.23], // leaving
    [  0.12,  -0.22,   0.09], // irony
    [ -0.22,  -0.21,   0.43], // commends
    [ -0.15,   0.05,   0.11], // address
    [ -0.04,  -0.34,   0.38], // self
    [ -0.13,   0.04,   0.09], // report
    [ -0.11,   0.09,   0.02], // trade
    [ -0.12,   0.06,   0.07], // plain
    [ -0.36,   0.11,   0.25], // person
    [ -0.03,  -0.01,   0.03], // place
    [  0.08,  -0.13,   0.05], // stopping
    [  0.00,  -0.02,   0.01], // infinitive
    [ -0.14,   0.02,   0.11], // attach
    [  0.08,  -0.08,  -0.01], // acts
    [ -0.82,   0.37,   0.45], // Always
    [ -1.81,  -1.13,   2.94], // Good
    [  3.31,  -1.66,  -1.65], // Bad
    [  0.47,   0.97,  -1.44], // Both
    [  0.16,   0.11,  -0.27], // Asked
    [ -0.08,   0.27,  -0.18], // AskedLast
    [ -0.24,   0.21,   0.04], // Opener
    [  0.19,  -0.10,  -0.09], // OpenerBare
    [ -0.45,  -0.60,   1.05], // Exclaimed
    [ -0.22,   0.33,  -0.11], // Shouted
    [ -1.39,   1.20,   0.20], // Titled
    [ -0.03,   0.06,  -0.04], // Linked
    [ -0.06,  -0.15,   0.20], // Tagged
    [  0.13,   0.25,  -0.38], // Money
    [ -0.09,   0.31,  -0.22], // Percent
    [ -0.15,   0.20,  -0.04], // Numbers
    [  1.16,   0.26,  -1.42], // Length
    [  0.04,   0.30,  -0.34], // Short
    [  0.40,  -0.03,  -0.37], // Quoted
    [  0.66,  -0.34,  -0.32], // Denied
    [  0.30,  -0.09,  -0.21], // NameFirst
    [ -0.28,  -0.32,   0.60], // NameOwns
    [  0.74,  -0.69,  -0.06], // NameLast
    [ -0.09,  -0.05,   0.13], // LowerStart
    [ -0.12,   0.09,   0.03], // Unmarked
    [ -0.20,   0.50,  -0.31], // Either
    [  0.01,   0.02,  -0.03], // Dotted
    [  0.06,   0.07,  -0.13], // Hailed
    [ -0.03,  -0.11,   0.14], // Emoji
    [ -0.01,  -0.12,   0.13], // LastWord
    [  0.05,   0.04,  -0.09], // Twist
];

/// Sentiment in the other languages: negative, neutral, positive.
#[rustfmt::skip]
pub(super) const SENTIMENT_OTHERS: [[f32; 3]; MEASURES] = [
    [  0.01,  -0.02,   0.01], // asks
    [  0.09,  -0.02,  -0.07], // asker
    [ -0.09,   0.22,  -0.13], // price
    [ -0.09,   0.01,   0.08], // referral
    [  0.10,  -0.01,  -0.10], // bait
    [ -0.27,   0.10,   0.17], // hiring
    [ -0.13,   0.45,  -0.32], // resale
    [ -0.38,   0.50,  -0.11], // shop
    [ -0.08,   0.07,   0.00], // news
    [  0.39,  -0.06,  -0.33], // failure
    [ -0.05,  -0.02,   0.07], // money
    [  0.01,  -0.03,   0.02], // service
    [  0.67,  -0.32,  -0.35], // leaving
    [  0.00,   0.00,   0.00], // irony
    [ -0.21,  -0.10,   0.32], // commends
    [  0.00,   0.00,   0.00], // address
    [  0.00,   0.00,   0.00], // self
    [  0.00,   0.00,   0.00], // report
    [ -0.42,   0.31,   0.11], // trade
    [  0.00,   0.00,   0.00], // plain
    [  0.00,   0.00,   0.00], // person
    [  0.00,   0.00,   0.00], // place
    [  0.01,  -0.16,   0.15], // stopping
    [  0.00,   0.00,   0.00], // infinitive
    [  0.00,   0.00,   0.00], // attach
    [  0.00,   0.00,   0.00], // acts
    [  0.09,   0.15,  -0.24], // Always
    [ -1.07,  -0.96,   2.03], // Good
    [  2.48,  -1.37,  -1.10], // Bad
    [  0.13,   0.16,  -0.29], // Both
    [  0.22,   0.14,  -0.35], // Asked
    [ -0.10,   0.33,  -0.22], // AskedLast
    [  0.20,   0.05,  -0.25], // Opener
    [ -0.17,  -0.15,   0.31], // OpenerBare
    [ -0.20,  -0.35,   0.54], // Exclaimed
    [  0.21,   0.05,  -0.25], // Shouted
    [ -0.88,   1.26,  -0.37], // Titled
    [ -0.40,   0.38,   0.02], // Linked
    [ -0.09,   0.07,   0.02], // Tagged
    [ -0.39,   0.31,   0.08], // Money
    [  0.20,  -0.28,   0.08], // Percent
    [ -0.30,   0.36,  -0.06], // Numbers
    [  0.47,  -0.21,  -0.26], // Length
    [  0.09,  -0.21,   0.12], // Short
    [ -0.05,   0.09,  -0.03], // Quoted
    [  0.43,  -0.01,  -0.42], // Denied
    [  0.00,   0.00,   0.00], // NameFirst
    [  0.00,   0.00,   0.00], // NameOwns
    [  0.00,   0.00,   0.00], // NameLast
    [  0.14,  -0.02,  -0.13], // LowerStart
    [ -0.36,   0.33,   0.03], // Unmarked
    [  0.05,  -0.03,  -0.02], // Either
    [ -0.06,   0.05,   0.02], // Dotted
    [ -0.21,   0.05,   0.16], // Hailed
    [ -0.11,  -0.20,   0.31], // Emoji
    [ -0.47,   0.03,   0.45], // LastWord
    [  0.00,   0.00,   0.00], // Twist
];

/// Intent: complaint, question, praise, promo, other.
#[rustfmt::skip]
pub(super) const INTENT: [[f32; 5]; MEASURES] = [
    [ -0.63,   3.03,  -0.67,  -1.04,  -0.70], // asks
    [ -0.01,   0.63,  -0.32,  -0.34,   0.04], // asker
    [ -0.30,  -0.21,  -0.17,   1.67,  -0.98], // price
    [ -0.45,  -0.40,  -0.94,   2.32,  -0.52], // referral
    [ -0.34,  -0.20,  -0.81,   1.54,  -0.19], // bait
    [ -0.30,  -0.25,  -0.37,   1.84,  -0.92], // hiring
    [ -0.51,   0.03,  -0.15,   0.86,  -0.23], // resale
    [ -0.10,  -0.34,  -0.37,   1.57,  -0.76], // shop
    [ -0.08,  -0.30,  -0.69,  -0.25,   1.32], // news
    [  1.05,   0.00,   0.18,  -0.82,  -0.40], // failure
    [  0.75,   0.43,   0.01,  -0.25,  -0.94], // money
    [  0.65,  -0.30,   0.26,  -0.18,  -0.43], // service
    [  0.50,  -0.17,  -0.28,  -0.09,   0.04], // leaving
    [  0.38,  -0.21,  -0.25,   0.42,  -0.33], // irony
    [ -0.23,  -0.09,   1.02,  -0.35,  -0.35], // commends
    [ -0.16,   0.09,  -0.58,   1.34,  -0.70], // address
    [  0.30,  -0.30,   0.71,  -0.31,  -0.40], // self
    [  0.63,   0.28,   0.09,  -0.45,  -0.55], // report
    [ -0.11,   0.03,  -0.42,   0.35,   0.15], // trade
    [ -0.14,  -0.04,  -0.01,  -0.13,   0.33], // plain
    [ -0.26,   0.17,   0.19,  -0.13,   0.02], // person
    [ -0.27,   0.01,   0.01,   0.15,   0.09], // place
    [  0.41,  -0.52,   0.14,  -0.34,   0.31], // stopping
    [  0.07,  -0.09,   0.09,  -0.31,   0.24], // infinitive
    [ -0.05,   0.04,   0.11,  -0.03,  -0.06], // attach
    [  0.16,  -0.09,   0.06,  -0.30,   0.16], // acts
    [  0.43,  -0.39,  -0.21,  -0.34,   0.51], // Always
    [ -0.58,  -0.26,   0.77,   0.96,  -0.89], // Good
    [ -0.56,  -0.06,   1.10,   0.03,  -0.51], // Bad
    [ -0.15,  -0.06,   0.17,   0.12,  -0.07], // Both
    [ -0.49,   2.16,  -0.74,  -0.31,  -0.62], // Asked
    [  0.39,   1.21,  -0.61,  -0.35,  -0.64], // AskedLast
    [ -0.30,   1.29,  -0.37,  -0.15,  -0.45], // Opener
    [  0.01,   0.64,  -0.36,  -0.06,  -0.23], // OpenerBare
    [ -0.30,  -0.15,  -0.06,   1.13,  -0.63], // Exclaimed
    [  0.09,  -0.21,   0.09,   0.68,  -0.65], // Shouted
    [ -0.91,   0.04,  -0.41,   0.95,   0.34], // Titled
    [ -0.53,  -0.19,  -0.29,   1.36,  -0.35], // Linked
    [  0.30,  -0.01,  -0.15,   0.01,  -0.16], // Tagged
    [  0.18,  -0.77,  -0.22,   1.66,  -0.85], // Money
    [  0.06,  -0.22,  -0.74,   1.07,  -0.17], // Percent
    [  0.08,  -0.31,  -0.17,   1.10,  -0.71], // Numbers
    [  0.12,  -0.58,   0.07,   0.24,   0.15], // Length
    [ -0.08,  -0.02,  -0.01,  -0.56,   0.67], // Short
    [  0.88,  -0.05,  -0.75,  -0.38,   0.30], // Quoted
    [  0.12,  -0.34,   0.75,   0.26,  -0.79], // Denied
    [  0.40,  -0.38,  -0.09,  -0.14,   0.21], // NameFirst
    [  0.01,   0.12,   0.52,  -0.88,   0.24], // NameOwns
    [  0.75,  -0.00,  -0.00,  -0.42,  -0.33], // NameLast
    [  0.25,   0.70,   0.34,  -1.00,  -0.29], // LowerStart
    [ -0.80,   0.33,  -0.42,   0.32,   0.56], // Unmarked
    [ -0.61,   1.94,  -0.71,  -0.03,  -0.59], // Either
    [  0.16,  -0.32,  -0.13,   0.18,   0.12], // Dotted
    [  0.27,   0.03,  -0.00,  -0.13,  -0.16], // Hailed
    [  0.06,  -0.27,   0.21,   1.06,  -1.07], // Emoji
    [ -0.20,  -0.41,   0.99,   0.08,  -0.45], // LastWord
    [ -0.06,  -0.09,   0.02,   0.03,   0.11], // Twist
];

/// What the probabilities of negative and positive add to the intents.
#[rustfmt::skip]
pub(super) const INTENT_BY_SENTIMENT: [[f32; 5]; 2] = [
    [  0.68,  -0.46,   1.24,  -1.27,  -0.19], // negative
    [  0.09,  -0.36,   0.79,  -0.26,  -0.26], // positive
];

/// About us.
#[rustfmt::skip]
pub(super) const ABOUT: [f32; SIGNS] = [
    0.50, // Always
    0.82, // Signed
    1.54, // WholeOfSeveral
    -0.82, // FirstOfSeveral
    -0.46, // OneWord
    0.01, // Lower
    -2.36, // LowerAmidCapitals
    0.80, // CapitalWithin
    1.03, // CapitalFirst
    -0.67, // OtherCase
    0.73, // Owns
    -0.87, // ArticleLower
    0.63, // ArticleCapital
    0.11, // VerbLike
    1.05, // Attached
    0.47, // Acts
    -1.00, // AfterCapital
    -0.46, // BeforeCapital
    -1.20, // AfterPerson
    -1.41, // BeforePlace
    -0.80, // BeforeOf
    -0.68, // BesidePlain
    0.44, // BesideTrade
    -0.76, // Inflected
    0.19, // OrdinaryName
    0.74, // Trade
    -1.03, // Plain
    0.98, // Grievance
    0.13, // Offer
    0.13, // News
    0.63, // Praise
    0.95, // Question
    0.73, // Repeated
    0.44, // Asked
    1.19, // OpensLower
    -0.13, // BeforeMark
];

//! The fit that all corrections share: a bias for each class, by penalised likelihood.
//!
//! The reading is p; with the biases b it is `p'_c = p_c exp(b_c) / sum over k of p_k exp(b_k)`. The biases are the
//! maximum of `sum over notes of sum over c of said_c log q_c - pull / 2 * sum over c of b_c^2`, where q is p' without
//! the classes that the note rules out: what is left of it is scaled to add up to 1.

/// Newton steps; the likelihood is smooth and has few parameters.
const STEPS: usize = 60;

/// What one correction says of classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Note<const N: usize> {
    /// The reading before anything was learned.
    pub(super) read: [f32; N],
    /// What the person says; adds up to 1.
    pub(super) said: [f32; N],
    /// Classes that cannot have been said: the note tells only which of the others it is.
    pub(super) out: [bool; N],
}

/// The biases that these notes teach.
pub(super) fn fit<const N: usize>(notes: &[Note<N>], pull: f32) -> [f32; N] {
    let mut biases = [0.0f32; N];
    // The curvature grows with the number of notes; a damped diagonal Newton step converges in a few dozen.
    for _ in 0..STEPS {
        let mut slope = biases.map(|bias| -pull * bias);
        let mut squares = [pull; N];
        for note in notes {
            let chances = without(moved(note.read, biases), note.out);
            let terms = slope.iter_mut().zip(&mut squares).zip(chances).zip(note.said);
            for (((slope, square), chance), said) in terms {
                *slope += said - chance;
                *square += 2.0 * chance * (1.0 - chance);
            }
        }
        for ((bias, slope), square) in biases.iter_mut().zip(slope).zip(squares) {
            *bias += slope / square;
        }
    }
    biases
}

/// A reading with the biases.
pub(super) fn moved<const N: usize>(read: [f32; N], biases: [f32; N]) -> [f32; N] {
    let top = biases.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut shares = read.map(|share| share.max(1e-6));
    shares.iter_mut().zip(biases).for_each(|(share, bias)| *share *= (bias - top).exp());
    let sum: f32 = shares.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    shares.map(|share| share / sum)
}

/// The chances when some of them are ruled out.
fn without<const N: usize>(mut chances: [f32; N], out: [bool; N]) -> [f32; N] {
    chances.iter_mut().zip(out).filter(|(_, out)| *out).for_each(|(chance, _)| *chance = 0.0);
    let sum: f32 = chances.iter().sum::<f32>().max(1e-9);
    chances.map(|chance| chance / sum)
}

/// How far the shares of the classes among readings are from what was said: the mean distance of the classes, 0 to 1.
pub(super) fn share_error<const N: usize>(pairs: impl Iterator<Item = ([f32; N], [f32; N])>) -> f32 {
    let (mut off, mut count) = ([0.0f32; N], 0u32);
    for (read, said) in pairs {
        count += 1;
        off.iter_mut().zip(read).zip(said).for_each(|((sum, share), said)| *sum += share - said);
    }
    off.iter().map(|sum| sum.abs()).sum::<f32>() / (N as f32 * count.max(1) as f32)
}

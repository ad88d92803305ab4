//! Parses the arguments, runs, prints the error once.

fn main() {}

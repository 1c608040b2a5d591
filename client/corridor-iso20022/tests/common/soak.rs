//! Random inputs for as long as the environment asks, a moment otherwise: what is found can be done again.
//!
//! `CORRIDOR_FUZZ_SECONDS` says how long. `CORRIDOR_FUZZ_SEED` is the number all inputs come from; without it a short run begins
//! with the same one each time, and a long one with the clock. It is printed. An input that makes a reader panic is kept in a file.

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use std::{
    panic::{catch_unwind, resume_unwind, AssertUnwindSafe},
    path::PathBuf,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a whole number")),
    )
}

fn seed(long: bool) -> u64 {
    let clock = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970")
            .as_nanos() as u64
    };
    number("CORRIDOR_FUZZ_SEED").unwrap_or_else(|| if long { clock() } else { 1 })
}

/// The source of all inputs of a seed.
pub fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    TestRunner::new_with_rng(Config::with_cases(1), random)
}

/// Gives inputs to `read`; answers how many. `bytes` are those of an input, to keep one that makes it panic.
pub fn soak<S: Strategy>(
    name: &str,
    input: &S,
    read: impl Fn(&S::Value),
    bytes: impl Fn(&S::Value) -> Vec<u8>,
) -> u64 {
    let seconds = number("CORRIDOR_FUZZ_SECONDS");
    let seed = seed(seconds.is_some());
    println!("{name}: CORRIDOR_FUZZ_SEED={seed}");
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(1));
    let mut runner = runner(seed);
    let mut inputs = 0;
    while Instant::now() < end {
        let value = input.new_tree(&mut runner).expect("generates").current();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| read(&value))) {
            let path = keep(name, seed, inputs, &bytes(&value));
            println!(
                "{name}: input {inputs} of seed {seed} is kept in {}",
                path.display()
            );
            resume_unwind(panic);
        }
        inputs += 1;
    }
    println!("{name}: {inputs} inputs");
    inputs
}

fn keep(name: &str, seed: u64, number: u64, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{seed}-{number}.bin"));
    std::fs::write(&path, bytes).expect("writable");
    path
}

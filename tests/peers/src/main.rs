//! Other people's scanners: `paysera-peers ENGINE` answers the requests of
//! `paysera_peer_protocol` on standard input until it ends.
#![forbid(unsafe_code)]

mod engines;

use std::io::{self, BufReader, BufWriter};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

use cpu_time::ThreadTime;
use paysera_peer_protocol::{Answer, read_request, write_answer};

use engines::Engine;

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    let Some(engine) = Engine::named(&name) else {
        eprintln!("there is no engine `{name}`; there are: {}", Engine::names().join(", "));
        return ExitCode::FAILURE;
    };
    // A panic is counted; its text would only get between the figures.
    std::panic::set_hook(Box::new(|_| {}));
    match serve(engine) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(engine: Engine) -> io::Result<()> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut output = BufWriter::new(io::stdout().lock());
    while let Some(request) = read_request(&mut input)? {
        let (wall, cpu) = (Instant::now(), ThreadTime::now());
        let read = catch_unwind(AssertUnwindSafe(|| engine.read(&request)));
        let (cpu, wall) = (cpu.elapsed(), wall.elapsed());
        let panicked = read.is_err();
        write_answer(&mut output, &Answer { symbols: read.unwrap_or_default(), cpu, wall, panicked })?;
    }
    Ok(())
}

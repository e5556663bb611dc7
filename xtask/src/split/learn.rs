//! Finds out which functions a visit with WebGPU runs, from the page's tests, and writes the rules that keep them.

use std::io::{self, BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::{fs, thread};

use anyhow::{Result, bail};

use super::rules::{REMARKS, is_named, kept, paths};
use super::summary::{Function, summary};
use super::survey::Survey;
use super::watched::{MARKS, watched};
use crate::project::at;
use crate::shell::say;
use crate::{bench, build, setup, test};

const RULES: &str = "xtask/src/split/rules.txt";
const WORKER: &str = "worker.js";

/// The tests of what most visitors do. Who opens a file, or an own network, can wait for the rest.
const VISIT: [&str; 14] = [
    "compare",
    "data-sets",
    "estimate",
    "forward",
    "guidance",
    "objective",
    "opening",
    "points",
    "race",
    "sample",
    "slow-motion",
    "steer",
    "time-machine",
    "train",
];
/// Batches of the size that the page trains with have kernels of their own.
const RUNS: [[&str; 4]; 2] = [
    ["preset=dit", "batch=64", "steps=2", "device=gpu"],
    ["preset=unet", "batch=64", "steps=2", "device=gpu"],
];

/// Which functions ran, in any of the page's workers.
type Ran = Arc<Mutex<Vec<bool>>>;

/// Builds the page with a watched module, runs its tests on WebGPU, and writes the rules.
pub fn run() -> Result<()> {
    setup::everything()?;
    let whole = build::watched(watched)?;
    let survey = Survey::of(&whole)?;
    let count = survey.functions.len() - survey.imported;
    let ran: Ran = Arc::new(Mutex::new(vec![false; count]));
    let worker = at(build::DIST).join(WORKER);
    let program = fs::read_to_string(&worker)?;
    fs::write(&worker, reporting(receive(Arc::clone(&ran))?, count) + &program)?;

    say("Running the page's tests with a watched module");
    test::page_on("webgpu", &VISIT)?;
    for settings in RUNS {
        bench::run_in_software(&settings)?;
    }
    let ran = ran.lock().expect("no receiver panicked").clone();
    let seen = ran.iter().filter(|ran| **ran).count();
    if seen == 0 {
        bail!("no worker told what it ran: the tests found no WebGPU");
    }
    let (paths, kept) = (paths(&survey), kept());
    let functions: Vec<_> = (survey.imported..survey.functions.len())
        .map(|f| Function {
            path: &paths[f],
            size: survey.sizes[f],
            ran: ran[f - survey.imported] || is_named(&kept, &paths[f]),
        })
        .collect();
    let rules = summary(&functions);
    say(format!(
        "{seen} of {count} functions ran; {} rules say which",
        rules.len()
    ));
    fs::write(at(RULES), format!("{REMARKS}{}\n", rules.join("\n")))?;
    build::run()
}

/// Goes before the worker's program: once it runs on WebGPU, it sends its marks all the time: a test may end soon after
/// what it waited for.
fn reporting(to: SocketAddr, count: usize) -> String {
    format!(
        "{{
  let exports;
  const instantiate = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (...all) => {{
    const made = await instantiate.apply(WebAssembly, all);
    exports = made.instance.exports;
    return made;
  }};
  const post = self.postMessage.bind(self);
  const send = () => {{
    const body = new Uint8Array(exports.{MARKS}.buffer, 0, {count}).slice();
    fetch('http://{to}/', {{ method: 'POST', mode: 'no-cors', body }}).catch(() => {{}});
  }};
  self.postMessage = (message, options) => {{
    if (message.type === 'ready' && message.backend === 'gpu') setInterval(send, 100);
    post(message, options);
  }};
}}
"
    )
}

/// Notes what workers send, until the process ends.
fn receive(ran: Ran) -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let ran = Arc::clone(&ran);
            // A worker that ended in between has told the most of it before.
            thread::spawn(move || note(stream, &ran).ok());
        }
    });
    Ok(address)
}

fn note(mut stream: TcpStream, ran: &Ran) -> io::Result<()> {
    let mut request = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    while request.read_line(&mut line)? > 2 {
        line.clear();
    }
    let mut marks = vec![0; ran.lock().map_or(0, |ran| ran.len())];
    request.read_exact(&mut marks)?;
    if let Ok(mut ran) = ran.lock() {
        for (ran, mark) in ran.iter_mut().zip(marks) {
            *ran |= mark == 1;
        }
    }
    io::Write::write_all(
        &mut stream,
        b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n",
    )
}

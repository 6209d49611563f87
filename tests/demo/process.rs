//! Programs that the demo starts and must leave behind none of.
//!
//! Comes in: a program and its arguments. Goes out: a running child that ends with us, whatever ends us. Absent on purpose: what they do.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program has to end by itself before it is ended.
const GRACE: Duration = Duration::from_secs(8);

/// One running program.
pub struct Process {
    /// What it is, for messages.
    pub name: String,
    child: Child,
    log: PathBuf,
}

/// What a program used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// Largest resident memory, KiB.
    pub peak_kib: u64,
    /// CPU time, hundredths of a second.
    pub cpu_ticks: u64,
}

/// The program of this name beside the running one.
pub fn beside(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let path = own.with_file_name(name);
    if !path.exists() {
        bail!("{} is absent: deploy/demo builds it first", path.display());
    }
    Ok(path)
}

/// A command whose process ends when ours does, and which Ctrl-C reaches only through us.
fn bound_to_us(command: &mut Command) -> &mut Command {
    let end_with_parent = || {
        // SAFETY: prctl with PR_SET_PDEATHSIG reads its integer arguments only and is async-signal-safe, as pre_exec demands.
        #[expect(unsafe_code, reason = "no safe wrapper of prctl among our libraries; nothing may be left running when the demo is killed")]
        let result = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
    };
    // SAFETY: the closure allocates nothing and takes no lock.
    #[expect(unsafe_code, reason = "Command::pre_exec is unsafe by its contract")]
    unsafe {
        command.process_group(0).pre_exec(end_with_parent)
    }
}

/// Runs a program to its end and returns what it printed.
pub fn finish(program: &Path, arguments: &[&str]) -> Result<String> {
    finish_with(program, arguments, "")
}

/// The same for a program that reads a line.
pub fn finish_with(program: &Path, arguments: &[&str], line: &str) -> Result<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = bound_to_us(&mut command).spawn().with_context(|| format!("starting {}", program.display()))?;
    if let Some(mut input) = child.stdin.take() {
        // A program that reads nothing may have closed its end already.
        let _ = writeln!(input, "{line}");
    }
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("{} {} ended with {}:\n{said}{}", program.display(), arguments.join(" "), output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(said)
}

impl Process {
    /// Starts a program; what it says goes to `log`.
    pub fn start(name: &str, program: &Path, arguments: &[&str], log: &Path) -> Result<Process> {
        let file = File::create(log)?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = bound_to_us(&mut command).spawn().with_context(|| format!("starting {name}"))?;
        Ok(Process { name: name.to_owned(), child, log: log.to_owned() })
    }

    /// Fails, with the end of its log, if it has ended.
    pub fn check(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended with {status}; the end of {}:\n{}", self.name, self.log.display(), self.last_words()),
        }
    }

    /// The end of its log.
    pub fn last_words(&self) -> String {
        const LINES: usize = 15;
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }

    /// What it has used so far; nothing once it has ended.
    pub fn usage(&self) -> Usage {
        let read = |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap_or_default();
        let status = read("status");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        // proc_pid_stat(5): fields 14 and 15 (utime, stime); the name in brackets may hold spaces, so count after it.
        let stat = read("stat");
        let ticks = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().skip(11).take(2).filter_map(|text| text.parse::<u64>().ok()).sum());
        Usage { peak_kib: peak.unwrap_or(0), cpu_ticks: ticks.unwrap_or(0) }
    }

    /// Stops its clock, or lets it go on: as a server without power, that comes back.
    pub fn hold(&self, held: bool) {
        self.signal(if held { libc::SIGSTOP } else { libc::SIGCONT });
    }

    fn signal(&self, signal: libc::c_int) {
        let Ok(id) = libc::pid_t::try_from(self.child.id()) else { return };
        // SAFETY: kill takes two integers; the child has not been waited for, so its number is still its own.
        #[expect(unsafe_code, reason = "std can only send SIGKILL; a program that is to end well needs SIGTERM")]
        unsafe {
            libc::kill(id, signal);
        }
    }
}

/// Ends programs: all are asked at once, then each is waited for, then what is left is ended.
pub fn stop(processes: &mut [Process]) {
    let running = |process: &mut Process| matches!(process.child.try_wait(), Ok(None));
    processes.iter_mut().filter_map(|process| running(process).then_some(process)).for_each(|process| process.signal(libc::SIGTERM));
    let until = Instant::now() + GRACE;
    while Instant::now() < until && processes.iter_mut().any(running) {
        std::thread::sleep(Duration::from_millis(50));
    }
    for process in processes.iter_mut().filter_map(|process| running(process).then_some(process)) {
        eprintln!("{} did not end within {} s and is ended", process.name, GRACE.as_secs());
        // It may have ended in this very moment: then there is nothing to end.
        let _ = process.child.kill();
        let _ = process.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        stop(std::slice::from_mut(self));
    }
}

//! What the agent costs as the daemon that it is at a school: memory and CPU between its rounds, CPU of each round.
//!
//! Comes in: a namespace, the settings of an enrolled agent. Goes out: a [`Round`] at a time, and the [`Idle`] stretch after it. CPU time is the
//! process's own clock (clock_getcpuclockid(3), nanoseconds; ticks of 10 ms would hide an idle program), memory is what the kernel counts
//! (proc(5): smaps_rollup). Absent on purpose: judgement.

use super::cost::{binary, packets};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Time between two rounds of a measured daemon, seconds: a minute of rest and time for a round.
const ROUND_S: u32 = 75;
/// A round that was told is sent, and all that follows it is done, after this.
const AFTERWARDS: Duration = Duration::from_secs(4);
/// How long rest is measured.
const REST: Duration = Duration::from_secs(60);
/// A round that takes longer than this never comes.
const AT_MOST: Duration = Duration::from_secs(150);

/// A daemon at work; it ends with this value.
pub struct Daemon {
    child: Child,
    namespace: String,
    log: std::path::PathBuf,
    /// CPU time and packets when the last stretch ended.
    mark: (f64, u64),
    rounds: usize,
}

/// What one round cost, until its report was sent.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// User and system time, seconds.
    pub cpu_s: f64,
    /// Packets that the namespace's interfaces sent meanwhile.
    pub sent_packets: u64,
    /// Highest resident set since the start, KiB.
    pub peak_rss_kib: u64,
}

/// The stretch between two rounds.
#[derive(Debug, Clone, Copy)]
pub struct Idle {
    /// Part of a core that was used, per cent.
    pub cpu_percent: f64,
    /// Resident set, KiB.
    pub rss_kib: u64,
    /// Of it what is the program's own: not pages of its file, which the kernel may drop and read again.
    pub own_kib: u64,
    /// Threads.
    pub threads: usize,
    /// Times that its threads were woken, a second.
    pub wakes_per_s: f64,
}

impl Daemon {
    /// Starts `rollcall-agent run` with these settings, but for the time between rounds and with every ear open.
    pub fn start(namespace: &str, settings: &Path) -> Daemon {
        let own = settings.with_file_name("daemon.toml");
        let text = std::fs::read_to_string(settings).unwrap();
        let text: String = text.lines().filter(|line| !line.starts_with("round_s")).map(|line| format!("{line}\n")).collect();
        let listen = "[listen]\ndhcp = [\"eth0\"]\ntraps = \"eth0\"\n";
        std::fs::write(&own, format!("round_s = {ROUND_S}\n{text}{listen}")).unwrap();
        let log = settings.with_file_name("daemon.log");
        let mut command = Command::new("ip");
        command.args(["netns", "exec", namespace]).arg(binary("rollcall-agent")).args(["run", "--config"]).arg(&own);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(std::fs::File::create(&log).unwrap()).spawn().unwrap();
        Daemon { child, namespace: namespace.to_owned(), log, mark: (0.0, packets(namespace).0), rounds: 0 }
    }

    /// Waits for the next round's end and what follows it.
    pub fn round(&mut self) -> Round {
        let began = Instant::now();
        while self.told() <= self.rounds {
            let log = || std::fs::read_to_string(&self.log).unwrap_or_default();
            assert!(self.child.try_wait().unwrap().is_none(), "the daemon ended: {}", log());
            assert!(began.elapsed() < AT_MOST, "no round within {AT_MOST:?}: {}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
        self.rounds += 1;
        std::thread::sleep(AFTERWARDS);
        let (cpu_s, sent_packets) = self.since_mark();
        Round { cpu_s, sent_packets, peak_rss_kib: self.field("status", "VmHWM:") }
    }

    /// Rest after a round, for a minute.
    pub fn idle(&mut self) -> Idle {
        self.since_mark();
        let (began, woken) = (Instant::now(), self.wakes());
        std::thread::sleep(REST);
        let (cpu_s, _) = self.since_mark();
        let seconds = began.elapsed().as_secs_f64();
        assert_eq!(self.told(), self.rounds, "a round began within the rest");
        Idle {
            cpu_percent: cpu_s / seconds * 100.0,
            rss_kib: self.field("smaps_rollup", "Rss:"),
            own_kib: self.field("smaps_rollup", "Private_Dirty:"),
            threads: std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap().count(),
            wakes_per_s: (self.wakes() - woken) as f64 / seconds,
        }
    }

    /// Rounds of which the log tells.
    fn told(&self) -> usize {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().filter(|line| line.contains(" round number=")).count()
    }

    fn since_mark(&mut self) -> (f64, u64) {
        let now = (cpu_s(self.child.id()), packets(&self.namespace).0);
        let before = std::mem::replace(&mut self.mark, now);
        (now.0 - before.0, now.1 - before.1)
    }

    /// A number of one of the process's files.
    fn field(&self, file: &str, name: &str) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name} in {file}"));
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Times that its threads gave up the processor to wait for something.
    fn wakes(&self) -> u64 {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap().flatten();
        let statuses = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("status")).ok());
        let count = |status: String| status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")?.trim().parse::<u64>().ok());
        statuses.filter_map(count).sum()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let began = Instant::now();
        while asked.is_ok() && began.elapsed() < Duration::from_secs(10) {
            if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time of a process so far, threads that ended included.
#[expect(unsafe_code, reason = "clock_getcpuclockid(3) has no safe form in the libraries at hand; it only reads")]
fn cpu_s(pid: u32) -> f64 {
    let mut clock: libc::clockid_t = 0;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let read = unsafe { libc::clock_getcpuclockid(pid.cast_signed(), &mut clock) == 0 && libc::clock_gettime(clock, &mut time) == 0 };
    assert!(read, "the CPU clock of process {pid}");
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

//! What a program costs: time, CPU, memory, and packets on the wire of the namespace in which it runs.
//!
//! Comes in: a command and a namespace. Goes out: a [`Cost`]: CPU time exact (wait4(2) tells what the kernel counted of the process and
//! its children), memory as it was seen last (the kernel's own ru_maxrss counts the program that started it as well). Absent on purpose: what
//! the program found.

use std::fs::File;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A program that takes longer than this has hung and is ended.
pub const AT_MOST: Duration = Duration::from_secs(300);

/// What a program cost, and what it said.
#[derive(Debug)]
pub struct Cost {
    /// Seconds until it ended.
    pub wall_s: f64,
    /// User and system time of it and its children, seconds.
    pub cpu_s: f64,
    /// Its highest resident set, KiB.
    pub peak_rss_kib: u64,
    /// Packets that the namespace's interfaces sent meanwhile (loopback apart).
    pub sent_packets: u64,
    /// Packets that they received.
    pub received_packets: u64,
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: String,
}

/// A program of this project, of the build that the caller belongs to; `ROLLCALL_AGENT` names another agent (a release build, to measure it).
pub fn binary(name: &str) -> PathBuf {
    if let Some(path) = std::env::var_os("ROLLCALL_AGENT").filter(|_| name == "rollcall-agent") {
        return path.into();
    }
    let own = std::env::current_exe().unwrap();
    let near = own.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|path| path.exists());
    near.unwrap_or_else(|| panic!("{name} is not built beside {}: cargo build --bins", own.display()))
}

/// Runs a program to its end inside a namespace.
pub fn run(namespace: &str, program: &mut Command) -> Cost {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", namespace]).arg(program.get_program()).args(program.get_args());
    let (mut out, mut err) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    command.stdin(Stdio::null()).stdout(copy(&out)).stderr(copy(&err));
    let (sent, received) = packets(namespace);
    let began = Instant::now();
    #[expect(clippy::zombie_processes, reason = "`wait` waits for it, with wait4(2)")]
    let child = command.spawn().unwrap();
    let (status, usage, peak_rss_kib) = wait(child.id(), began);
    let wall_s = began.elapsed().as_secs_f64();
    let (sent_after, received_after) = packets(namespace);
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Cost {
        wall_s,
        cpu_s: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        peak_rss_kib,
        sent_packets: sent_after - sent,
        received_packets: received_after - received,
        status,
        stdout: all(&mut out),
        stderr: String::from_utf8_lossy(&all(&mut err)).into_owned(),
    }
}

fn copy(file: &File) -> Stdio {
    file.try_clone().unwrap().into()
}

fn all(file: &mut File) -> Vec<u8> {
    use std::io::Seek;
    let mut text = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut text).unwrap();
    text
}

#[expect(unsafe_code, reason = "wait4(2) and kill(2) have no safe form that tells the resources used; both concern a child of ours alone")]
fn wait(pid: u32, began: Instant) -> (ExitStatus, libc::rusage, u64) {
    let pid = pid.cast_signed();
    let (mut status, mut peak_kib) = (0, 0);
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    loop {
        match unsafe { libc::wait4(pid, &mut status, libc::WNOHANG, &mut usage) } {
            0 if began.elapsed() > AT_MOST => {
                unsafe { libc::kill(pid, libc::SIGKILL) };
            }
            0 => {}
            ended => {
                assert_eq!(ended, pid, "waiting for a child: {}", std::io::Error::last_os_error());
                return (ExitStatus::from_raw(status), usage, peak_kib);
            }
        }
        peak_kib = peak_kib.max(resident(pid).unwrap_or(0));
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// Highest resident set of a process so far (proc(5): VmHWM), KiB, once it is no longer `ip` on its way into the namespace.
fn resident(pid: i32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let name = status.lines().next()?.strip_prefix("Name:")?.trim();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB");
    peak.trim().parse().ok().filter(|_| name != "ip")
}

/// Packets sent and received by the namespace's interfaces, loopback apart.
pub fn packets(namespace: &str) -> (u64, u64) {
    let sum = |which: &str| -> u64 {
        let script = format!("for i in /sys/class/net/*; do case $i in */lo) ;; *) cat $i/statistics/{which}_packets;; esac; done");
        let output = Command::new("ip").args(["netns", "exec", namespace, "sh", "-c", &script]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| line.trim().parse::<u64>().ok()).sum()
    };
    (sum("tx"), sum("rx"))
}

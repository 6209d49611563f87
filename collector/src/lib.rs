//! The collector: understands reports, lays the live fleet beside the plan, shows people what is amiss.
//!
//! The tour: [`domain`] is the calm core, where all judgement lives; everything else is a thin shell around it that loads,
//! asks the core, and saves. Comes in: reports, plans, people's clicks. Goes out: pages, JSON, messages. Absent on purpose:
//! any look at a school network; agents look.

/// What settling and pages ask for is small and short-lived: this gives it out in a fifth less of all CPU than the C library's (`bench-settle`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod act;
pub mod backup;
pub mod calendar_file;
pub mod calendars;
pub mod cli_agent;
pub mod cli_calendar;
pub mod cli_identify;
pub mod cli_list;
pub mod cli_mail;
pub mod cli_plan;
pub mod cli_serve;
pub mod cli_store;
pub mod cli_user;
pub mod config;
pub mod decide;
pub mod domain;
pub mod edit;
pub mod hook;
pub mod import;
pub mod ingest;
pub mod list_in;
pub mod mail;
pub mod notices;
pub mod notify;
pub mod photo;
pub mod placing;
pub mod plan_folder;
pub mod portion;
pub mod seal;
pub mod settle;
pub mod stocktake;
pub mod store;
pub mod visit;
pub mod watch;
pub mod web;
pub mod workbook;

/// Memory comes in pages of 4 KiB from now on. The allocator asks for those of 2 MiB, which the kernel clears whole when they are first touched: wherever
/// some had been given back, one page in a hundred waited 6 ms for it, and a fifth more memory was held (PR_SET_THP_DISABLE of prctl(2)).
pub fn small_pages() {
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::warn!(%error, "huge pages of memory stay in use");
    }
}

/// Lets other threads go before this one: 0 to 19 of setpriority(2); on Linux each thread has a niceness of its own (sched(7)).
pub(crate) fn step_back(steps: i32) {
    if let Err(error) = rustix::process::setpriority_process(None, steps) {
        tracing::warn!(%error, "a thread that should step back does not");
    }
}

#[cfg(test)]
mod tests {
    /// One page in a hundred waited for memory that the kernel cleared, 2 MiB each time.
    #[test]
    fn memory_comes_in_small_pages() {
        super::small_pages();
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        // Kernels before 5.0 do not tell.
        let told = status.lines().find_map(|line| line.strip_prefix("THP_enabled:")).map_or("0", str::trim);
        assert_eq!(told, "0");
    }
}

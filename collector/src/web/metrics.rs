//! Figures for a monitoring system: what this process counted, and how the town stands at the moment of the question.
//!
//! Comes in: increments from handlers, [`Standing`] read at each scrape. Goes out: `/metrics`, as OpenMetrics text or in the older text form of
//! Prometheus, whichever is asked for. Absent on purpose: labels that grow without a bound (an agent, a device); of schools only so many as the
//! settings allow.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Upper bounds of the histograms, in seconds.
const BUCKETS_S: [f64; 9] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// One label: the outcome of something.
#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct Outcome {
    /// `applied`, `repeated`, `full_wanted`, `refused`, `bad`…
    pub outcome: &'static str,
}

/// Labels of a request.
#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct Route {
    /// The route's pattern, never the path.
    pub route: String,
    /// Status class: 2, 3, 4, 5.
    pub class: u16,
}

/// How grave.
#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Grave {
    severity: &'static str,
}

/// How schools stand.
#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct State {
    state: String,
}

/// One school.
#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct School {
    school: String,
}

/// What runs.
#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

/// How the town stands at the moment of the question.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Sums of the programme.
    pub total: crate::store::view::school::Counts,
    /// Schools by how they stand.
    pub schools: Vec<(String, i64)>,
    /// Agents that are welcome, and those of them that reported in time.
    pub agents: (i64, i64),
    /// Schools that wait to be settled.
    pub due: i64,
    /// Messages that wait to be sent, and seconds since the oldest was queued.
    pub outbox: (i64, i64),
    /// Schools with most open faults.
    pub worst: Vec<crate::store::view::school::Worst>,
    /// Jobs that wait for the writer.
    pub queued: i64,
    /// Open pages that listen for changes.
    pub listeners: i64,
    /// Size of the file system that holds the folder, and what of it is free for us; `None`: it does not say.
    pub disk: Option<(u64, u64)>,
}

/// What this process counts, and its registry.
pub struct Metrics {
    registry: Registry,
    /// Reports by outcome.
    pub reports: Family<Outcome, Counter>,
    /// Requests of agents whose signature was refused.
    pub refused_signatures: Counter,
    /// Sign-ins by outcome.
    pub sign_ins: Family<Outcome, Counter>,
    /// Schools settled.
    pub settled: Counter,
    /// How long settling one school took.
    pub settle_s: Histogram,
    /// How long requests took.
    pub request_s: Family<Route, Histogram>,
    /// How long writes took, from asking until the commit.
    pub write_s: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("rollcall");
        let request_s: Family<Route, Histogram> = Family::new_with_constructor(|| Histogram::new(BUCKETS_S));
        let metrics = Metrics {
            reports: Family::default(),
            refused_signatures: Counter::default(),
            sign_ins: Family::default(),
            settled: Counter::default(),
            settle_s: Histogram::new(BUCKETS_S),
            request_s,
            write_s: Histogram::new(BUCKETS_S),
            registry: Registry::default(),
        };
        registry.register("reports", "Reports of agents, by outcome", metrics.reports.clone());
        registry.register("refused_signatures", "Requests of agents with a wrong signature", metrics.refused_signatures.clone());
        registry.register("sign_ins", "Sign-ins of people, by outcome", metrics.sign_ins.clone());
        registry.register("settled", "Schools settled", metrics.settled.clone());
        registry.register_with_unit("settle", "Time to settle one school", Unit::Seconds, metrics.settle_s.clone());
        registry.register_with_unit("request", "Time to answer, by route and status class", Unit::Seconds, metrics.request_s.clone());
        registry.register_with_unit(
            "write",
            "Time of a write of people and programs, from asking until the commit",
            Unit::Seconds,
            metrics.write_s.clone(),
        );
        // From the first scrape on, a rule finds the series that it asks for.
        for outcome in ["accepted", "duplicate", "full_please", "restart", "refused", "bad"] {
            drop(metrics.reports.get_or_create(&Outcome { outcome }));
        }
        for outcome in ["opened", "refused", "throttled"] {
            drop(metrics.sign_ins.get_or_create(&Outcome { outcome }));
        }
        Metrics { registry, ..metrics }
    }
}

/// Form of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// OpenMetrics 1.0.
    Open,
    /// The text form of Prometheus, 0.0.4.
    Plain,
}

impl Form {
    /// What somebody asks for. Prometheus names OpenMetrics first; a person's `curl` names nothing.
    pub fn of(accept: &str) -> Form {
        if accept.contains("application/openmetrics-text") { Form::Open } else { Form::Plain }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Form::Open => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Form::Plain => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

impl Metrics {
    /// Counts one report's outcome.
    pub fn report(&self, outcome: &'static str) {
        self.reports.get_or_create(&Outcome { outcome }).inc();
    }

    /// The text.
    pub fn text(&self, standing: &Standing, form: Form) -> String {
        let mut text = String::new();
        // Writing into a string does not fail; if a metric could not be told, the text simply ends there.
        let _ = prometheus_client::encoding::text::encode_registry(&mut text, &self.registry);
        let _ = prometheus_client::encoding::text::encode_registry(&mut text, &registry_of(standing));
        match form {
            Form::Open => text + "# EOF\n",
            Form::Plain => plain(&text),
        }
    }
}

fn registry_of(standing: &Standing) -> Registry {
    let mut registry = Registry::with_prefix("rollcall");
    let mut gauge = |name: &str, help: &str, value: i64| {
        let gauge: Gauge = Gauge::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    };
    let total = &standing.total;
    gauge("agents", "Agents that are welcome", standing.agents.0);
    gauge("agents_reporting", "Agents that reported in time", standing.agents.1);
    gauge("due_schools", "Schools that wait to be settled", standing.due);
    gauge("places", "Places that the plan unfolds into", total.planned);
    gauge("places_due", "Places that are due by now", total.due);
    gauge("places_installed", "Places that are filled", total.installed);
    gauge("places_missing", "Places that are due and empty", total.missing);
    gauge("devices", "Devices known", total.devices);
    gauge("devices_present", "Devices present", total.present);
    gauge("newest_report_timestamp_seconds", "End of the newest round told; 0: none yet", total.newest_at.0);
    gauge("outbox_messages", "Messages that wait to be sent", standing.outbox.0);
    gauge("outbox_oldest_age_seconds", "How long the oldest message waits", standing.outbox.1);
    gauge("writer_queue", "Jobs that wait for the database writer", standing.queued);
    gauge("listeners", "Open pages that listen for changes", standing.listeners);
    if let Some((size, free)) = standing.disk {
        gauge("folder_size_bytes", "File system of the collector's folder", i64::try_from(size).unwrap_or(i64::MAX));
        gauge("folder_available_bytes", "What of it is free for the collector", i64::try_from(free).unwrap_or(i64::MAX));
    }
    let faults: Family<Grave, Gauge> = Family::default();
    for (severity, count) in [("critical", total.critical), ("major", total.major), ("minor", total.minor)] {
        faults.get_or_create(&Grave { severity }).set(count);
    }
    registry.register("open_faults", "Faults open, by how grave", faults);
    let schools: Family<State, Gauge> = Family::default();
    for (state, count) in &standing.schools {
        schools.get_or_create(&State { state: state.clone() }).set(*count);
    }
    registry.register("schools", "Schools of the plan, by how they stand", schools);
    let build: Family<Build, Gauge> = Family::default();
    build.get_or_create(&Build { version: env!("CARGO_PKG_VERSION") }).set(1);
    registry.register("build_info", "What runs here", build);
    let (open, present, newest) = (Family::<School, Gauge>::default(), Family::<School, Gauge>::default(), Family::<School, Gauge>::default());
    for row in &standing.worst {
        let school = School { school: row.code.clone() };
        open.get_or_create(&school).set(row.faults);
        present.get_or_create(&school).set(row.present);
        newest.get_or_create(&school).set(row.newest_at.0);
    }
    registry.register("school_open_faults", "Faults open at a school: those with most", open);
    registry.register("school_devices_present", "Devices present at these schools", present);
    registry.register("school_newest_report_timestamp_seconds", "End of the newest round told of these schools; 0: none yet", newest);
    registry
}

/// OpenMetrics text in the older form: a counter's help and type stand under its whole name, units are told by names alone.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let lines: Vec<&str> = text.lines().collect();
    let counters: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter")).collect();
    for line in lines.iter().filter(|line| !line.starts_with("# UNIT ")) {
        let renamed = ["# HELP ", "# TYPE "].iter().find_map(|start| {
            let (name, rest) = line.strip_prefix(start)?.split_once(' ')?;
            counters.contains(&name).then(|| format!("{start}{name}_total {rest}"))
        });
        out.push_str(renamed.as_deref().unwrap_or(line));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::view::school::{Counts, Worst};
    use rollcall_shared::Timestamp;

    fn told(form: Form) -> String {
        let metrics = Metrics::default();
        metrics.report("accepted");
        let total = Counts { major: 3, ..Counts::default() };
        let worst = vec![Worst { code: "camus".to_owned(), faults: 3, present: 7, newest_at: Timestamp(9) }];
        metrics.text(&Standing { total, worst, disk: Some((10, 4)), ..Standing::default() }, form)
    }

    #[test]
    fn what_was_counted_and_what_stands_is_told() {
        let text = told(Form::Open);
        for line in [
            "# TYPE rollcall_reports counter",
            "rollcall_reports_total{outcome=\"accepted\"} 1",
            "rollcall_open_faults{severity=\"major\"} 3",
            "rollcall_school_open_faults{school=\"camus\"} 3",
            "rollcall_folder_available_bytes 4",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        assert!(text.ends_with("# EOF\n") && text.matches("# EOF").count() == 1, "{text}");
    }

    #[test]
    fn the_older_form_names_counters_whole() {
        let text = told(Form::Plain);
        assert!(text.contains("# TYPE rollcall_reports_total counter\nrollcall_reports_total{outcome=") && !text.contains("# UNIT"), "{text}");
        assert!(!text.contains("# EOF") && text.contains("# TYPE rollcall_settle_seconds histogram"), "{text}");
    }
}

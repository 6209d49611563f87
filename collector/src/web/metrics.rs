//! Figures for a monitoring system, in the OpenMetrics text form.
//!
//! Comes in: increments from handlers, gauges read at each scrape. Goes out: `/metrics`. Absent on purpose: any label that
//! grows with the town (a school, an agent): figures of those stand in the database and on pages.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Upper bounds of the request histogram, in seconds.
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

/// All figures and their registry.
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
    /// Jobs that wait for the writer.
    pub writer_queue: Gauge,
    /// Faults open.
    pub open_faults: Gauge,
    /// Schools that wait to be settled.
    pub due_schools: Gauge,
    /// Pages that listen for changes.
    pub listeners: Gauge,
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
            writer_queue: Gauge::default(),
            open_faults: Gauge::default(),
            due_schools: Gauge::default(),
            listeners: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("reports", "Reports of agents, by outcome", metrics.reports.clone());
        registry.register("refused_signatures", "Requests of agents with a wrong signature", metrics.refused_signatures.clone());
        registry.register("sign_ins", "Sign-ins of people, by outcome", metrics.sign_ins.clone());
        registry.register("settled", "Schools settled", metrics.settled.clone());
        registry.register_with_unit("settle", "Time to settle one school", Unit::Seconds, metrics.settle_s.clone());
        registry.register_with_unit("request", "Time to answer, by route and status class", Unit::Seconds, metrics.request_s.clone());
        registry.register("writer_queue", "Jobs that wait for the database writer", metrics.writer_queue.clone());
        registry.register("open_faults", "Faults open", metrics.open_faults.clone());
        registry.register("due_schools", "Schools that wait to be settled", metrics.due_schools.clone());
        registry.register("listeners", "Open pages that listen for changes", metrics.listeners.clone());
        Metrics { registry, ..metrics }
    }
}

impl Metrics {
    /// Counts one report's outcome.
    pub fn report(&self, outcome: &'static str) {
        self.reports.get_or_create(&Outcome { outcome }).inc();
    }

    /// The OpenMetrics text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail; if a metric could not be told, the text simply ends there.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Metrics::default();
        metrics.report("applied");
        metrics.open_faults.set(3);
        let text = metrics.text();
        assert!(text.contains("rollcall_reports_total{outcome=\"applied\"} 1"), "{text}");
        assert!(text.contains("rollcall_open_faults 3") && text.ends_with("# EOF\n"), "{text}");
    }
}

//! Arguments, signals, exit codes of `rollcall-agent`.

fn main() {}

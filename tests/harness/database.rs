//! Databases for tests: a SQLite file in a temporary folder, and a PostgreSQL cluster of our own.
//!
//! Comes in: nothing. Goes out: locations for `Db::open`, one fresh database each. The cluster is made once a test process,
//! in a temporary folder, with a Unix socket and no network port; it ends with the process. Absent on purpose: any cluster of the machine.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// One fresh, empty database.
pub struct Database {
    /// What `Db::open` takes.
    pub location: String,
    /// `sqlite` or `postgres`, for messages.
    pub engine: &'static str,
    _folder: Option<tempfile::TempDir>,
}

/// A fresh SQLite database.
pub fn sqlite() -> Database {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let location = folder.path().join("rollcall.sqlite").display().to_string();
    Database { location, engine: "sqlite", _folder: Some(folder) }
}

/// A fresh PostgreSQL database, or why there is none. With `ROLLCALL_REQUIRE_POSTGRES` set, none is a failure.
pub fn postgres() -> Option<Database> {
    static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let cluster = match CLUSTER.get_or_init(start_cluster) {
        Ok(cluster) => cluster,
        Err(why) if std::env::var_os("ROLLCALL_REQUIRE_POSTGRES").is_some() => panic!("PostgreSQL is required here: {why}"),
        Err(why) => {
            eprintln!("skipped on PostgreSQL: {why}");
            return None;
        }
    };
    let name = format!("test{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let mut client = postgres::Client::connect(&cluster.location("postgres"), postgres::NoTls).expect("the cluster answers");
    client.batch_execute(&format!("create database {name}")).expect("a new database");
    Some(Database { location: cluster.location(&name), engine: "postgres", _folder: None })
}

/// Both engines; PostgreSQL only where it is installed.
pub fn both() -> impl Iterator<Item = Database> {
    std::iter::once(sqlite()).chain(postgres())
}

struct Cluster {
    socket: PathBuf,
    /// While this pipe is open the cluster lives; it closes with this process, however that ends.
    _life: ChildStdin,
}

impl Cluster {
    fn location(&self, database: &str) -> String {
        location(&self.socket, database)
    }
}

fn location(socket: &Path, database: &str) -> String {
    format!("postgres://rollcall@{}/{database}", socket.display().to_string().replace('/', "%2F"))
}

fn start_cluster() -> Result<Cluster, String> {
    let programs = programs().ok_or("no initdb under /usr/lib/postgresql (apt-get install postgresql)")?;
    let folder = tempfile::Builder::new().prefix("rollcall-pg-").tempdir().map_err(|error| error.to_string())?.keep();
    let owner = owner()?;
    if let Some((user, group)) = owner {
        std::os::unix::fs::chown(&folder, Some(user), Some(group)).map_err(|error| error.to_string())?;
    }
    let data = folder.join("data");
    let arguments = ["-U", "rollcall", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"];
    let made = command(&programs.join("initdb"), owner).args(arguments).arg(&data).output().map_err(|error| error.to_string())?;
    if !made.status.success() {
        return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)));
    }
    // Durability is off: what is tested is our own text, not the engine's disk.
    let serve = "
        \"$1\" -D \"$2\" -k \"$3\" -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200 >\"$3/log\" 2>&1 &
        cat >/dev/null
        kill -INT $!; wait $!; rm -rf \"$3\"";
    let mut shell = command(Path::new("/bin/sh"), owner);
    shell.args(["-c", serve, "sh"]).arg(programs.join("postgres")).arg(&data).arg(&folder);
    let mut child = shell.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().map_err(|error| error.to_string())?;
    let life = child.stdin.take().ok_or("no pipe")?;
    let cluster = Cluster { socket: folder, _life: life };
    for _ in 0..300 {
        if postgres::Client::connect(&cluster.location("postgres"), postgres::NoTls).is_ok() {
            return Ok(cluster);
        }
        std::thread::sleep(Duration::from_millis(100)); // a foreign program starts: there is nothing but its answer to wait for
    }
    Err(format!("PostgreSQL did not answer: {}", std::fs::read_to_string(cluster.socket.join("log")).unwrap_or_default()))
}

fn command(program: &Path, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").env("LC_ALL", "C.UTF-8");
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}

/// The newest PostgreSQL of the machine.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
    found.retain(|folder| folder.join("initdb").exists());
    found.sort();
    found.pop()
}

/// PostgreSQL refuses to run as root: then it runs as `postgres`, else `nobody`.
fn owner() -> Result<Option<(u32, u32)>, String> {
    let me = std::fs::metadata("/proc/self").map_err(|error| error.to_string())?.uid();
    if me != 0 {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").map_err(|error| error.to_string())?;
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    ids("postgres").or_else(|| ids("nobody")).map(Some).ok_or_else(|| "no user to run PostgreSQL as".to_owned())
}

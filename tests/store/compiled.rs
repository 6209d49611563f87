//! What SQLite was compiled with.

use super::*;

/// People's pages waited for threads that had stepped back: all page caches of the process had one lock, and so had the count of memory in use.
#[test]
fn connections_of_one_process_share_no_lock_of_their_page_caches() {
    let database = database::sqlite();
    let db = Db::open(&database.location, NOW).unwrap();
    let options: Vec<String> = read(&db, |tx| tx.query("pragma compile_options", &[])?.into_iter().map(|mut row| row.take()).collect());
    assert!(options.iter().any(|option| option == "DEFAULT_MEMSTATUS=0"), "{options:?}");
    assert!(!options.iter().any(|option| option == "ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
}

use super::*;
use crate::store::{Code, User};
use std::collections::BTreeMap;
use std::path::PathBuf;

struct File(PathBuf);

impl File {
    fn new() -> Self {
        let name = format!("lifeguard-store-{}.sqlite", crate::random::uuid().unwrap());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

fn code(purpose: &str, expires: i64) -> Code {
    Code {
        pool_id: "p".to_owned(),
        username: "u".to_owned(),
        purpose: purpose.to_owned(),
        code: "1".to_owned(),
        attribute: String::new(),
        destination: String::new(),
        expires,
        wrong_tries: 0,
    }
}

fn rows(store: &Store) -> i64 {
    store.db.query_row("select count(*) from documents", [], |row| row.get(0)).unwrap()
}

#[test]
fn what_has_ended_is_not_found_and_then_deleted() {
    let store = Store::open(None).unwrap();
    let now = store.clock().now_ms();
    store.put(&code("old", now - 1)).unwrap();
    store.put(&code("new", now + 60_000)).unwrap();

    assert!(store.find::<Code>("p", "u", "old").unwrap().is_none());
    assert!(store.find::<Code>("p", "u", "new").unwrap().is_some());
    assert_eq!(store.owned::<Code>("p", "u").unwrap().len(), 1);
    assert_eq!(store.all::<Code>("p").unwrap().len(), 1);
    assert_eq!(store.everything::<Code>().unwrap().len(), 1);
    assert!(store.find_by_key::<Code>("old").unwrap().is_none());
    assert_eq!(rows(&store), 2);
    assert!(!store.forget(now).unwrap());
    assert_eq!(rows(&store), 1);
    store.clock().set_offset(61);
    assert!(store.find::<Code>("p", "u", "new").unwrap().is_none());
}

#[test]
fn what_is_not_committed_was_never_written() {
    let store = Store::open(None).unwrap();
    let far = i64::MAX;

    drop(store.begin().map(|_guard| store.put(&code("dropped", far))));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _guard = store.begin().unwrap();
        let _: Result<(), _> = store.atomically(|| {
            store.put(&code("panicked", far)).unwrap();
            panic!("in the middle of the work");
        });
    }));
    assert!(panicked.is_err());
    let outer = store.begin().unwrap();
    let inner = store.begin().unwrap();
    store.put(&code("kept", far)).unwrap();
    drop(inner);
    outer.commit().unwrap();

    assert_eq!(rows(&store), 1);
    assert!(store.db.is_autocommit());
}

/// As on a full disk: SQLite leaves the transaction open then.
#[test]
fn what_cannot_be_committed_is_rolled_back_and_swallows_nothing_later() {
    let file = File::new();
    let store = Store::open(Some(&file.0)).unwrap();
    store
        .db
        .execute_batch(
            "pragma foreign_keys = on; create table parents (id primary key);
             create table children (parent references parents (id) deferrable initially deferred);",
        )
        .unwrap();
    let far = i64::MAX;

    let failing = store.begin().unwrap();
    store.put(&code("refused", far)).unwrap();
    store.db.execute_batch("insert into children values ('nobody')").unwrap();
    assert!(failing.commit().is_err());
    let later = store.begin().unwrap();
    store.put(&code("later", far)).unwrap();
    later.commit().unwrap();
    drop(store);

    let store = Store::open(Some(&file.0)).unwrap();
    assert!(store.find::<Code>("p", "u", "later").unwrap().is_some());
    assert_eq!(rows(&store), 1);
}

#[test]
fn file_that_another_server_holds_is_refused_by_its_name() {
    let file = File::new();
    let first = Store::open(Some(&file.0)).unwrap();

    let error = Store::open(Some(&file.0)).unwrap_err();

    assert_eq!(error, format!("{} is in use by another server of this process", file.0.display()));
    // By whatever name.
    let folder = file.0.parent().unwrap();
    let other = folder.join("..").join(folder.file_name().unwrap());
    assert!(Store::open(Some(&other.join(file.0.file_name().unwrap()))).is_err());
    drop(first);
    assert!(Store::open(Some(&file.0)).is_ok());
}

#[test]
fn file_of_the_form_without_a_number_is_taken_over() {
    let file = File::new();
    {
        let db = Connection::open(&file.0).unwrap();
        db.execute_batch(
            "create table documents (id integer primary key, kind text not null, pool_id text not null,
             owner text not null, key text not null, body text not null,
             unique (kind, pool_id, owner, key));
             create table inbox (id integer primary key autoincrement, pool_id text not null, username text not null,
             recipient text not null, medium text not null, purpose text not null, code text not null,
             body text not null, sent_at integer not null);
             insert into inbox values (7, 'p', 'alice', 'a@example.com', 'EMAIL', 'SignUp', '123456', 'text', 0)",
        )
        .unwrap();
        let user = User::new("p", "alice", "s", BTreeMap::new(), 0);
        let mut body = serde_json::to_value(&user).unwrap();
        // A member that this version added.
        body.as_object_mut().unwrap().remove("signed_out_at");
        let code = serde_json::to_value(code("c", 5)).unwrap();
        for (kind, owner, key, body) in [("user", "", "alice", body), ("code", "u", "c", code)] {
            db.execute(
                "insert into documents (kind, pool_id, owner, key, body) values (?, 'p', ?, ?, ?)",
                params![kind, owner, key, body.to_string()],
            )
            .unwrap();
        }
    }

    let store = Store::open(Some(&file.0)).unwrap();

    assert_eq!(store.all::<User>("p").unwrap()[0].username, "alice");
    let letters = store.letters(None, 0).unwrap();
    assert_eq!((letters[0].id, letters[0].subject.as_deref()), (7, None));
    assert_eq!(rows(&store), 2);
    store.forget(5).unwrap();
    assert_eq!(rows(&store), 1);
}

#[test]
fn file_of_the_form_before_is_taken_over_with_its_letters() {
    let file = File::new();
    {
        let store = Store::open(Some(&file.0)).unwrap();
        store
            .db
            .execute_batch(
                "alter table inbox drop column subject; pragma user_version = 1;
                 insert into inbox values (7, 'p', 'alice', 'a@example.com', 'EMAIL', 'SignUp', '123456', 'text', 0)",
            )
            .unwrap();
    }

    let store = Store::open(Some(&file.0)).unwrap();

    let letters = store.letters(Some("a@example.com"), 0).unwrap();
    assert_eq!((letters[0].code.as_str(), letters[0].text.as_str()), ("123456", "text"));
    assert_eq!(letters[0].subject, None);
}

#[test]
fn file_of_a_newer_version_and_a_file_that_is_none_are_refused() {
    let file = File::new();
    drop(Store::open(Some(&file.0)).unwrap());
    Connection::open(&file.0).unwrap().execute_batch("pragma user_version = 99").unwrap();
    let newer = Store::open(Some(&file.0)).unwrap_err();
    assert!(newer.contains("newer version") && newer.contains("sqlite"), "{newer}");

    let other = File::new();
    std::fs::write(&other.0, "x".repeat(4096)).unwrap();
    let none = Store::open(Some(&other.0)).unwrap_err();
    assert_eq!(none, format!("{} is no database", other.0.display()));
}

/// All that stands in a file and beside it.
#[test]
fn folder_in_the_place_of_the_file_is_called_one() {
    let folder = std::env::temp_dir();

    let error = Store::open(Some(&folder)).unwrap_err();

    assert!(error.contains(&folder.display().to_string()), "{error}");
    assert!(!error.contains("disk"), "{error}");
}

fn bytes(file: &File) -> Vec<Option<Vec<u8>>> {
    let part = |end| std::fs::read(format!("{}{end}", file.0.display())).ok();
    ["", "-wal", "-shm", "-journal"].map(part).to_vec()
}

#[test]
fn database_of_another_program_is_refused_and_not_touched() {
    const DOCUMENTS: &str = "create table documents (id integer primary key, title text);";
    for (why, sql) in [
        ("other tables", "create table notes (id integer primary key, body text)"),
        ("a view", "create view documents as select 1 as body"),
        ("another table of the name", DOCUMENTS),
        (
            "a table more",
            "create table documents (id integer primary key, kind text, pool_id text, owner text, key text, body text);
             create table notes (id integer)",
        ),
        ("a mark", "pragma application_id = 7; create table documents (id integer)"),
        ("a mark and nothing else", "pragma application_id = 7"),
        ("a number and nothing else", "pragma user_version = 3"),
        ("a log of its own", "pragma journal_mode = wal; create table notes (id integer)"),
    ] {
        let file = File::new();
        Connection::open(&file.0).unwrap().execute_batch(sql).unwrap();
        let before = bytes(&file);

        let error = Store::open(Some(&file.0)).unwrap_err();

        let start = format!("{} is a database of another program", file.0.display());
        assert!(error.starts_with(&start), "{why}: {error}");
        assert_eq!(bytes(&file)[0], before[0], "{why}");
        assert_eq!(bytes(&file)[3], before[3], "{why}");
    }
}

/// Its last changes are not in the file yet, but beside it.
#[test]
fn database_that_another_program_left_in_a_hurry_is_not_touched() {
    let (file, other) = (File::new(), File::new());
    let db = Connection::open(&other.0).unwrap();
    db.execute_batch(
        "pragma journal_mode = wal; create table notes (body text); insert into notes values ('kept')",
    )
    .unwrap();
    for end in ["", "-wal"] {
        let from = format!("{}{end}", other.0.display());
        std::fs::copy(from, format!("{}{end}", file.0.display())).unwrap();
    }
    let before = bytes(&file);

    let error = Store::open(Some(&file.0)).unwrap_err();

    assert!(error.contains("another program"), "{error}");
    assert_eq!(bytes(&file)[..2], before[..2]);
    let db = Connection::open(&file.0).unwrap();
    let kept: String = db.query_row("select body from notes", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, "kept");
}

#[test]
fn file_gets_the_mark_when_it_is_new_and_when_it_is_taken_over() {
    let mark = |file: &File| {
        let bytes = std::fs::read(&file.0).unwrap();
        i32::from_be_bytes(bytes[68..72].try_into().unwrap())
    };
    let (new, empty, old) = (File::new(), File::new(), File::new());
    std::fs::write(&empty.0, "").unwrap();
    drop(Store::open(Some(&old.0)).unwrap());
    Connection::open(&old.0)
        .unwrap()
        .execute_batch("pragma application_id = 0; pragma auto_vacuum = none; vacuum")
        .unwrap();
    assert_eq!(mark(&old), 0);
    for file in [&new, &empty, &old] {
        let store = Store::open(Some(&file.0)).unwrap();

        let pragma = |name: &str| -> i32 {
            store.db.query_row(&format!("pragma {name}"), [], |row| row.get(0)).unwrap()
        };
        assert_eq!(pragma("application_id"), ours::APPLICATION_ID);
        assert_eq!(pragma("auto_vacuum"), 2);
        // While it is open: a process that is killed leaves no file that nobody knows. Of an old one the tables tell.
        assert!(mark(file) == ours::APPLICATION_ID || file.0 == old.0);
        drop(store);
        assert_eq!(mark(file), ours::APPLICATION_ID);
    }
}

#[test]
fn file_gets_smaller_by_what_was_deleted_but_for_a_little() {
    let file = File::new();
    let store = Store::open(Some(&file.0)).unwrap();
    let writing = store.begin().unwrap();
    for number in 0..20_000 {
        store.put(&code(&format!("purpose {number}"), 1)).unwrap();
    }
    writing.commit().unwrap();
    let pages = |name: &str| -> i64 {
        store.db.query_row(&format!("pragma {name}"), [], |row| row.get(0)).unwrap()
    };
    let before = pages("page_count");
    assert!(before > 1000, "{before}");

    while store.forget(1).unwrap() {}
    while store.shrink().unwrap() {}

    assert!(pages("page_count") < 300, "{} of {before}", pages("page_count"));
    assert!(pages("freelist_count") > 200);
}

//! Which files this process has open. Whoever closes a file gives up every lock that the process has on it
//! (<https://www.sqlite.org/howtocorrupt.html>, section 2.2), so a file that is served here is not even looked at again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf, absolute};
use std::sync::{Mutex, MutexGuard, PoisonError};

static HELD: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A file that no other server of this process may open, until this is dropped.
#[derive(Debug)]
pub(super) struct Held(PathBuf);

impl Held {
    /// Takes a file; nothing when a server of this process has it.
    pub(super) fn take(path: &Path) -> Option<Self> {
        let path = whole(path);
        let is_new = lock().insert(path.clone());
        is_new.then(|| Self(path))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        lock().remove(&self.0);
    }
}

fn lock() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The one way to write a path, also of a file that is not there yet.
fn whole(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    let path = absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

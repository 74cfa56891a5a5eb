//! What the tasks keep that no package manager installs: outside of the workspace, so
//! that every clone has it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::process::Cmd;

/// Where all of it is.
pub(crate) fn folder() -> Result<PathBuf, Error> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")));
    cache.map(|cache| cache.join("paysera-retailer-core")).ok_or(Error::NoCacheFolder)
}

/// The folder `name` in `cache`, which `fill` fills where it is not there yet. It has its
/// name once it is whole, and one process at a time fills it.
pub(crate) fn whole(
    workspace: &Path,
    cache: &Path,
    name: &str,
    fill: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<PathBuf, Error> {
    let folder = cache.join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    fs::create_dir_all(cache).map_err(|source| Error::Make { path: cache.to_owned(), source })?;
    let _lock = lock(cache.join(format!("{name}.lock")))?;
    // Another process may have made it while this one waited.
    if folder.is_dir() {
        return Ok(folder);
    }
    let unfinished = cache.join(format!("{name}.unfinished"));
    // Left by a process that died. Should something still be mounted there, such as the
    // machine's devices, that is not removed.
    Cmd::new("rm --recursive --force --one-file-system")
        .arg(unfinished.display().to_string())
        .run(workspace)?;
    fill(&unfinished)?;
    fs::rename(&unfinished, &folder).map_err(|source| Error::Make { path: folder.clone(), source })?;
    Ok(folder)
}

/// Held until it is dropped.
fn lock(path: PathBuf) -> Result<File, Error> {
    let locked = File::create(&path).and_then(|file| file.lock().map(|()| file));
    locked.map_err(|source| Error::Make { path, source })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_folder_is_filled_once_and_has_its_name_when_it_is_whole() {
        let cache = std::env::temp_dir().join(format!("xtask-cache-{}", std::process::id()));
        fs::create_dir_all(cache.join("it.unfinished/left")).unwrap();
        let fillings = AtomicUsize::new(0);
        let fill = |folder: &Path| {
            assert!(!folder.exists(), "what a dead process left is gone");
            fillings.fetch_add(1, Ordering::SeqCst);
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("file"), "it").unwrap();
            Ok(())
        };
        let failed = whole(Path::new("/"), &cache, "it", |_| Err(Error::StillMissing { what: "it" }));
        assert!(failed.is_err() && !cache.join("it").exists());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let folder = whole(Path::new("/"), &cache, "it", fill).unwrap();
                    assert_eq!(fs::read_to_string(folder.join("file")).unwrap(), "it");
                });
            }
        });
        assert_eq!(fillings.load(Ordering::SeqCst), 1);
        fs::remove_dir_all(&cache).unwrap();
    }
}

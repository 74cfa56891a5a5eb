//! A root folder with Debian's Swift in it, beside whatever the machine runs.

use std::fs;
use std::path::{Path, PathBuf};

use super::{ALONE, Toolchain, apt, is_swift_6};
use crate::error::Error;
use crate::process::Cmd;
use crate::{cache, tools};

/// The first release of Debian that has Swift 6. The folder is named after it; it
/// needs another name when the packages change, since what is finished is kept.
const RELEASE: &str = "trixie";
const FOLDER: &str = "swift-trixie";

/// Swift's package depends on neither a C nor a C++ library to compile with.
const PACKAGES: &str = "swiftlang,libc6-dev,libstdc++-14-dev,ca-certificates";

/// The root folder, made where it is not there yet: some minutes, half a gigabyte
/// from the mirror, two and a half on disk.
pub(super) fn installed(workspace: &Path, install: bool) -> Result<PathBuf, Error> {
    possible(workspace)?;
    let cache = cache::folder()?;
    make_folder(home(&cache.join(FOLDER)))?;
    cache::whole(workspace, &cache, FOLDER, |folder| {
        tools::ensure(workspace, &tools::for_swift(), install)?;
        make(workspace, folder).map_err(|source| Error::Install {
            what: "a Debian root with Swift",
            note: "",
            source: Box::new(source),
        })
    })
}

/// The home folder of programs in the root; it is outside, since they may write to
/// it. SwiftPM keeps its caches there.
pub(super) fn home(root: &Path) -> PathBuf {
    root.with_file_name("swift-home")
}

fn make_folder(path: PathBuf) -> Result<(), Error> {
    fs::create_dir_all(&path).map_err(|source| Error::Make { path, source })
}

fn make(workspace: &Path, folder: &Path) -> Result<(), Error> {
    let folder_name = folder.display().to_string();
    let home = home(folder);
    // Modules that another Swift compiled would be refused.
    Cmd::new("rm --recursive --force").arg(home.display().to_string()).run(workspace)?;
    make_folder(home)?;
    let alone = ALONE.into_iter().fold(Cmd::new("setpriv"), Cmd::arg);
    let bootstrap = alone
        .arg("--mount-proc")
        .arg("mmdebstrap")
        .arg("--variant=minbase")
        .arg("--components=main")
        .arg(format!("--include={PACKAGES}"))
        .arg(RELEASE)
        .arg(folder_name.as_str())
        .arg(apt::mirror()?);
    println!("   {bootstrap}");
    bootstrap.run(workspace)?;
    if !has_swift(workspace, folder) {
        return Err(Error::StillMissing { what: "Swift 6" });
    }
    // After a power failure the folder must not be there without its files.
    Cmd::new("sync --file-system").arg(folder_name).run(workspace)
}

fn has_swift(workspace: &Path, folder: &Path) -> bool {
    let toolchain = Toolchain::Root(folder.to_owned());
    let version = toolchain.command(workspace, &[], &[], "swift", ["--version"]).output();
    version
        .is_ok_and(|output| output.status.success() && is_swift_6(&String::from_utf8_lossy(&output.stdout)))
}

/// Fails where such a folder can't be made, or not be used.
fn possible(workspace: &Path) -> Result<(), Error> {
    let os_release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    match obstacle(&os_release, tools::is_root(workspace)) {
        Some(obstacle) => Err(Error::NoSwift { obstacle }),
        None => Ok(()),
    }
}

fn obstacle(os_release: &str, is_root: bool) -> Option<&'static str> {
    let id = os_release.lines().find_map(|line| line.strip_prefix("ID="));
    if id.is_none_or(|id| id.trim().trim_matches(['"', '\'']) != "debian") {
        Some("this is not Debian")
    } else if !is_root {
        Some("only root may enter one")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_root_on_debian_can_have_it() {
        let debian = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n";
        assert_eq!(obstacle(debian, true), None);
        assert_eq!(obstacle("ID=\"debian\"", true), None);
        assert!(obstacle(debian, false).unwrap().contains("root"));
        for other in ["", "ID=ubuntu\nID_LIKE=debian\n", "VARIANT_ID=debian\n"] {
            assert!(obstacle(other, true).unwrap().contains("Debian"), "{other}");
        }
    }

    #[test]
    fn the_home_folder_is_outside_of_the_root() {
        assert_eq!(home(Path::new("/cache/swift-trixie")), Path::new("/cache/swift-home"));
    }
}

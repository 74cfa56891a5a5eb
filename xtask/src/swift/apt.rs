//! Which Debian mirror this machine installs from, as apt was told.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// A source of packages, in either of apt's two formats.
#[derive(Debug, PartialEq, Eq)]
struct Source<'a> {
    uri: &'a str,
    suites: Vec<&'a str>,
    components: Vec<&'a str>,
}

/// The mirror that has all of Debian, from apt's own files. Whoever runs a machine
/// chose it, and another one may be out of the machine's reach.
pub(super) fn mirror() -> Result<String, Error> {
    for path in files(Path::new("/etc/apt"))? {
        let text = match fs::read_to_string(&path) {
            Err(source) if source.kind() == ErrorKind::NotFound => continue,
            Err(source) => return Err(Error::Read { path, source }),
            Ok(text) => text,
        };
        let sources = if is_deb822(&path) { from_stanzas(&text) } else { from_lines(&text) };
        if let Some(source) = sources.iter().find(|source| source.has_all_of_debian()) {
            return Ok(source.uri.to_owned());
        }
    }
    Err(Error::NoMirror)
}

/// Debian's own files first: other vendors' repositories may look like Debian's.
fn files(apt: &Path) -> Result<Vec<PathBuf>, Error> {
    let folder = apt.join("sources.list.d");
    let mut others = match entries(&folder) {
        Err(source) if source.kind() == ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(Error::Read { path: folder, source }),
        Ok(paths) => paths,
    };
    others.retain(|path| is_deb822(path) || path.extension().is_some_and(|extension| extension == "list"));
    others.sort();
    let mut files = vec![apt.join("sources.list"), folder.join("debian.sources")];
    files.extend(others);
    Ok(files)
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

fn is_deb822(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "sources")
}

impl Source<'_> {
    /// Updates and security fixes have suites of their own, with few packages in
    /// them: `bookworm-updates`, `bullseye/updates`.
    fn has_all_of_debian(&self) -> bool {
        self.components.contains(&"main")
            && !self.uri.starts_with("cdrom:")
            && self.suites.iter().any(|suite| !suite.contains(['-', '/']))
    }
}

fn from_lines(text: &str) -> Vec<Source<'_>> {
    text.lines().filter_map(from_line).collect()
}

/// `deb [option=value …] URI SUITE COMPONENT…`
fn from_line(line: &str) -> Option<Source<'_>> {
    let line = line.split('#').next()?;
    let rest = line.trim_start().strip_prefix("deb")?.strip_prefix([' ', '\t'])?.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(options) => options.split_once(']')?.1,
        None => rest,
    };
    let mut words = rest.split_whitespace();
    Some(Source { uri: words.next()?, suites: vec![words.next()?], components: words.collect() })
}

fn from_stanzas(text: &str) -> Vec<Source<'_>> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    lines.split(|line| line.trim().is_empty()).filter_map(from_stanza).collect()
}

fn from_stanza<'a>(lines: &[&'a str]) -> Option<Source<'a>> {
    let mut fields: Vec<(&str, Vec<&str>)> = Vec::new();
    for &line in lines {
        if line.starts_with([' ', '\t']) {
            fields.last_mut()?.1.extend(line.split_whitespace());
        } else {
            let (name, words) = line.split_once(':')?;
            fields.push((name, words.split_whitespace().collect()));
        }
    }
    let field = |name: &str| fields.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
    let words = |name: &str| field(name).map(|(_, words)| words.clone()).unwrap_or_default();
    let disabled = words("Enabled").first().is_some_and(|word| ["no", "false", "0"].contains(word));
    if disabled || !words("Types").contains(&"deb") {
        return None;
    }
    let uri = words("URIs").first().copied()?;
    Some(Source { uri, suites: words("Suites"), components: words("Components") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usable<'a>(sources: &'a [Source<'a>]) -> Vec<&'a str> {
        sources.iter().filter(|source| source.has_all_of_debian()).map(|source| source.uri).collect()
    }

    #[test]
    fn a_mirror_is_read_out_of_lines() {
        let text = "\
# deb http://comment.example/debian bookworm main
deb cdrom:[Debian 12]/ bookworm main
deb-src http://sources.example/debian bookworm main
deb http://security.example/debian-security bookworm-security main
deb http://old-security.example/debian-security bullseye/updates main
deb http://vendor.example/apt ./
deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] http://mirror.example/debian bookworm main contrib # ours
deb\thttp://second.example/debian\tstable\tmain";
        let expected = ["http://mirror.example/debian", "http://second.example/debian"];
        assert_eq!(usable(&from_lines(text)), expected);
    }

    #[test]
    fn a_mirror_is_read_out_of_stanzas() {
        let text = "\
Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main

Types: deb deb-src
# A remark between fields.
URIs: http://mirror.example/debian http://second.example/debian
suites: bookworm
 bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 key: with a colon
 -----END PGP PUBLIC KEY BLOCK-----
  \t
Types: deb
URIs: http://disabled.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main
";
        assert_eq!(usable(&from_stanzas(text)), ["http://mirror.example/debian"]);
        assert_eq!(from_stanzas(text).len(), 2);
    }

    #[test]
    fn what_is_no_source_is_passed_over() {
        assert_eq!(from_lines("deb\ndeb [x\ndebian http://x y main\n\n"), []);
        assert_eq!(from_stanzas("no field\n\n continued\n\nTypes: deb\nSuites: bookworm\n"), []);
    }

    #[test]
    fn debians_own_files_go_first() {
        let folder = std::env::temp_dir().join(format!("xtask-apt-{}", std::process::id()));
        let list = folder.join("sources.list.d");
        fs::create_dir_all(&list).unwrap();
        for name in ["b.list", "a.sources", "c.list.disabled"] {
            fs::write(list.join(name), "").unwrap();
        }
        let expected = [
            folder.join("sources.list"),
            list.join("debian.sources"),
            list.join("a.sources"),
            list.join("b.list"),
        ];
        let found = files(&folder);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found.unwrap(), expected);
    }
}

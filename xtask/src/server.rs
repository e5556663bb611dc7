//! A small server of static files, on this machine only.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread;

use anyhow::{Result, anyhow};

/// Bytes that a request may have before its body.
const HEAD: u64 = 1 << 16;

/// Serves a folder, until the process ends, on the first free port of those given; 0 is any free port.
pub fn start(folder: PathBuf, ports: impl IntoIterator<Item = u16>) -> Result<SocketAddr> {
    let mut error = anyhow!("no port to serve on is given");
    for port in ports {
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => listener,
            Err(reason) => {
                error = anyhow!("the page cannot be served on port {port}: {reason}");
                continue;
            }
        };
        let address = listener.local_addr()?;
        let folder: Arc<Path> = folder.into();
        thread::spawn(move || {
            // A browser opens connections that it may never use: with a thread for each, they hold up nobody else.
            for stream in listener.incoming().flatten() {
                let folder = Arc::clone(&folder);
                // The browser went away: that is its right.
                thread::spawn(move || answer(&folder, stream).ok());
            }
        });
        return Ok(address);
    }
    Err(error)
}

/// Answers the one request of a connection.
fn answer(folder: &Path, mut stream: TcpStream) -> io::Result<()> {
    let mut head = BufReader::new(stream.try_clone()?.take(HEAD)).lines();
    let Some(request) = head.next().transpose()? else {
        return Ok(());
    };
    for line in head {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = request.split(' ');
    let (method, url) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if !matches!(method, "GET" | "HEAD") {
        return respond(&mut stream, "405 Method Not Allowed", "text/plain", 0);
    }
    let found = file_at(folder, url).and_then(|file| Some((File::open(&file).ok()?, file)));
    let Some((mut content, file)) = found else {
        return respond(&mut stream, "404 Not Found", "text/plain", 0);
    };
    respond(
        &mut stream,
        "200 OK",
        content_type(&file),
        content.metadata()?.len(),
    )?;
    if method == "GET" {
        io::copy(&mut content, &mut stream)?;
    }
    Ok(())
}

/// All that comes before the content.
fn respond(stream: &mut TcpStream, status: &str, content_type: &str, length: u64) -> io::Result<()> {
    // As the usual hosts of static files do: a frame without an origin, or another site, may load it all.
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\ncache-control: no-cache\r\n\
         access-control-allow-origin: *\r\nconnection: close\r\n\r\n"
    )
}

/// The file below `folder` that a request's address names.
fn file_at(folder: &Path, url: &str) -> Option<PathBuf> {
    let path = decode(url.split(['?', '#']).next()?)?;
    let path = Path::new(path.trim_start_matches('/'));
    if !path
        .components()
        .all(|component| matches!(component, Component::Normal(_)))
    {
        return None;
    }
    let file = folder.join(path);
    let file = if file.is_dir() {
        file.join("index.html")
    } else {
        file
    };
    // A link may lead elsewhere.
    let (file, folder) = (file.canonicalize().ok()?, folder.canonicalize().ok()?);
    (file.starts_with(folder) && file.is_file()).then_some(file)
}

/// Replaces `%20` and its like.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok().filter(|path| !path.contains('\0'))
}

fn content_type(file: &Path) -> &'static str {
    match file
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "txt" | "md" | "mdx" | "qmd" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serves_what_is_below_the_folder_and_nothing_else() {
        let folder = crate::project::root();
        let served =
            |url: &str| file_at(folder, url).map(|file| file.strip_prefix(folder).unwrap().to_owned());
        assert_eq!(served("/Cargo.toml?x=1#y"), Some("Cargo.toml".into()));
        assert_eq!(served("/xtask/src/%6dain.rs"), Some("xtask/src/main.rs".into()));
        for outside in [
            "/../Cargo.toml",
            "/xtask/../../x",
            "/%2e%2e/x",
            "/..%2fx",
            "//etc/passwd",
            "/%00",
            "/%zz",
            "/",
        ] {
            assert_eq!(served(outside), None, "{outside}");
        }
    }

    #[test]
    fn answers_over_http() {
        let address = start(crate::project::root().to_owned(), [0]).unwrap();
        let ask = |request: &str| {
            let mut stream = TcpStream::connect(address).unwrap();
            write!(
                stream,
                "{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
            )
            .unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer.to_lowercase()
        };
        let file = ask("GET /Cargo.lock");
        let content = include_str!("../../Cargo.lock").to_lowercase();
        assert!(file.starts_with("http/1.1 200") && file.ends_with(&content));
        assert!(file.contains(&format!("content-length: {}\r\n", content.len())));
        assert!(file.contains("cache-control: no-cache\r\n"));
        assert!(ask("HEAD /Cargo.lock").ends_with("\r\n\r\n"));
        assert!(ask("GET /crate").starts_with("http/1.1 404"));
        assert!(ask("POST /Cargo.lock").starts_with("http/1.1 405"));
    }

    #[test]
    fn the_module_comes_as_wasm() {
        assert_eq!(content_type(Path::new("a/b_bg.wasm")), "application/wasm");
        assert_eq!(
            content_type(Path::new("mnist-train.pack")),
            "application/octet-stream"
        );
    }
}

//! A small server of static files, on this machine only.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread;

use anyhow::{Result, anyhow};
use tiny_http::{Header, Method, Request, Response, Server};

/// A page, its worker and two downloads at once.
const THREADS: usize = 4;

/// Serves a folder, until the process ends, on the first free port of those given; 0 is any free port.
pub fn start(folder: PathBuf, ports: impl IntoIterator<Item = u16>) -> Result<SocketAddr> {
    let mut error = anyhow!("no port to serve on is given");
    for port in ports {
        let server = match Server::http((Ipv4Addr::LOCALHOST, port)) {
            Ok(server) => Arc::new(server),
            Err(reason) => {
                error = anyhow!("the page cannot be served on port {port}: {reason}");
                continue;
            }
        };
        let address = server
            .server_addr()
            .to_ip()
            .ok_or_else(|| anyhow!("the server has no address"))?;
        for _ in 0..THREADS {
            let (server, folder) = (Arc::clone(&server), folder.clone());
            thread::spawn(move || {
                for request in server.incoming_requests() {
                    // The browser went away: that is its right.
                    let _ = answer(&folder, request);
                }
            });
        }
        return Ok(address);
    }
    Err(error)
}

fn answer(folder: &Path, request: Request) -> std::io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(Response::from_string("only GET and HEAD\n").with_status_code(405));
    }
    let found = file_at(folder, request.url()).and_then(|file| Some((File::open(&file).ok()?, file)));
    let Some((content, file)) = found else {
        return request.respond(Response::from_string("not found\n").with_status_code(404));
    };
    let header =
        |name: &str, value: &str| Header::from_bytes(name, value).expect("a header of plain letters");
    request.respond(
        Response::from_file(content)
            // Whatever its size, a file comes with its length, so that the page can show how much has arrived.
            .with_chunked_threshold(usize::MAX)
            .with_header(header("content-type", content_type(&file)))
            .with_header(header("cache-control", "no-cache"))
            // As the usual hosts of static files do: a frame without an origin, or another site, may load it all.
            .with_header(header("access-control-allow-origin", "*")),
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
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

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

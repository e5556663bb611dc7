//! Reading while the bytes arrive, a piece at a time and of any size.

use std::collections::BTreeMap;

use burn::tensor::TensorData;

use super::dtype::MAX_SIZE;
use super::error::{other_format, shown};
use super::{Header, MAX_HEADER, SafetensorsError, TensorInfo};

/// Elements that a tensor is given room for at first, and least growth, where the file's length is not known.
const GROWTH: usize = 1 << 14;

/// How far a file has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes taken in.
    pub received: u64,
    /// Bytes of the whole file, once the header has told or the length was given.
    pub total: Option<u64>,
    /// Tensors complete.
    pub tensors: usize,
}

/// A file's content: its texts, and its tensors as `f32`.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    pub metadata: BTreeMap<String, String>,
    pub tensors: BTreeMap<String, TensorData>,
}

/// Takes a file in piece by piece. Every tensor is converted as it arrives, so that beside the converted tensors no
/// copy of the file is held.
#[derive(Debug)]
pub struct Reader {
    /// Where the caller knows it.
    file_length: Option<u64>,
    received: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The header's length, incomplete.
    Length(Vec<u8>),
    Header {
        length: u64,
        bytes: Vec<u8>,
    },
    Data(Data),
    Refused,
}

impl Reader {
    /// `file_length`: as the file system or the server tells it, not the file. With it wrong files are known sooner,
    /// and each tensor gets its room at once.
    pub fn new(file_length: Option<u64>) -> Self {
        Self {
            file_length,
            received: 0,
            state: State::Length(Vec::new()),
        }
    }

    /// Takes in the next bytes. After an error the file is refused for good.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Progress, SafetensorsError> {
        let state = std::mem::replace(&mut self.state, State::Refused);
        self.state = self.advance(state, bytes)?;
        self.received += bytes.len() as u64;
        Ok(self.progress())
    }

    /// The header, once all of it has arrived.
    pub fn header(&self) -> Option<&Header> {
        match &self.state {
            State::Data(data) => Some(&data.header),
            _ => None,
        }
    }

    /// The name of the tensor whose bytes come next.
    pub fn current_tensor(&self) -> Option<&str> {
        match &self.state {
            State::Data(data) => data.current().map(|info| info.name.as_str()),
            _ => None,
        }
    }

    /// The file's content, where all of it has arrived.
    pub fn finish(self) -> Result<File, SafetensorsError> {
        match self.state {
            State::Length(bytes) => Err(SafetensorsError::NoLength {
                found: bytes.len() as u64,
            }),
            State::Header { length, bytes } => Err(SafetensorsError::TruncatedHeader {
                length,
                found: bytes.len() as u64,
            }),
            State::Data(data) => data.finish(),
            State::Refused => Err(SafetensorsError::Refused),
        }
    }

    fn progress(&self) -> Progress {
        let (total, tensors) = match &self.state {
            State::Data(data) => (Some(data.end()), data.tensors.len()),
            _ => (self.file_length, 0),
        };
        Progress {
            received: self.received,
            total,
            tensors,
        }
    }

    fn advance(&self, mut state: State, mut bytes: &[u8]) -> Result<State, SafetensorsError> {
        loop {
            state = match state {
                State::Length(mut found) => {
                    take(&mut bytes, 8, &mut found);
                    let Ok(first) = <[u8; 8]>::try_from(found.as_slice()) else {
                        return Ok(State::Length(found));
                    };
                    let length = self.check_header_length(first)?;
                    State::Header {
                        length,
                        bytes: Vec::new(),
                    }
                }
                State::Header {
                    length,
                    bytes: mut found,
                } => {
                    take(&mut bytes, length as usize, &mut found);
                    if (found.len() as u64) < length {
                        return Ok(State::Header { length, bytes: found });
                    }
                    State::Data(Data::begin(Header::parse(&found)?, 8 + length, self.file_length)?)
                }
                State::Data(mut data) => {
                    data.feed(bytes)?;
                    return Ok(State::Data(data));
                }
                State::Refused => return Err(SafetensorsError::Refused),
            }
        }
    }

    fn check_header_length(&self, first: [u8; 8]) -> Result<u64, SafetensorsError> {
        let length = u64::from_le_bytes(first);
        if length > MAX_HEADER {
            return Err(other_format(first).unwrap_or(SafetensorsError::HeaderTooLong { length }));
        }
        match self.file_length.map(|file| file.saturating_sub(8)) {
            Some(found) if found < length => Err(SafetensorsError::TruncatedHeader { length, found }),
            _ => Ok(length),
        }
    }
}

/// Moves bytes from the front of `from` to `to` until `to` is `length` long or there are no more.
fn take(from: &mut &[u8], length: usize, to: &mut Vec<u8>) {
    let (own, rest) = from.split_at(from.len().min(length - to.len()));
    to.extend_from_slice(own);
    *from = rest;
}

/// The tensors' bytes on their way in.
#[derive(Debug)]
struct Data {
    header: Header,
    /// Where in the file the tensors begin.
    begin: u64,
    /// Whether the tensors' lengths are known to be those of a file that exists.
    trusted: bool,
    tensors: BTreeMap<String, TensorData>,
    /// Of the tensor after those.
    values: Vec<f32>,
    /// The bytes of an element that a piece ended in.
    split: Vec<u8>,
}

impl Data {
    fn begin(header: Header, begin: u64, file_length: Option<u64>) -> Result<Self, SafetensorsError> {
        let expected = begin.saturating_add(header.data_length());
        match file_length {
            Some(found) if found < expected => return Err(truncated(&header, found - begin)),
            Some(found) if found > expected => {
                return Err(SafetensorsError::TrailingData { expected, found });
            }
            _ => {}
        }
        let mut data = Self {
            header,
            begin,
            trusted: file_length.is_some(),
            tensors: BTreeMap::new(),
            values: Vec::new(),
            split: Vec::with_capacity(MAX_SIZE),
        };
        data.complete();
        Ok(data)
    }

    /// Where the file ends.
    fn end(&self) -> u64 {
        self.begin.saturating_add(self.header.data_length())
    }

    fn current(&self) -> Option<&TensorInfo> {
        self.header.tensors.get(self.tensors.len())
    }

    fn feed(&mut self, mut bytes: &[u8]) -> Result<(), SafetensorsError> {
        while !bytes.is_empty() {
            let Some((dtype, elements)) = self.current().map(|info| (info.dtype, info.elements())) else {
                let expected = self.end();
                let found = expected + bytes.len() as u64;
                return Err(SafetensorsError::TrailingData { expected, found });
            };
            let missing = elements - self.values.len();
            self.grow(missing);
            if !self.split.is_empty() {
                take(&mut bytes, dtype.size(), &mut self.split);
                if self.split.len() < dtype.size() {
                    return Ok(());
                }
                dtype.append(&self.split, &mut self.values);
                self.split.clear();
            } else {
                let whole = (bytes.len() / dtype.size()).min(missing);
                // Room is made for what has arrived, whatever is still to come.
                let whole = whole.min((self.values.capacity() - self.values.len()).max(1));
                let (own, rest) = bytes.split_at(whole * dtype.size());
                dtype.append(own, &mut self.values);
                bytes = rest;
                if whole == 0 {
                    take(&mut bytes, dtype.size(), &mut self.split);
                }
            }
            self.complete();
        }
        Ok(())
    }

    /// Room for more elements where there is none: for all that are missing in a file that is known to be long
    /// enough, or else for a quarter more.
    fn grow(&mut self, missing: usize) {
        if self.values.len() == self.values.capacity() {
            let more = match self.trusted {
                true => missing,
                false => missing.min(GROWTH.max(self.values.len() / 4)),
            };
            self.values.reserve_exact(more);
        }
    }

    /// Puts the current tensor to the finished ones where it is complete, and so with empty ones after it.
    fn complete(&mut self) {
        while let Some(info) = self.current().filter(|info| info.elements() == self.values.len()) {
            let (name, shape) = (info.name.clone(), info.shape.clone());
            let values = std::mem::take(&mut self.values);
            self.tensors.insert(name, TensorData::new(values, shape));
        }
    }

    fn finish(self) -> Result<File, SafetensorsError> {
        if let Some(info) = self.current() {
            let complete: u64 = self.header.tensors[..self.tensors.len()]
                .iter()
                .map(TensorInfo::bytes)
                .sum();
            let own = self.values.len() * info.dtype.size() + self.split.len();
            return Err(truncated(&self.header, complete + own as u64));
        }
        Ok(File {
            metadata: self.header.metadata,
            tensors: self.tensors,
        })
    }
}

/// For a file with only `length` bytes of tensors, fewer than its header describes.
fn truncated(header: &Header, length: u64) -> SafetensorsError {
    match header.cut_at(length) {
        Some((tensor, found)) => SafetensorsError::TruncatedData {
            name: shown(&tensor.name),
            expected: tensor.bytes(),
            found,
        },
        None => SafetensorsError::Refused,
    }
}

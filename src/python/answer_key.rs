//! The key of a stored answer: a digest of everything that a caller said and that can change it.
//!
//! What is hashed names its kind and its length, so two different things never look alike, and a dict's entries are in
//! the order of their names. The same arguments have the same key in every process.

use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PyString, PyTuple};
use ring::digest;

use super::guard::guarded;

/// Deeper than any message; a structure that contains itself ends here.
const DEEPEST: usize = 200;

/// SHA-256 in hex of the operation and of `arguments` that are neither None nor named in `skip`. `uncommon` turns what
/// is not one of JSON's own types into something that is.
#[pyfunction]
pub(super) fn answer_key(
    operation: &str,
    arguments: &Bound<'_, PyDict>,
    skip: &Bound<'_, PyFrozenSet>,
    uncommon: &Bound<'_, PyAny>,
) -> PyResult<String> {
    guarded(arguments.py(), || {
        let mut said = Said {
            bytes: Vec::with_capacity(1024),
            uncommon,
        };
        said.text(operation.as_bytes());
        let mut given = Vec::with_capacity(arguments.len());
        for (name, value) in arguments.iter() {
            if !value.is_none() && !skip.contains(&name)? {
                given.push((name, value));
            }
        }
        said.entries(given, 0)?;
        let digest = digest::digest(&digest::SHA256, &said.bytes);
        let mut hex = String::with_capacity(64);
        for byte in digest.as_ref() {
            for half in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        Ok(hex)
    })
}

/// What is hashed.
struct Said<'a, 'py> {
    bytes: Vec<u8>,
    uncommon: &'a Bound<'py, PyAny>,
}

impl<'py> Said<'_, 'py> {
    fn tag(&mut self, kind: u8, length: usize) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(&(length as u64).to_le_bytes());
    }

    fn text(&mut self, text: &[u8]) {
        self.tag(b's', text.len());
        self.bytes.extend_from_slice(text);
    }

    fn entries(&mut self, given: Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>, depth: usize) -> PyResult<()> {
        let mut named = Vec::with_capacity(given.len());
        for (name, value) in given {
            named.push((self::name(&name)?, value));
        }
        named.sort_by(|one, other| one.0.cmp(&other.0));
        self.tag(b'{', named.len());
        for (name, value) in &named {
            self.text(name);
            self.value(value, depth + 1)?;
        }
        Ok(())
    }

    fn items(
        &mut self,
        items: impl ExactSizeIterator<Item = Bound<'py, PyAny>>,
        depth: usize,
    ) -> PyResult<()> {
        self.tag(b'[', items.len());
        for item in items {
            self.value(&item, depth + 1)?;
        }
        Ok(())
    }

    fn value(&mut self, value: &Bound<'py, PyAny>, depth: usize) -> PyResult<()> {
        if depth > DEEPEST {
            return Err(PyValueError::new_err("nested too deeply, or contains itself"));
        }
        if let Ok(text) = value.cast::<PyString>() {
            return encoded(text).map(|text| self.text(&text));
        }
        if value.is_none() {
            self.tag(b'n', 0);
        } else if let Ok(dict) = value.cast::<PyDict>() {
            return self.entries(dict.iter().collect(), depth);
        } else if let Ok(list) = value.cast::<PyList>() {
            // A copy: what is uncommon runs code of the program's, which may change the list.
            return self.items(list.to_tuple().iter(), depth);
        } else if let Ok(flag) = value.cast::<PyBool>() {
            self.tag(if flag.is_true() { b't' } else { b'f' }, 0);
        } else if let Ok(number) = value.cast::<PyInt>() {
            let digits = match number.extract::<i64>() {
                Ok(number) => number.to_string(),
                Err(_) => number.str()?.to_string(),
            };
            self.tag(b'i', digits.len());
            self.bytes.extend_from_slice(digits.as_bytes());
        } else if let Ok(number) = value.cast::<PyFloat>() {
            self.tag(b'd', 0);
            self.bytes.extend_from_slice(&number.value().to_le_bytes());
        } else if let Ok(tuple) = value.cast::<PyTuple>() {
            return self.items(tuple.iter(), depth);
        } else {
            return self.value(&self.uncommon.call1((value,))?, depth + 1);
        }
        Ok(())
    }
}

/// A key of a dict, spelt as JSON spells it.
fn name(name: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    if let Ok(text) = name.cast::<PyString>() {
        return encoded(text);
    }
    let number = name.is_instance_of::<PyInt>() || name.is_instance_of::<PyFloat>() || name.is_none();
    if number {
        return Ok(name.str()?.to_string().into_bytes());
    }
    Err(PyValueError::new_err("a key of a dict that is no text"))
}

/// Text as UTF-8, lone surrogates too.
fn encoded(text: &Bound<'_, PyString>) -> PyResult<Vec<u8>> {
    if let Ok(text) = text.to_cow() {
        return Ok(text.into_owned().into_bytes());
    }
    let py = text.py();
    let bytes = text.call_method1(
        intern!(py, "encode"),
        (intern!(py, "utf-8"), intern!(py, "surrogatepass")),
    )?;
    Ok(bytes.cast::<PyBytes>()?.as_bytes().to_vec())
}

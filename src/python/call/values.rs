//! Single values of arguments: read, or refused by name.

use bytes::Bytes;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyList, PyString, PyTuple};
use serde_json::Value;

use super::super::from_python::to_json;
use super::super::settings::Settings;
use crate::error::{Error, Result};
use crate::resolve::Surroundings;
use crate::transport::Verify;
use crate::types::Upload;

pub(super) fn string(value: &Bound<'_, PyAny>, name: &str) -> Result<String> {
    // `SecretStr` and the like hand their text out on request only.
    if let Ok(secret) = value.getattr("get_secret_value")
        && let Ok(text) = secret.call0().and_then(|text| text.extract::<String>())
    {
        return Ok(text);
    }
    let wrong = || {
        let kind = value
            .get_type()
            .name()
            .map(|kind| kind.to_string())
            .unwrap_or_default();
        Error::bad_request(format!("{name} is a {kind}, not a string"))
    };
    let text = match value.cast::<PyString>() {
        Ok(text) => text
            .to_cow()
            .map_err(|_| Error::bad_request(format!("{name} holds a lone surrogate")))?
            .into_owned(),
        // httpx.URL, yarl.URL, pathlib.Path: their text is what is meant.
        Err(_) if matches!(name, "api_base" | "base_url" | "ssl_certificate") => {
            value.str().map_err(|_| wrong())?.to_string()
        }
        Err(_) => return Err(wrong()),
    };
    Ok(text)
}

pub(super) fn strings(value: &Bound<'_, PyAny>, name: &str) -> Result<Vec<String>> {
    if !(value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>()) {
        return Err(Error::bad_request(format!("{name} is not a list of strings")));
    }
    value
        .extract()
        .map_err(|_| Error::bad_request(format!("{name} is not a list of strings")))
}

pub(super) fn count(value: &Bound<'_, PyAny>, name: &str) -> Result<u32> {
    let wrong = || Error::bad_request(format!("{name} is not a whole number of 0 or more"));
    if value.is_instance_of::<PyBool>() {
        return Err(wrong());
    }
    value.extract().map_err(|_| wrong())
}

/// A number of bytes.
pub(super) fn size(value: &Bound<'_, PyAny>, name: &str) -> Result<usize> {
    let wrong = || Error::bad_request(format!("{name} is not a number of bytes from 1 on"));
    let bytes: usize = value.extract().map_err(|_| wrong())?;
    match bytes {
        0 => Err(wrong()),
        _ if value.is_instance_of::<PyBool>() => Err(wrong()),
        bytes => Ok(bytes),
    }
}

pub(super) fn truth(value: &Bound<'_, PyAny>, name: &str) -> Result<bool> {
    value
        .is_truthy()
        .map_err(|_| Error::bad_request(format!("{name} is neither true nor false")))
}

/// Headers or a query: a mapping of names to texts or numbers. A value of None leaves the name out.
pub(super) fn pairs(value: &Bound<'_, PyAny>, name: &str) -> Result<Vec<(String, String)>> {
    let Value::Object(map) = to_json(value, name)? else {
        return Err(Error::bad_request(format!("{name} is not a dict")));
    };
    map.into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| match value {
            Value::String(text) => Ok((key, text)),
            Value::Number(number) => Ok((key, number.to_string())),
            Value::Bool(flag) => Ok((key, flag.to_string())),
            _ => Err(Error::bad_request(format!("{name}[{key:?}] is not a text"))),
        })
        .collect()
}

/// `_files`: a list of `(field, file name, media type, bytes)`, which the layer above has made.
pub(super) fn uploads(files: &Bound<'_, PyList>) -> Result<Vec<Upload>> {
    let wrong = || Error::bad_request("a file is not (field, file name, media type, bytes)");
    let upload = |file: Bound<'_, PyAny>| {
        let (field, filename, content_type, bytes): (String, String, String, Bound<'_, PyAny>) =
            file.extract().map_err(|_| wrong())?;
        let bytes = bytes.cast::<PyBytes>().map_err(|_| wrong())?;
        Ok(Upload {
            field,
            filename,
            content_type,
            bytes: Bytes::copy_from_slice(bytes.as_bytes()),
        })
    };
    files.iter().map(upload).collect()
}

pub(super) fn is_true(value: &Bound<'_, PyAny>) -> bool {
    value.cast::<PyBool>().is_ok_and(|flag| flag.is_true())
}

/// `ssl_verify`: a bool, or the path of a PEM file.
pub(super) fn verification(value: &Bound<'_, PyAny>) -> Result<Verify> {
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(if flag.is_true() {
            Verify::System
        } else {
            Verify::Off
        });
    }
    let path = value
        .str()
        .ok()
        .filter(|_| value.is_instance_of::<PyString>() || value.hasattr("__fspath__").unwrap_or(false));
    let path = path
        .map(|path| path.to_string())
        .ok_or_else(|| Error::bad_request("ssl_verify is neither a bool nor the path of a PEM file"))?;
    Ok(spelt(&path))
}

fn spelt(text: &str) -> Verify {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Verify::System,
        "false" | "0" => Verify::Off,
        _ => Verify::File(text.into()),
    }
}

pub(super) fn environment_verification(settings: &Settings<'_, '_>) -> Verify {
    if let Some(text) = settings.env("SSL_VERIFY") {
        return spelt(&text);
    }
    // OpenSSL's name, and requests' name, for the same wish.
    let file = settings
        .env("SSL_CERT_FILE")
        .or_else(|| settings.env("REQUESTS_CA_BUNDLE"));
    file.map_or(Verify::System, |path| Verify::File(path.into()))
}

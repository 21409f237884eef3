//! Time limits, in every form in which they are given.

use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};

use super::super::settings::Settings;
use super::values::string;
use crate::error::{Error, Result};
use crate::options::Timeouts;

/// Where time limits may be given; the nearest to the call wins.
#[derive(Default)]
pub(super) struct Limits<'py> {
    pub(super) timeout: Option<Bound<'py, PyAny>>,
    pub(super) request_timeout: Option<Bound<'py, PyAny>>,
    pub(super) stream_timeout: Option<Bound<'py, PyAny>>,
}

impl<'py> Limits<'py> {
    pub(super) fn resolve(self, settings: &Settings<'_, 'py>, stream: bool) -> Result<Timeouts> {
        let given = self
            .stream_timeout
            .filter(|_| stream)
            .or(self.timeout)
            .or(self.request_timeout)
            .or_else(|| settings.get("request_timeout"));
        given.map_or_else(|| Ok(Timeouts::default()), |value| timeouts(&value))
    }
}

/// A number, a dict, `Timeouts`, or an `httpx.Timeout`.
fn timeouts(value: &Bound<'_, PyAny>) -> Result<Timeouts> {
    const OURS: [&str; 4] = ["connect", "first_token", "idle", "total"];
    if value.is_instance_of::<PyFloat>()
        || value.is_instance_of::<PyInt>()
        || value.is_instance_of::<PyString>()
    {
        return Ok(seconds(value, "timeout")?.map_or_else(
            || Timeouts {
                first_token: None,
                idle: None,
                attempt: None,
                ..Timeouts::default()
            },
            Timeouts::all,
        ));
    }
    let mut limits = Timeouts {
        attempt: None,
        ..Timeouts::default()
    };
    let mut set = |name: &str, value: &Bound<'_, PyAny>| -> Result<()> {
        let limit = if value.is_none() {
            None
        } else {
            seconds(value, &format!("timeout.{name}"))?
        };
        match name {
            "connect" => limits.connect = limit,
            "first_token" => limits.first_token = limit,
            "idle" => limits.idle = limit,
            "total" => limits.total = limit,
            // httpx's longest silence while reading.
            "read" => (limits.first_token, limits.idle) = (limit, limit),
            // A small body is written at once, and there is no limit on connections to wait for.
            "write" | "pool" => {}
            _ => {
                return Err(Error::bad_request(format!(
                    "timeout has no {name:?}; it has connect, first_token, idle and total"
                )));
            }
        }
        Ok(())
    };
    if let Ok(dict) = value.cast::<PyDict>() {
        for (name, value) in dict.iter() {
            let name = string(&name, "a key of timeout")?;
            set(&name, &value)?;
        }
        return Ok(limits);
    }
    let attribute = |name: &str| value.getattr(name).ok();
    if OURS.iter().all(|name| attribute(name).is_some()) {
        for name in OURS {
            if let Some(value) = attribute(name).filter(|value| !value.is_none()) {
                set(name, &value)?;
            }
        }
        return Ok(limits);
    }
    if attribute("connect").is_some() && attribute("read").is_some() {
        for name in ["connect", "read"] {
            if let Some(value) = attribute(name) {
                set(name, &value)?;
            }
        }
        return Ok(limits);
    }
    Err(Error::bad_request(
        "timeout is neither seconds nor Timeouts(connect=, first_token=, idle=, total=)",
    ))
}

/// Seconds; infinity is no limit.
fn seconds(value: &Bound<'_, PyAny>, name: &str) -> Result<Option<Duration>> {
    let wrong = || Error::bad_request(format!("{name} is not a number of seconds greater than 0"));
    if value.is_instance_of::<PyBool>() {
        return Err(wrong());
    }
    let number: f64 = match value.cast::<PyString>() {
        Ok(text) => text
            .to_cow()
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(wrong)?,
        Err(_) => value.extract().map_err(|_| wrong())?,
    };
    if number.is_infinite() && number > 0.0 {
        return Ok(None);
    }
    Duration::try_from_secs_f64(number)
        .ok()
        .filter(|limit| !limit.is_zero())
        .map(Some)
        .ok_or_else(wrong)
}

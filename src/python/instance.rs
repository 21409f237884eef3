//! Instances of the response classes, made as they are documented in `types/trusted.py`: allocated and filled without
//! a constructor, because the values were parsed here and are right.
//!
//! The one file that calls CPython directly. pyo3 has no safe form of these two calls: a constructor-less allocation and
//! an attribute set that skips the class's own `__setattr__`.
#![allow(unsafe_code)]

use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet, PyString, PyType};

/// A response class and the templates its instances start from.
pub(super) struct Class {
    class: Py<PyType>,
    /// Declared fields in order, all None; copied for every instance, which is faster than inserting them one by one.
    fields: Py<PyDict>,
    names: Py<PySet>,
    /// The names once more, to be found without making a Python string; few, so they are looked through.
    keys: Vec<(String, Py<PyString>)>,
    has_meta: bool,
}

impl Class {
    /// `fields` are the names and defaults of the declared fields in order.
    pub(super) fn new(
        class: &Bound<'_, PyType>,
        fields: &Bound<'_, PyDict>,
        has_meta: bool,
    ) -> PyResult<Self> {
        let names = PySet::new(class.py(), fields.keys())?;
        let mut keys = Vec::with_capacity(fields.len());
        for name in fields.keys() {
            let name = name.cast_into::<PyString>()?;
            keys.push((name.to_cow()?.into_owned(), name.unbind()));
        }
        Ok(Self {
            class: class.clone().unbind(),
            fields: fields.clone().unbind(),
            names: names.unbind(),
            keys,
            has_meta,
        })
    }

    /// The class itself.
    pub(super) fn class<'py>(&self, py: Python<'py>) -> &Bound<'py, PyType> {
        self.class.bind(py)
    }

    /// The name of a declared field, as Python has it.
    pub(super) fn declared<'py>(&self, py: Python<'py>, name: &str) -> Option<&Bound<'py, PyString>> {
        let (_, key) = self.keys.iter().find(|(declared, _)| declared == name)?;
        Some(key.bind(py))
    }

    /// A copy of the declared fields, to be filled by the caller.
    pub(super) fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.fields.bind(py).copy()
    }

    /// An instance that owns `fields` and `extra`.
    pub(super) fn instance<'py>(
        &self,
        py: Python<'py>,
        fields: Bound<'py, PyDict>,
        extra: Bound<'py, PyDict>,
        meta: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let given = copy_set(py, &self.names)?;
        let private = match (self.has_meta, meta) {
            (false, _) => py.None().into_bound(py),
            (true, meta) => {
                let private = PyDict::new(py);
                private.set_item(intern!(py, "_meta"), meta)?;
                private.into_any()
            }
        };
        let instance = allocate(self.class.bind(py))?;
        set(&instance, intern!(py, "__dict__"), fields.as_any())?;
        set(&instance, intern!(py, "__pydantic_fields_set__"), given.as_any())?;
        set(&instance, intern!(py, "__pydantic_extra__"), extra.as_any())?;
        set(&instance, intern!(py, "__pydantic_private__"), &private)?;
        Ok(instance)
    }
}

fn allocate<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: `class` is a live heap type made by pydantic, whose allocator is the generic one; the result is a new
    // reference or null with an exception set, which is what `from_owned_ptr_or_err` expects.
    unsafe { Bound::from_owned_ptr_or_err(class.py(), ffi::PyType_GenericAlloc(class.as_ptr().cast(), 0)) }
}

fn set(instance: &Bound<'_, PyAny>, name: &Bound<'_, PyString>, value: &Bound<'_, PyAny>) -> PyResult<()> {
    // SAFETY: three live objects; the call takes no ownership, and reports failure by -1 with an exception set.
    let status = unsafe { ffi::PyObject_GenericSetAttr(instance.as_ptr(), name.as_ptr(), value.as_ptr()) };
    if status == 0 {
        Ok(())
    } else {
        Err(PyErr::fetch(instance.py()))
    }
}

fn copy_set<'py>(py: Python<'py>, template: &Py<PySet>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: `template` is a live set; the result is a new reference or null with an exception set.
    unsafe { Bound::from_owned_ptr_or_err(py, ffi::PySet_New(template.as_ptr())) }
}

//! A JSON configuration of someone else's, taken apart field by field: what is left at the end is reported.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::InteropError;
use super::python_json::quote_numbers;

/// The fields that have not been taken yet, and what had to be remarked on the others.
#[derive(Debug)]
pub struct Fields {
    class: String,
    fields: Map<String, Value>,
    warnings: Vec<String>,
}

impl Fields {
    /// Reads a configuration as Python writes it.
    pub fn parse(json: &str) -> Result<Self, InteropError> {
        match serde_json::from_str(&quote_numbers(json))? {
            Value::Object(fields) => Ok(Self {
                class: String::new(),
                fields,
                warnings: Vec::new(),
            }),
            _ => Err(InteropError::NotAnObject),
        }
    }

    pub fn has(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    /// The class that the configuration is of, which must be one of `known`.
    pub fn take_class(&mut self, known: &[&str]) -> Result<String, InteropError> {
        let list = || known.join(", ");
        match self.fields.remove("_class_name") {
            Some(Value::String(found)) if known.contains(&found.as_str()) => {
                self.class.clone_from(&found);
                Ok(found)
            }
            Some(Value::String(found)) => Err(InteropError::UnknownClass { found, known: list() }),
            _ => Err(InteropError::NoClass { known: list() }),
        }
    }

    /// All fields that are left, and the class.
    pub fn take_rest(&mut self) -> Map<String, Value> {
        let mut rest = std::mem::take(&mut self.fields);
        rest.insert("_class_name".into(), self.class.clone().into());
        rest
    }

    /// The field as it stands, without any check.
    pub fn take_value(&mut self, field: &str) -> Option<Value> {
        self.fields.remove(field)
    }

    /// The field, or `default` where it is missing.
    pub fn take<T: DeserializeOwned>(&mut self, field: &str, default: T) -> Result<T, InteropError> {
        let Some(value) = self.fields.remove(field) else {
            return Ok(default);
        };
        let shown = shown(&value);
        serde_json::from_value(value).map_err(|error| refused(field, shown, error))
    }

    /// The field, whose texts stand for values.
    pub fn take_named<T: Copy>(
        &mut self,
        field: &str,
        names: &[(&str, T)],
        default: T,
    ) -> Result<T, InteropError> {
        let Some(value) = self.fields.remove(field) else {
            return Ok(default);
        };
        let found = names.iter().find(|(name, _)| value == *name);
        found.map(|(_, found)| *found).ok_or_else(|| {
            let known: Vec<_> = names.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            refused(
                field,
                shown(&value),
                format!("it must be one of {}", known.join(", ")),
            )
        })
    }

    /// The fields of `T`, each where it is missing as in the default.
    pub fn take_all<T: Default + Serialize + DeserializeOwned>(&mut self) -> Result<T, InteropError> {
        let mut config = serde_json::to_value(T::default())?;
        let names: Vec<String> = config
            .as_object()
            .into_iter()
            .flat_map(|fields| fields.keys().cloned())
            .collect();
        for name in names {
            if let Some(value) = self.fields.remove(&name) {
                let shown = shown(&value);
                config[&name] = value;
                // One by one: the error is this field's.
                serde_json::from_value::<T>(config.clone()).map_err(|error| refused(&name, shown, error))?;
            }
        }
        Ok(serde_json::from_value(config)?)
    }

    /// A field of which only one value, the default, is supported.
    pub fn require(&mut self, field: &str, expected: &Value) -> Result<(), InteropError> {
        match self.fields.remove(field) {
            Some(found) if !same(&found, expected) => {
                let reason = format!("only {} is supported", shown(expected));
                Err(refused(field, shown(&found), reason))
            }
            _ => Ok(()),
        }
    }

    /// A field of which only one value, the default, can be followed: another is remarked on.
    pub fn prefer(&mut self, field: &str, expected: &Value) {
        if let Some(found) = self.fields.remove(field).filter(|found| !same(found, expected)) {
            let (found, expected) = (shown(&found), shown(expected));
            self.warn(format!(
                "{field} is {found}, which is not supported: sampling goes on with {expected}"
            ));
        }
    }

    /// Fields that change nothing here.
    pub fn ignore(&mut self, fields: &[&str]) {
        for field in fields {
            self.fields.remove(*field);
        }
    }

    pub fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }

    /// All remarks, those on fields that nobody took included.
    pub fn finish(mut self) -> Vec<String> {
        for (field, value) in self.fields {
            // Names that begin with an underscore are of the library, not of the class.
            if !field.starts_with('_') && !value.is_null() {
                let value = shown(&value);
                self.warnings.push(format!(
                    "{field} is {value}: this field is not known and was left out"
                ));
            }
        }
        self.warnings
    }
}

fn refused(field: &str, value: String, reason: impl ToString) -> InteropError {
    InteropError::Field {
        field: field.into(),
        value,
        reason: reason.to_string(),
    }
}

/// Equal as Python sees it: 1 is 1.0.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// A value as an error shows it, cut where it is long.
fn shown(value: &Value) -> String {
    const MOST: usize = 80;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

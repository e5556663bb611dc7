//! Python's JSON, which writes infinities and NaN as bare words.

/// The same text with `NaN`, `Infinity` and `-Infinity` as strings, which JSON has.
pub fn quote_numbers(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => string_length(rest),
            _ => ["-Infinity", "Infinity", "NaN"]
                .into_iter()
                .find(|word| rest.starts_with(word))
                .map_or(0, str::len),
        };
        if length == 0 {
            quoted.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(length);
        match c {
            '"' => quoted.push_str(word),
            _ => quoted.extend(["\"", word, "\""]),
        }
        rest = after;
    }
    quoted
}

/// Bytes of the string literal that `text` begins with, quotes included; all of `text` where it does not end.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return i + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn words_become_strings_and_strings_stay() {
        let text = r#"{"a": -Infinity, "b": [NaN,Infinity], "c NaN \" Infinity": "NaN\\"}"#;
        let value: Value = serde_json::from_str(&quote_numbers(text)).unwrap();
        let expected = json!({"a": "-Infinity", "b": ["NaN", "Infinity"], "c NaN \" Infinity": "NaN\\"});
        assert_eq!(value, expected);
    }

    proptest! {
        #[test]
        fn json_is_left_as_it_is(key in any::<String>(), text in any::<String>(), number in any::<f64>()) {
            let json = json!({ key: [Value::from(text), Value::from(number)] }).to_string();
            prop_assert_eq!(quote_numbers(&json), json);
        }

        #[test]
        fn any_text_is_gone_through(text in any::<String>()) {
            prop_assert!(quote_numbers(&text).len() >= text.len());
        }
    }
}

//! Reading the JSON of servers that are a little different: one odd field or element must not cost a whole answer.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads a field and keeps it only if it is of the expected kind: for `deserialize_with`, beside `default`.
pub(in crate::sources) fn lenient<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    Ok(serde_json::from_value(Value::deserialize(from)?).unwrap_or_default())
}

/// Reads a list and leaves out what cannot be read of it: for `deserialize_with`, beside `default`.
pub(in crate::sources) fn each<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let Value::Array(values) = Value::deserialize(from)? else { return Ok(Vec::new()) };
    Ok(values.into_iter().filter_map(|value| serde_json::from_value(value).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Default, Debug, PartialEq)]
    #[serde(default)]
    struct Odd {
        #[serde(deserialize_with = "lenient")]
        number: Option<u64>,
        #[serde(deserialize_with = "each")]
        list: Vec<u64>,
    }

    #[test]
    fn what_is_odd_is_left_out_and_the_rest_is_read() {
        let read = |text: &str| serde_json::from_str::<Odd>(text).unwrap();
        assert_eq!(read(r#"{"number":"7","list":[1,"x",null,3]}"#), Odd { number: None, list: vec![1, 3] });
        assert_eq!(read(r#"{"number":7,"list":{}}"#), Odd { number: Some(7), list: Vec::new() });
        assert_eq!(read("{}"), Odd::default());
    }
}

//! Form bodies and the parameters of web pages.

use std::collections::BTreeMap;

use crate::error::Refusal;

/// Most parameters of a form.
const MAX_PARAMETERS: usize = 100;

/// Parameters that each stand there once (RFC 6749, section 3.2).
#[derive(Debug, Default)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads `name=value&...`.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let mut parameters = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            if parameters.len() >= MAX_PARAMETERS {
                return Err(Refusal::Malformed("The form has too many parameters".to_owned()));
            }
            let name = name.into_owned();
            if parameters.insert(name.clone(), value.into_owned()).is_some() {
                return Err(Refusal::parameter(name, "This parameter is given twice"));
            }
        }
        Ok(Self(parameters))
    }

    /// A parameter that is there and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The names of all parameters.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A parameter that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| Refusal::parameter(name, "This value should not be blank"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded_and_bounded() {
        let form = Form::parse(b"a=x+y&b=%2B%26&c=&user%5Bemail%5D=a%40b").unwrap();
        assert_eq!((form.text("a"), form.text("b"), form.text("c")), (Some("x y"), Some("+&"), None));
        assert_eq!(form.text("user[email]"), Some("a@b"));
        assert!(form.required("c").is_err());
        assert!(matches!(Form::parse(b"a=1&a=2"), Err(Refusal::InvalidParameter { .. })));
        let many: Vec<_> = (0..=MAX_PARAMETERS).map(|number| format!("p{number}=1")).collect();
        assert!(Form::parse(many.join("&").as_bytes()).is_err());
        assert!(Form::parse(b"").unwrap().text("a").is_none());
    }
}

//! Any body to every call of the sandbox that reads one: no answer is a 5xx,
//! every refusal is a JSON error, and the books stay in order.
//!
//! The first byte of the input chooses the call. The second one says what the
//! rest is: the body itself, or a value that is put into a valid body at the place
//! that the byte chooses; with the highest bit set what is there is taken away.
#![no_main]

#[path = "json_body/calls.rs"]
mod calls;
#[path = "json_body/world.rs"]
mod world;

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

use calls::CALLS;
use world::WORLD;

/// The bit of the second byte that takes away instead of changing.
const REMOVES: u8 = 0x80;

/// Takes away what is at a place; the whole body is no place.
fn remove(body: &mut Value, place: &str) {
    let Some((parent, name)) = place.rsplit_once('/') else { return };
    match body.pointer_mut(parent) {
        Some(Value::Object(fields)) => {
            fields.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            items.remove(name.parse().unwrap());
        }
        _ => unreachable!("a place is in an object or a list"),
    }
}

/// The places of a value and of everything in it.
fn places(value: &Value, path: String, all: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, format!("{path}/{index}"), all);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                places(field, format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")), all);
            }
        }
        _ => {}
    }
    all.push(path);
}

/// What the rest of the input stands for: JSON, or a text.
fn value(rest: &[u8]) -> Value {
    serde_json::from_slice(rest).unwrap_or_else(|_| json!(String::from_utf8_lossy(rest)))
}

fuzz_target!(|data: &[u8]| {
    let [call, mode, rest @ ..] = data else { return };
    WORLD.with_borrow_mut(|world| {
        let (who, method, path, body) = CALLS[usize::from(*call) % CALLS.len()];
        let (path, body) = world.prepare(path, body);
        let body = if *mode == 0 {
            rest.to_vec()
        } else {
            let mut changed: Value = serde_json::from_str(&body).unwrap();
            let mut all = Vec::new();
            places(&changed, String::new(), &mut all);
            let place = &all[usize::from(mode & !REMOVES) % all.len()];
            if mode & REMOVES != 0 {
                remove(&mut changed, place);
            } else {
                *changed.pointer_mut(place).unwrap() = value(rest);
            }
            changed.to_string().into_bytes()
        };
        let (status, answer) = world.ask(who, method, &path, &body);
        assert!(status < 500, "{status} {answer}");
        if status != 200 {
            assert!(answer["error"].is_string(), "{status} {answer}");
        }
        world.check(&path);
    });
});

//! Cancelled tasks of Swift.
//!
//! The generator's Swift does not tell the library that nobody waits for a future any
//! more; its Kotlin does. Here the Swift learns it, with the package's own
//! `RustFutureCancellation`.

use crate::exchange::{Unexpected, exchanged};

/// What is exchanged where the library's futures are waited for, once each.
const WAITING: [(&str, &str); 4] = [
    (
        "    freeFunc: (UInt64) -> (),\n",
        "    cancelFunc: @escaping @Sendable (UInt64) -> (),\n    freeFunc: (UInt64) -> (),\n",
    ),
    (
        "    defer {\n        freeFunc(rustFuture)\n    }\n    var pollResult: Int8;\n    repeat {\n",
        "    let cancellation = RustFutureCancellation(rustFuture, cancelFunc)\n    defer {\n        \
         cancellation.end()\n        freeFunc(rustFuture)\n    }\n    \
         await withTaskCancellationHandler {\n    var pollResult: Int8;\n    repeat {\n",
    ),
    (
        "    } while pollResult != UNIFFI_RUST_FUTURE_POLL_READY\n",
        "    } while pollResult != UNIFFI_RUST_FUTURE_POLL_READY\n    } onCancel: {\n        \
         cancellation.cancel()\n    }\n",
    ),
    ("fatalError(\"Cancellation not supported yet\")", "throw CancellationError()"),
];
const CALL: &str = "await uniffiRustCallAsync(";
const FREE: &str = "freeFunc: ffi_paysera_bindings_rust_future_free_";
const CANCEL: &str = "cancelFunc: ffi_paysera_bindings_rust_future_cancel_";

/// The same file, whose asynchronous functions end with their task.
pub(crate) fn reaching_the_library(written: &str) -> Result<String, Unexpected> {
    let mut text = written.to_owned();
    for (from, to) in WAITING {
        text = exchanged(&text, from, to, 1)?;
    }
    let mut parts = text.split(FREE);
    let mut result = parts.next().unwrap_or_default().to_owned();
    let mut calls = 0;
    for part in parts {
        let (kind, _) = part.split_once(',').ok_or_else(|| Unexpected(FREE.to_owned()))?;
        result.push_str(&format!("{CANCEL}{kind},\n                {FREE}{part}"));
        calls += 1;
    }
    if calls == text.matches(CALL).count() { Ok(result) } else { Err(Unexpected(CALL.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = r#"
        case CALL_CANCELLED:
            fatalError("Cancellation not supported yet")
open func wait()async throws  -> State  {
    return
        try  await uniffiRustCallAsync(
            completeFunc: ffi_paysera_bindings_rust_future_complete_void,
            freeFunc: ffi_paysera_bindings_rust_future_free_void,
        )
}
fileprivate func uniffiRustCallAsync<F, T>(
    freeFunc: (UInt64) -> (),
) async throws -> T {
    let rustFuture = rustFutureFunc()
    defer {
        freeFunc(rustFuture)
    }
    var pollResult: Int8;
    repeat {
        pollResult = 0
    } while pollResult != UNIFFI_RUST_FUTURE_POLL_READY

    return 1
}
"#;

    #[test]
    fn every_call_says_how_it_is_cancelled() {
        let swift = reaching_the_library(WRITTEN).unwrap();
        assert!(swift.contains("cancelFunc: ffi_paysera_bindings_rust_future_cancel_void,\n"), "{swift}");
        assert!(!swift.contains("fatalError"), "{swift}");
        let waits = swift.find("await withTaskCancellationHandler {").unwrap();
        assert!(waits < swift.find("} onCancel: {").unwrap(), "{swift}");
    }

    #[test]
    fn another_form_of_the_generated_code_is_refused() {
        for (from, to) in [
            ("not supported yet", "supported"),
            ("rust_future_free_void", "rust_future_drop_void"),
            ("var pollResult: Int8;", "var result: Int8;"),
            ("freeFunc: (UInt64)", "freeFunc: @escaping (UInt64)"),
        ] {
            assert!(reaching_the_library(&WRITTEN.replace(from, to)).is_err(), "{from}");
        }
    }
}

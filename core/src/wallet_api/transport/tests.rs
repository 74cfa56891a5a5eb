use super::*;

#[test]
fn what_an_answer_said_is_not_repeated_in_an_error() {
    for (text, kept) in [
        ("missing field `time` at line 1", "missing field `time` at line 1"),
        (r#"invalid type: string "k3y", expected i64"#, r#"invalid type: string "", expected i64"#),
        (
            r#"invalid value: string "a\"b\\", expected "c" or d"#,
            r#"invalid value: string "", expected "" or d"#,
        ),
        (r#"string "cut"#, r#"string ""#),
    ] {
        assert_eq!(without_quotations(text), kept);
    }
}

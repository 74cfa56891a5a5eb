use keyring_core::mock;

use super::*;

fn stores() -> (Arc<mock::Store>, KeyringSecretStore) {
    let platform = mock::Store::new().unwrap();
    let store = KeyringSecretStore::new(platform.clone(), "com.example.till");
    (platform, store)
}

fn text(store: &dyn SecretStore, name: &str) -> Option<String> {
    store.get(name).unwrap().map(|secret| String::from_utf8(secret.to_vec()).unwrap())
}

/// Makes the next access to an entry fail.
fn break_next(platform: &mock::Store, name: &str, error: Error) {
    let entry =
        keyring_core::api::CredentialStoreApi::build(platform, "com.example.till", name, None).unwrap();
    entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
}

#[test]
fn secrets_are_kept_replaced_and_forgotten_also_binary_ones() {
    let (platform, store) = stores();
    assert_eq!(store.get("session").unwrap(), None);
    store.set("session", b"one").unwrap();
    store.set("session", b"two").unwrap();
    store.set("seed", &[0, 255, 128]).unwrap();
    // Another process of the same app.
    let again = KeyringSecretStore::new(platform, "com.example.till");
    assert_eq!(text(&again, "session").as_deref(), Some("two"));
    assert_eq!(again.get("seed").unwrap().unwrap().as_slice(), [0, 255, 128]);
    again.delete("session").unwrap();
    again.delete("session").unwrap();
    assert_eq!(text(&store, "session"), None);
    assert!(!format!("{store:?}").contains("two"));
}

#[test]
fn everything_of_this_app_is_forgotten_and_nothing_of_others() {
    let (platform, store) = stores();
    let other = KeyringSecretStore::new(platform, "com.example.other");
    for name in ["session", "seed", "device"] {
        store.set(name, b"x").unwrap();
        other.set(name, b"y").unwrap();
    }
    store.delete_all().unwrap();
    store.delete_all().unwrap();
    for name in ["session", "seed", "device"] {
        assert_eq!((text(&store, name), text(&other, name).as_deref()), (None, Some("y")));
    }
}

#[test]
fn what_goes_wrong_says_what_to_do_and_shows_no_secret() {
    let (platform, store) = stores();
    store.set("session", b"k3y").unwrap();
    for (error, words) in [
        (Error::NoStorageAccess("k3y".into()), "unlock"),
        (Error::BadEncoding(b"k3y".to_vec()), "sign in again"),
        (Error::BadDataFormat(b"k3y".to_vec(), "k3y".into()), "sign in again"),
        (Error::TooLong("the secret".to_owned(), 9), "longer than 9"),
    ] {
        break_next(&platform, "session", error);
        let reason = store.get("session").unwrap_err().reason;
        assert!(reason.contains(words) && !reason.contains("k3y"), "{reason}");
    }
    assert_eq!(text(&store, "session").as_deref(), Some("k3y"));
    for name in ["", INDEX] {
        assert!(store.set(name, b"x").is_err() && store.get(name).is_err() && store.delete(name).is_err());
    }
}

#[test]
fn a_secret_that_was_not_stored_leaves_the_earlier_one_and_is_no_secret_without_a_name() {
    let (platform, store) = stores();
    store.set("session", b"old").unwrap();
    break_next(&platform, "session", Error::NoStorageAccess("locked".into()));
    assert!(store.set("session", b"new").is_err());
    assert_eq!(text(&store, "session").as_deref(), Some("old"));
    break_next(&platform, INDEX, Error::NoStorageAccess("locked".into()));
    assert!(store.set("seed", b"x").is_err());
    assert_eq!(text(&store, "seed"), None);
    break_next(&platform, "session", Error::NoStorageAccess("locked".into()));
    assert!(store.delete_all().is_err());
    store.delete_all().unwrap();
    assert_eq!(text(&store, "session"), None);
}

#[test]
fn a_damaged_list_of_secrets_stops_nothing_for_good_and_is_told_once() {
    let (_, store) = stores();
    store.set("session", b"old").unwrap();
    store.set("seed", b"x").unwrap();
    for damaged in [&b"no list"[..], &[0xff]] {
        store.write(INDEX, damaged).unwrap();
        store.set("session", b"new").unwrap();
        assert_eq!(text(&store, "session").as_deref(), Some("new"));
        store.write(INDEX, damaged).unwrap();
        store.delete("session").unwrap();
        store.set("session", b"new").unwrap();
        // What the list named may be there still: that is said once.
        let error = store.delete_all().unwrap_err();
        assert!(error.reason.contains("damaged"), "{error}");
        assert_eq!(text(&store, "session"), None);
        store.delete_all().unwrap();
        store.write(INDEX, damaged).unwrap();
        assert!(store.delete_all().is_err());
        store.delete_all().unwrap();
    }
}

#[test]
fn the_session_is_forgotten_also_when_the_list_of_secrets_is_damaged() {
    let (_, store) = stores();
    store.set("session", b"x").unwrap();
    store.write(INDEX, b"no list").unwrap();
    assert!(store.delete_all().is_err());
    assert_eq!(text(&store, "session"), None);
}

#[test]
fn a_list_of_secrets_that_can_not_be_reached_is_not_taken_for_damaged() {
    let (platform, store) = stores();
    store.set("seed", b"x").unwrap();
    break_next(&platform, INDEX, Error::NoStorageAccess("locked".into()));
    assert!(store.delete_all().is_err());
    store.delete_all().unwrap();
    assert_eq!(text(&store, "seed"), None);
}

#[test]
fn without_a_store_it_is_said_how_to_get_one() {
    let error = KeyringSecretStore::with_default_store("com.example.till").unwrap_err();
    assert!(error.reason.contains("set_default_store"), "{error}");
}

use super::*;
use crate::auth::{FixedCredentials, MemorySecretStore};
use crate::clock::SystemRandom;
use crate::wallet_api::{Environment, ScopeName};

fn sign_in() -> SignIn {
    let credentials = FixedCredentials::new("app".to_owned(), "key".to_owned());
    let environment = Environment::sandbox("http://127.0.0.1:1/").unwrap();
    let api = WalletApi::builder(environment, Arc::new(credentials)).build().unwrap();
    SignIn::new(api, Arc::new(MemorySecretStore::default()))
}

fn begun(page: &str) -> Result<BrowserSignIn, SignInError> {
    let scopes = [ScopeName::Balance.into(), ScopeName::WalletList.into()];
    sign_in().in_browser(page, "app", "my-app://back?x=1", &scopes, &SystemRandom)
}

#[test]
fn the_page_is_asked_in_its_own_words() {
    let begun = begun("https://bank.example/frontend/").unwrap();
    let url = Url::parse(&begun.url()).unwrap();
    assert_eq!(url.path(), "/frontend/oauth");
    let pairs: Vec<_> =
        url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        pairs[..4],
        [
            text("response_type", "code"),
            text("client_id", "app"),
            text("scope", "balance wallet_list"),
            text("redirect_uri", "my-app://back?x=1")
        ]
    );
    let state = begun.asked("state");
    assert_eq!(pairs[4], text("state", state));
    assert!(state.len() == 16 && state.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{state}");
    let confirming = begun.clone().confirming(TransactionKey::parse("pDAlAZ3z").unwrap());
    let confirming = Url::parse(&confirming.url()).unwrap();
    assert_eq!(confirming.path(), "/frontend/transaction/confirm-with-oauth/pDAlAZ3z");
    assert_eq!(confirming.query(), url.query());
    // Whoever knows the state can end this sign-in.
    assert!(!format!("{begun:?} {:?}", sign_in()).contains(state));
    let with_key = BrowserSignIn { key: Some("k/1".to_owned()), ..begun };
    assert_eq!(with_key.url(), "https://bank.example/frontend/oauth/k%2F1");
}

#[test]
fn only_the_answer_to_this_sign_in_ends_it() {
    let begun = begun("https://bank.example/frontend").unwrap();
    let state = begun.asked("state").to_owned();
    let code = |url: String| begun.code(&url).map(|code| code.expose().to_owned());
    assert_eq!(code(format!("my-app://back?state={state}&code=a%26b")).unwrap(), "a&b");
    for url in [
        format!("my-app://back?state={state}"),
        format!("my-app://back?state={state}&code="),
        format!("my-app://back?state={state}&code=1&code=2"),
        format!("my-app://back?state={state}&state={state}&code=1"),
        format!("my-app://elsewhere?state={state}&code=1"),
        format!("https://back?state={state}&code=1"),
        "my-app://back?state=other&code=1".to_owned(),
        "my-app://back?code=1".to_owned(),
        "nonsense".to_owned(),
    ] {
        let error = code(url.clone()).unwrap_err();
        assert!(matches!(error, SignInError::WrongRedirect { .. }), "{url}: {error:?}");
    }
    let denied =
        code(format!("my-app://back?state={state}&error=access_denied&error_description=No")).unwrap_err();
    match denied {
        SignInError::Denied { error, description } => {
            assert_eq!((error.as_str(), description.as_deref()), ("access_denied", Some("No")));
        }
        other => panic!("{other:?}"),
    }
    // Nobody is told of a refusal that this sign-in did not get.
    let forged = code("my-app://back?state=other&error=access_denied".to_owned()).unwrap_err();
    assert!(matches!(forged, SignInError::WrongRedirect { .. }));
    assert!(!format!("{begun:?}").contains(&state));
}

#[test]
fn a_page_has_an_address_of_the_web() {
    for page in ["", "bank", "ftp://x/", "https://x/?a", "mailto:a@b", "http://bank.example/frontend"] {
        assert!(matches!(begun(page), Err(SignInError::NotAnAddress { .. })), "{page}");
    }
}

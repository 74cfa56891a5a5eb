//! What holds a secret does not show it.

use bytes::Bytes;

use super::*;
use crate::auth::FixedCredentials;
use crate::code::ReservationCode;
use crate::secret::Secret;

/// Stands for every secret.
const SECRET: &str = "s3cr3t";
/// The only secret with a form of its own.
const CODE: &str = "0112345678903305676022535991";

fn secret() -> Secret {
    Secret::new(SECRET.to_owned())
}

#[track_caller]
fn assert_hidden(shown: &str) {
    for hidden in [SECRET, CODE] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

#[test]
fn what_is_sent_does_not_show_its_secrets() {
    let payer = Payer::Card { issuer: "bank".to_owned(), number: secret() };
    let consents = [
        Consent::ReservationCode(ReservationCode::parse(CODE).unwrap()),
        Consent::SmsCode(secret()),
        Consent::Pin { payer, pin: secret() },
    ];
    for consent in consents {
        assert_hidden(&format!("{consent:?} {:?}", Acceptance::from(consent.clone())));
    }
    let registration =
        Registration { password: secret(), ..Registration::new("995577000001".to_owned(), "ka", secret()) };
    let password = NewPassword::provided(secret());
    let payment = NewPayment { password: Some(password), ..NewPayment::new("Parcel", gel(1)) };
    let create = CreateTransaction { payments: vec![payment.clone()], ..CreateTransaction::default() };
    let search = WalletSearch::Card { number: secret(), issuer: None };
    let subscriber = NewSubscriber {
        service: PushService::Ios,
        device_token: secret(),
        events: Vec::new(),
        locale: None,
        privacy: PrivacyLevel::High,
    };
    let credentials = MacCredentials::new(SECRET.to_owned(), MacKey::new(SECRET.to_owned()));
    let proofs = [PasswordProof::Code(secret()), PasswordProof::OldPassword(secret())];
    assert_hidden(&format!("{registration:?} {payment:?} {create:?} {search:?} {subscriber:?}"));
    assert_hidden(&format!("{credentials:?} {:?} {proofs:?}", FixedCredentials::from(credentials.clone())));
    assert_hidden(&format!("{:?}", Photograph::png(SECRET.as_bytes().to_vec())));
}

#[test]
fn what_is_read_does_not_show_its_secrets() {
    let token: Token = read(&format!(
        r#"{{"access_token":"{SECRET}","token_type":"mac","mac_key":"{SECRET}","mac_algorithm":"hmac-sha-256",
            "expires_in":1,"refresh_token":"{SECRET}"}}"#
    ));
    let client: RegisteredClient = read(&format!(
        r#"{{"id":1,"type":"app_client","credentials":{{"access_token":"{SECRET}","mac_key":"{SECRET}"}}}}"#
    ));
    let auth: AuthToken =
        read(&format!(r#"{{"auth_token":{{"value":"{SECRET}","session_id":"{SECRET}"}}}}"#));
    let jwt: JsonWebToken = read(&format!(r#"{{"access_token":"{SECRET}","expires_in":1}}"#));
    let generator: Generator = read(&format!(r#"{{"id":1,"status":"active","seed":"{SECRET}"}}"#));
    let confirmation: Confirmation =
        read(&format!(r#"{{"identifier":"a","status":"pending","properties":{{"code":"{SECRET}"}}}}"#));
    let password = format!(r#"{{"type":"generated","value":"{SECRET}"}}"#);
    let payment: Payment =
        read(&format!(r#"{{"id":1,"status":"new","price":1,"currency":"GEL","password":{password}}}"#));
    let pending: PendingPayment =
        read(&format!(r#"{{"id":1,"amount":1,"currency":"GEL","direction":"out","password":{password}}}"#));
    assert_eq!(pending.password.as_ref().unwrap().value.as_ref().unwrap().expose(), SECRET);
    assert_hidden(&format!("{token:?} {:?} {client:?} {auth:?} {jwt:?}", token.credentials()));
    assert_hidden(&format!("{generator:?} {confirmation:?} {payment:?} {pending:?}"));
}

#[test]
fn what_goes_over_the_network_does_not_show_its_secrets() {
    let mut headers = http::HeaderMap::new();
    headers.insert("authorization", SECRET.parse().unwrap());
    let request = HttpRequest {
        method: http::Method::POST,
        url: url::Url::parse(&format!("https://a.example/rest/v1/tokens/{SECRET}?code={CODE}")).unwrap(),
        headers: headers.clone(),
        body: Bytes::from_static(SECRET.as_bytes()),
    };
    let answer =
        HttpAnswer { status: http::StatusCode::OK, headers, body: Bytes::from_static(SECRET.as_bytes()) };
    assert_hidden(&format!("{request:?} {answer:?}"));
    let call = transport::Call::put(format!("tokens/{SECRET}/activate")).query("code", CODE);
    let call = call.form([("password", SECRET)]);
    assert_hidden(&format!("{call:?}"));
}

fn gel(minor: i64) -> crate::money::Money {
    crate::money::Money::from_minor(minor, crate::money::Currency::GEL)
}

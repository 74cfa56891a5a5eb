//! Users and how they are identified.

use std::sync::Arc;

use paysera_core::auth::FixedCredentials;
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{
    DocumentType, IdentificationLevel, IdentificationStatus, NewIdentityDocument, PasswordProof, Photograph,
    Registration, RelationStatus, ScopeName, UserId, UserRef, UserSearch, Window,
};
use paysera_e2e::{Shop, client};
use paysera_sandbox::seed;
use paysera_sandbox::seed::CUSTOMER;

use crate::{app, last_code, phone, refusal};

#[tokio::test]
async fn a_user_reads_what_is_known_of_them() {
    let shop = Shop::open().await;
    let phone = phone(&shop);
    let users = phone.users();
    let me = users.get(UserRef::Me).await.unwrap();
    assert_eq!(
        (me.id, me.identification_level),
        (UserId(CUSTOMER.user), Some(IdentificationLevel::Identified))
    );
    assert_eq!(users.email(UserRef::Me).await.unwrap(), CUSTOMER.email);
    assert_eq!(users.phone(UserRef::Id(UserId(CUSTOMER.user))).await.unwrap(), CUSTOMER.phone);
    assert_eq!(users.confirmed_phones(UserRef::Me).await.unwrap(), [CUSTOMER.phone]);
    assert_eq!(users.identity(UserRef::Me).await.unwrap().code, me.identity.unwrap().code);
    assert_eq!(users.address(UserRef::Me).await.unwrap().country.as_deref(), Some("GE"));
    assert_eq!(users.wallets(UserRef::Me, true).await.unwrap()[0].id.get(), CUSTOMER.wallet);
    assert_eq!(users.politically_exposed(UserRef::Me).await.unwrap(), []);
    users.set_position(41.69, 44.80, false).await.unwrap();
    let found = users.find(&UserSearch::Phone(CUSTOMER.phone.to_owned())).await.unwrap();
    assert_eq!(found.id, UserId(CUSTOMER.user));
}

#[tokio::test]
async fn somebody_registers_and_changes_the_password() {
    let shop = Shop::open().await;
    let app = app(&shop);
    let users = app.users();
    let password = Secret::new("Correct-horse-7".to_owned());
    let registration = Registration {
        scopes: vec![ScopeName::Balance.into()],
        ..Registration::new("995577123456".to_owned(), "ka", password)
    };
    let user = UserRef::Id(users.register(&registration).await.unwrap().id);
    let code = last_code(&shop).await;
    assert_eq!(
        refusal(users.confirm_phone(user, &Secret::new("000000".to_owned())).await).code,
        "invalid_code"
    );
    users.confirm_phone(user, &code).await.unwrap();
    assert_eq!(refusal(users.register(&registration).await).code, "user_already_exists");
    let phone = phone(&shop);
    phone.users().add_phone(UserRef::Me, "995577123457", &[ScopeName::Balance.into()]).await.unwrap();
    phone.users().confirm_phone(UserRef::Me, &last_code(&shop).await).await.unwrap();

    let by = UserSearch::Email(CUSTOMER.email.to_owned());
    users.reset_password(&by, Some("01001014471")).await.unwrap();
    let proof = PasswordProof::Code(last_code(&shop).await);
    let next = Secret::new("Battery-staple-8".to_owned());
    users.set_password(UserRef::Id(UserId(CUSTOMER.user)), &next, &proof).await.unwrap();
    let old = PasswordProof::OldPassword(next);
    let last = Secret::new("Battery-staple-9".to_owned());
    phone.users().set_password(UserRef::Me, &last, &old).await.unwrap();
    assert!(phone.users().set_password(UserRef::Me, &last, &old).await.is_err());
}

#[tokio::test]
async fn a_user_becomes_identified() {
    let shop = Shop::open().await;
    let unidentified = seed::UNIDENTIFIED;
    let credentials = FixedCredentials::new(unidentified.token.to_owned(), unidentified.mac_key.to_owned());
    let phone = client(&shop.environment, Arc::new(credentials));
    let identification = phone.identification();
    let request = identification.begin(UserRef::Me).await.unwrap();
    assert_eq!(request.status, IdentificationStatus::Waiting);
    assert_eq!(refusal(identification.submit(request.id).await).code, "invalid_state");
    let new = NewIdentityDocument {
        kind: DocumentType::Passport,
        document_number: "12AB34567".to_owned(),
        country: "GE".to_owned(),
    };
    let document = identification.add_document(request.id, &new).await.unwrap();
    let picture = || Photograph::jpeg(vec![0xff, 0xd8, 0xff, 0xe0, 0, 16]);
    let no_picture = Photograph::png(b"hello".to_vec());
    assert_eq!(
        refusal(identification.send_document(document.id, 1, no_picture).await).code,
        "invalid_request"
    );
    identification.send_document(document.id, 1, picture()).await.unwrap();
    identification.send_face(request.id, 1, picture()).await.unwrap();
    let submitted = identification.submit(request.id).await.unwrap();
    assert_ne!(submitted.status, IdentificationStatus::Waiting);
    assert_eq!(submitted.identity_documents, [document]);
    shop.sandbox.review_identification(request.id.0, true).await.unwrap();
    let reviewed = [IdentificationStatus::Reviewed];
    let listed = identification.list(&reviewed, Window::default()).await.unwrap().items;
    assert_eq!(listed[0].relation_status, Some(RelationStatus::Related));
    let me = phone.users().get(UserRef::Me).await.unwrap();
    assert!(me.identification_level.unwrap().is_identified());
}

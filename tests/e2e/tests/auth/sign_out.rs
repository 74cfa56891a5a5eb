//! How sessions end, and what they leave alone.

use std::time::Duration;

use paysera_core::auth::SecretStore as _;
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{Activation, ScopeName, UserRef, WalletApiError};
use paysera_e2e::{Logged, request_log};
use paysera_sandbox::Fault;
use paysera_sandbox::seed::UNIDENTIFIED;

use crate::{Desk, TOKEN_SECONDS, balance};

#[tokio::test]
async fn who_signs_out_takes_nobody_along_who_signed_in_since() {
    let desk = Desk::open(Activation::AtOnce).await;
    let first = desk.session().await;
    let password = Secret::new(UNIDENTIFIED.password.to_owned());
    let scopes = [ScopeName::UserInfo.into()];
    desk.sign_in.with_password(UNIDENTIFIED.phone, &password, &scopes).await.unwrap();
    // The first user's session goes on in some corner of the app, and ends.
    let api = desk.api(&first);
    desk.shop.sandbox.clock().advance(TOKEN_SECONDS - 30);
    api.server().time().await.unwrap();
    balance(&api).await.unwrap();
    first.sign_out().await.unwrap();
    assert!(matches!(balance(&api).await, Err(WalletApiError::SignedOut(_))));
    let kept = desk.sign_in.resume().unwrap().expect("the second user is signed out, too");
    let user = desk.api(&kept).users().get(UserRef::Me).await.unwrap();
    assert_eq!(user.id.0, UNIDENTIFIED.user);
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once_and_also_for_who_does_not_wait() {
    for activation in [Activation::AtOnce, Activation::Separate] {
        let desk = Desk::open(activation).await;
        let session = desk.session().await;
        let api = desk.api(&session);
        desk.shop.sandbox.clock().advance(TOKEN_SECONDS - 30);
        api.server().time().await.unwrap();
        // A refresh is under way, and nobody knows for how long.
        desk.break_next("POST", "oauth/v1/token", Fault::Delay(Duration::from_secs(600)));
        let refreshing = tokio::spawn({
            let api = api.clone();
            async move { balance(&api).await }
        });
        desk.shop.sandbox.faults().held().wait_for(|held| *held == 1).await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(50), session.sign_out()).await.is_err());
        assert!(session.is_signed_out());
        assert!(matches!(balance(&api).await, Err(WalletApiError::SignedOut(_))));
        desk.shop.sandbox.faults().release();
        assert!(matches!(refreshing.await.unwrap(), Err(WalletApiError::SignedOut(_))));
        // Comes after all of that.
        session.sign_out().await.unwrap();
        assert!(desk.store.get("session").unwrap().is_none());
        assert!(desk.sign_in.resume().unwrap().is_none());
        // The token that came too late is ended, or the one whose next never began.
        let revoked = tokio::time::timeout(Duration::from_secs(5), async {
            let is_revocation = |request: &Logged| request.method == "DELETE" && request.status == 200;
            while !request_log(&desk.shop.sandbox).await.iter().any(is_revocation) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        revoked.await.expect("no token was revoked");
    }
}

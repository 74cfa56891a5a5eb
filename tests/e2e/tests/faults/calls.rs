//! Every call of the client.

use std::future::Future;
use std::pin::Pin;

use paysera_core::clock::UnixSeconds;
use paysera_core::code::{Code, LocationId, ReservationCode, TransactionKey, WalletId};
use paysera_core::money::Currency;
use paysera_core::secret::Secret;
use paysera_core::wallet_api::*;
use paysera_e2e::gel;

pub(crate) type Making = Pin<Box<dyn Future<Output = Result<(), WalletApiError>> + Send>>;

pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) is_read: bool,
    pub(crate) make: fn(WalletApi) -> Making,
}

macro_rules! calls {
    ($($kind:ident $name:literal = |$api:ident| $call:expr;)+) => {
        vec![$(Call {
            name: $name,
            is_read: matches!(stringify!($kind), "read"),
            make: |$api| Box::pin(async move { $call.await.map(|_| ()) }),
        }),+]
    };
}

fn key() -> TransactionKey {
    TransactionKey::parse("NobodysKey0000000001").unwrap()
}

fn wallet() -> WalletId {
    WalletId::new(14471).unwrap()
}

fn secret() -> Secret {
    Secret::new("secret".to_owned())
}

fn payment() -> NewPayment {
    NewPayment::new("Coffee", gel(1))
}

fn transaction() -> CreateTransaction {
    CreateTransaction { payments: vec![payment()], ..CreateTransaction::default() }
}

fn allowance() -> NewAllowance {
    NewAllowance {
        description: None,
        currency: Currency::GEL,
        max_price: Some(gel(1)),
        limits: Vec::new(),
        validity: None,
    }
}

fn code() -> ReservationCode {
    ReservationCode::parse("0112345678903305676022535991").unwrap()
}

fn project() -> ProjectUpdate {
    ProjectUpdate { title: "x".to_owned(), description: None, wallet_id: None }
}

fn subscriber() -> NewSubscriber {
    NewSubscriber {
        service: PushService::Ios,
        device_token: secret(),
        events: Vec::new(),
        locale: None,
        privacy: PrivacyLevel::High,
    }
}

fn new_client() -> NewClient {
    NewClient {
        kind: ClientType::PrivateClient,
        title: "x".to_owned(),
        permissions: Vec::new(),
        hosts: Vec::new(),
        project_id: None,
    }
}

fn registration() -> Registration {
    Registration::new("995577000001".to_owned(), "ka", secret())
}

fn prices() -> ConfirmPrices {
    ConfirmPrices::new([(PaymentId(1), gel(1))]).unwrap()
}

fn confirmation() -> ConfirmationIdentifier {
    ConfirmationIdentifier::parse("nobody").unwrap()
}

pub(crate) fn all() -> Vec<Call> {
    calls! {
        read "server.time" = |api| api.server().time();
        read "server.configuration" = |api| api.server().configuration();
        read "server.currencies" = |api| api.server().currencies();
        read "server.callback_key" = |api| api.server().callback_key();
        write "oauth.by_password" = |api| api.oauth().by_password("a", &secret(), &[]);
        write "oauth.by_code" = |api| api.oauth().by_code(&secret(), "https://a.example/");
        write "oauth.refresh" = |api| api.oauth().refresh(&secret(), Activation::Separate);
        write "oauth.extend" = |api| api.oauth().extend(&secret(), &[], &[ExtendedScope::ConvertCurrency], &secret());
        write "oauth.activate" = |api| api.oauth().activate(&secret());
        write "oauth.revoke" = |api| api.oauth().revoke(&secret());
        write "app_tokens.auth_token" = |api| api.app_tokens().auth_token();
        write "app_tokens.json_web_token" = |api| api.app_tokens().json_web_token("a", "b");
        read "clients.own" = |api| api.clients().own();
        read "clients.get" = |api| api.clients().get(ClientId(1));
        read "clients.list" = |api| api.clients().list(None, Window::default());
        write "clients.register" = |api| api.clients().register(&DeviceInfo::default());
        write "clients.create" = |api| api.clients().create(&new_client());
        write "clients.update" = |api| api.clients().update(ClientId(1), &ClientUpdate::default());
        read "clients.device_status" = |api| api.clients().device_status(AppClientInfoId(1));
        write "transactions.create" = |api| api.transactions().create(&transaction());
        read "transactions.get" = |api| api.transactions().get(&key());
        read "transactions.get_for_review" = |api| api.transactions().get_for_review(&key());
        read "transactions.list" = |api| api.transactions().list(&TransactionFilter::default());
        write "transactions.reserve_by_code" = |api| api.transactions().reserve_by_code(&key(), &code());
        write "transactions.reserve" = |api| api.transactions().reserve(&key(), &Consent::SmsCode(secret()).into());
        write "transactions.reserve_from_wallet" = |api| api.transactions().reserve_from_wallet(&key(), WalletRef::Me);
        write "transactions.reserve_from" = |api| api.transactions().reserve_from(&key(), WalletRef::Me, &FromWallet::default());
        write "transactions.confirm" = |api| api.transactions().confirm(&key());
        write "transactions.confirm_at" = |api| api.transactions().confirm_at(&key(), &prices());
        write "transactions.reject" = |api| api.transactions().reject(&key());
        read "transactions.types" = |api| api.transactions().types(&key(), WalletRef::Me);
        write "transactions.flash" = |api| api.transactions().flash(&key(), WalletRef::Me);
        write "transactions.request" = |api| api.transactions().request(&key(), &RequestReceiver::UserId(UserId(1)), None);
        read "transactions.inquired" = |api| api.transactions().inquired(&key());
        write "transactions.notify" = |api| api.transactions().notify(&key());
        write "transactions.revoke" = |api| api.transactions().revoke(&key());
        write "payments.create" = |api| api.payments().create(&payment());
        read "payments.get" = |api| api.payments().get(PaymentId(1));
        read "payments.list" = |api| api.payments().list(&PaymentFilter::default());
        write "payments.cancel" = |api| api.payments().cancel(PaymentId(1));
        write "payments.freeze_until" = |api| api.payments().freeze_until(PaymentId(1), UnixSeconds(1));
        write "payments.prolong_freeze" = |api| api.payments().prolong_freeze(PaymentId(1), 1);
        write "payments.unfreeze" = |api| api.payments().unfreeze(PaymentId(1));
        write "payments.finalize" = |api| api.payments().finalize(PaymentId(1), None);
        write "payments.provide_password" = |api| api.payments().provide_password(PaymentId(1), &secret());
        write "allowances.create" = |api| api.allowances().create(&allowance());
        read "allowances.get" = |api| api.allowances().get(AllowanceId(1));
        write "allowances.cancel" = |api| api.allowances().cancel(AllowanceId(1));
        read "allowances.active" = |api| api.allowances().active(WalletRef::Me);
        write "allowances.cancel_active" = |api| api.allowances().cancel_active(WalletRef::Me);
        read "allowances.limit" = |api| api.allowances().limit(wallet(), Currency::GEL);
        read "wallets.get" = |api| api.wallets().get(WalletRef::Me);
        read "wallets.find" = |api| api.wallets().find(&WalletSearch::User(UserId(1)));
        read "wallets.barcode" = |api| api.wallets().barcode(&WalletSearch::User(UserId(1)));
        read "wallets.of_contacts" = |api| api.wallets().of_contacts(&Contacts::default());
        read "wallets.account_of_iban" = |api| api.wallets().account_of_iban("GE29NB0000000101904917");
        read "wallets.balance" = |api| api.wallets().balance(WalletRef::Me);
        read "wallets.balance_with_history" = |api| api.wallets().balance_with_history(WalletRef::Me);
        read "wallets.balance_in" = |api| api.wallets().balance_in(WalletRef::Me, Currency::EUR);
        read "wallets.has_sufficient" = |api| api.wallets().has_sufficient(WalletRef::Me, gel(1));
        read "wallets.statements" = |api| statement(&api);
        read "wallets.pending" = |api| api.wallets().pending(WalletRef::Me, Window::default());
        write "wallets.cancel_pending" = |api| api.wallets().cancel_pending(WalletRef::Me, PendingPaymentId(1));
        read "wallets.reservations" = |api| api.wallets().reservations(WalletRef::Me, Window::default());
        write "wallets.describe" = |api| api.wallets().describe(WalletRef::Me, "x");
        write "wallets.undescribe" = |api| api.wallets().undescribe(WalletRef::Me);
        read "users.get" = |api| api.users().get(UserRef::Me);
        read "users.find" = |api| api.users().find(&UserSearch::Phone("1".to_owned()));
        read "users.email" = |api| api.users().email(UserRef::Me);
        read "users.phone" = |api| api.users().phone(UserRef::Me);
        read "users.confirmed_phones" = |api| api.users().confirmed_phones(UserRef::Me);
        read "users.address" = |api| api.users().address(UserRef::Me);
        read "users.identity" = |api| api.users().identity(UserRef::Me);
        read "users.wallets" = |api| api.users().wallets(UserRef::Me, false);
        read "users.politically_exposed" = |api| api.users().politically_exposed(UserRef::Me);
        write "users.set_position" = |api| api.users().set_position(1.0, 2.0, true);
        write "users.register" = |api| api.users().register(&registration());
        write "users.confirm_phone" = |api| api.users().confirm_phone(UserRef::Me, &secret());
        write "users.add_phone" = |api| api.users().add_phone(UserRef::Me, "1", &[]);
        write "users.reset_password" = |api| api.users().reset_password(&UserSearch::Phone("1".to_owned()), None);
        write "users.set_password" = |api| set_password(&api);
        write "identification.begin" = |api| api.identification().begin(UserRef::Me);
        read "identification.list" = |api| api.identification().list(&[], Window::default());
        write "identification.add_document" = |api| add_document(&api);
        write "identification.send_document" = |api| send_document(&api);
        write "identification.send_face" = |api| send_face(&api);
        write "identification.submit" = |api| api.identification().submit(IdentificationRequestId(1));
        read "projects.get" = |api| api.projects().get(ProjectId(1));
        write "projects.update" = |api| api.projects().update(ProjectId(1), &project());
        read "projects.mine" = |api| api.projects().mine();
        read "locations.of_client" = |api| api.locations().of_client();
        read "locations.of_project" = |api| api.locations().of_project(ProjectId(1));
        read "locations.search" = |api| api.locations().search(&LocationFilter::default());
        read "locations.categories" = |api| api.locations().categories(None);
        write "locations.create" = |api| api.locations().create(ProjectId(1), &LocationUpdate::default());
        write "locations.update" = |api| api.locations().update(LocationId(1), &LocationUpdate::default());
        read "spots.by_code" = |api| api.spots().by_code(&Code::parse("PAYSERA*1:a").unwrap());
        read "spots.get" = |api| api.spots().get(SpotId(1));
        write "spots.check_in" = |api| api.spots().check_in(SpotId(1));
        write "spots.check_out" = |api| api.spots().check_out(SpotId(1));
        read "spots.list" = |api| api.spots().list(&[], None, Window::default());
        write "spots.add_order" = |api| api.spots().add_order(SpotId(1), &key());
        read "spots.order" = |api| api.spots().order(SpotId(1), OrderId(1));
        write "spots.remove_order" = |api| api.spots().remove_order(SpotId(1), OrderId(1));
        write "spots.close" = |api| api.spots().close(SpotId(1));
        read "codes.look_up" = |api| api.codes().look_up("PAYSERA*1:a");
        write "generators.request_code" = |api| api.generators().request_code(&GeneratorCodeRequest::default());
        write "generators.create" = |api| api.generators().create(&secret());
        read "generators.get" = |api| api.generators().get(GeneratorId(1));
        read "confirmations.list" = |api| api.confirmations().list(&ConfirmationFilter::default());
        read "confirmations.get" = |api| api.confirmations().get(&confirmation());
        write "confirmations.confirm" = |api| api.confirmations().confirm(&confirmation());
        write "confirmations.reject" = |api| api.confirmations().reject(&confirmation());
        write "subscribers.create" = |api| api.subscribers().create(&subscriber());
        write "subscribers.update" = |api| api.subscribers().update(SubscriberId(1), &subscriber());
        write "subscribers.remove" = |api| api.subscribers().remove(SubscriberId(1));
        write "subscribers.remove_all" = |api| api.subscribers().remove_all();
        read "subscribers.events" = |api| api.subscribers().events(None, None);
    }
}

async fn statement(api: &WalletApi) -> Result<Option<Statement>, WalletApiError> {
    api.wallets().statements(WalletRef::Me, StatementFilter::default()).next().await
}

async fn set_password(api: &WalletApi) -> Result<(), WalletApiError> {
    api.users().set_password(UserRef::Me, &secret(), &PasswordProof::Code(secret())).await
}

async fn add_document(api: &WalletApi) -> Result<IdentityDocument, WalletApiError> {
    let document = NewIdentityDocument {
        kind: DocumentType::Passport,
        document_number: "1".to_owned(),
        country: "GE".to_owned(),
    };
    api.identification().add_document(IdentificationRequestId(1), &document).await
}

async fn send_document(api: &WalletApi) -> Result<(), WalletApiError> {
    api.identification().send_document(IdentityDocumentId(1), 1, Photograph::jpeg(vec![1])).await
}

async fn send_face(api: &WalletApi) -> Result<(), WalletApiError> {
    api.identification().send_face(IdentificationRequestId(1), 1, Photograph::png(vec![1])).await
}

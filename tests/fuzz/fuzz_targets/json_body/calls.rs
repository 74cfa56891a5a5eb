//! What is asked, by whom, and with which valid body.

/// Who signs.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    Till,
    Customer,
    App,
    /// The control API asks for no signature.
    Nobody,
}

/// A call and a valid body: as it stands here, it is answered with 200. Words in
/// capitals are marks, see [`World::prepare`](crate::world::World::prepare).
pub(crate) type Call = (Who, &'static str, &'static str, &'static str);

pub(crate) const CALLS: &[Call] = &[
    (
        Who::Till,
        "POST",
        "/rest/v1/transaction",
        r#"{"payments":[{"price":100,"currency":"GEL","description":"x","beneficiary":{"id":14473},"purpose":"cash","parameters":{"a":[1]},"freeze":{"for":60},"cashback":1,"commission":{"in_commission":1,"out_commission_decimal":"0.01"},"password":{"type":"provided","value":"1","optional":true,"cancelable":true},"price_rules":{"min":1,"max":200,"choices":[100]},"funds_source":{"type":"gift","details":"x"}},{"items":[{"title":"x","price_decimal":"1.5","currency":"GEL","quantity":2,"total_price":300,"image_uri":"https://a.example","parameters":1}]}],"reserve":{"for":60},"use_allowance":true,"suggest_allowance":false,"auto_confirm":false,"redirect_uri":"app://x","callback_uri":false,"user":{"email":"a@b"},"restrictions":{"account_owner":{"type":"natural","requirements":["identity"],"level":"identified"}},"inquiries":[{"identifier":"a","type":"optional","items":[{"identifier":"b","type":"person_code","title":"c"}]}],"allowance":{"optional":true,"data":{"currency":"GEL","max_price":1,"limits":[{"max_price":1,"time":1}],"valid":{"for":1}}},"project_id":1234,"location_id":9975}"#,
    ),
    (
        Who::Customer,
        "POST",
        "/rest/v1/transaction",
        r#"{"payments":[{"price":1,"currency":"GEL","description":"x","beneficiary":{"phone":"995555014473"}}]}"#,
    ),
    (
        Who::Till,
        "POST",
        "/rest/v1/payment",
        r#"{"price":1,"currency":"GEL","description":"x","freeze_for":1}"#,
    ),
    (
        Who::Till,
        "POST",
        "/rest/v1/allowance",
        r#"{"currency":"GEL","max_price_decimal":"1","valid_for":1,"description":"x","limits":[{"max_price":1,"time":1,"period":1}]}"#,
    ),
    (
        Who::Till,
        "PUT",
        "/rest/v1/transaction/KEY/reserve",
        r#"{"payer":{"id":14471},"pin":"1234","funds_sources":{"0":{"type":"gift"}},"revoke_transaction_key":"RESERVED","without_passwords":true,"decline_allowance":false}"#,
    ),
    (Who::Till, "PUT", "/rest/v1/transaction/KEY/reserve", r#"{"reservation_code":"RESERVATION_CODE"}"#),
    (Who::Till, "PUT", "/rest/v1/transaction/FLASHED/reserve", r#"{"sms_code":"FLASH_CODE"}"#),
    (Who::Customer, "PUT", "/rest/v1/transaction/KEY/reserve/me", "{}"),
    (
        Who::Till,
        "PUT",
        "/rest/v1/transaction/RESERVED/confirm",
        r#"{"RESERVED_PAYMENT":{"price":1,"currency":"GEL"}}"#,
    ),
    (
        Who::Till,
        "POST",
        "/rest/v1/transaction/KEY/request",
        r#"{"email":"customer@sandbox.example","initiator_id":501}"#,
    ),
    (Who::Till, "PUT", "/rest/v1/payment/PAYMENT/freeze", r#"{"freeze":{"until":99999999999}}"#),
    (Who::Till, "PUT", "/rest/v1/payment/PAYMENT/finalize", r#"{"price":1,"currency":"GEL"}"#),
    (Who::Till, "PUT", "/rest/v1/payment/LOCKED/password", r#"{"password":"1"}"#),
    (
        Who::Till,
        "POST",
        "/rest/v1/project/1234/location",
        r#"{"title":"x","address":"y","lat":1.5,"lng":"2","radius":1,"status":"active","public":true,"working_hours":{"monday":{"opening_time":"9:0","closing_time":"24:00"}},"images":{"pin_open":"https://a.example","pin_closed":"https://a.example"},"prices":[{"type":"price","title":"x","price":{"amount":1,"currency":"GEL"}}],"services":{"pay":{"available":true,"categories":[1]},"cash_in":{"available":true,"types":["x"]}}}"#,
    ),
    (
        Who::Till,
        "PUT",
        "/rest/v1/location/LOCATION",
        r#"{"title":"x","remote_orders":{"spot_id":SPOT},"services":{"cash_in":{"available":true}}}"#,
    ),
    (Who::Till, "PUT", "/rest/v1/project/1234", r#"{"title":"x","description":"y","wallet_id":2112}"#),
    (Who::Till, "POST", "/rest/v1/spot/SPOT/order", r#"{"transaction_key":"KEY"}"#),
    (
        Who::App,
        "POST",
        "/rest/v1/client",
        r#"{"type":"app_client","info":{"name":"x","os":"y","version":"1"}}"#,
    ),
    (
        Who::App,
        "PUT",
        "/rest/v1/client/3002",
        r#"{"title":"x","hosts":[{"host":"a","path":"/","any_port":true,"any_subdomain":true,"protocol":"https"}]}"#,
    ),
    (
        Who::App,
        "POST",
        "/rest/v1/user",
        r#"{"phone":"99557NUMBER","locale":"ka","credentials":{"type":"password","password":"Correct-horse-7"},"parameters":{"scopes":["balance"]}}"#,
    ),
    (Who::App, "POST", "/rest/v1/user/USER/phone", r#"{"phone":"99558NUMBER"}"#),
    (Who::App, "PUT", "/rest/v1/user/USER/phone/confirm", r#"{"code":"PHONE_CODE"}"#),
    (
        Who::App,
        "POST",
        "/rest/v1/user/password/reset",
        r#"{"email":"customer@sandbox.example","identity":{"code":"01001014471"}}"#,
    ),
    (
        Who::Customer,
        "PUT",
        "/rest/v1/user/me/password",
        r#"{"password":"Sandbox-14471","old_password":"Sandbox-14471"}"#,
    ),
    (Who::App, "PUT", "/rest/v1/user/502/password", r#"{"password":"Sandbox-14471","code":"RESET_CODE"}"#),
    (Who::Customer, "PUT", "/rest/v1/user/me/position", r#"{"lat":1,"lng":2,"type":"hidden"}"#),
    (Who::Customer, "PUT", "/rest/v1/wallet/me", r#"{"description":"x"}"#),
    (Who::Customer, "POST", "/rest/v1/user/me/identification-request", r#"{"provider":"wallet_user"}"#),
    (
        Who::Customer,
        "POST",
        "/rest/v1/identification-request/IDENTIFICATION/identity-document",
        r#"{"type":"passport","document_number":"1","country":"GE"}"#,
    ),
    (
        Who::Customer,
        "POST",
        "/rest/v1/subscriber",
        r#"{"type":"android","recipient":{"identifier":"x"},"privacy_level":"low","locale":"en","events":[{"object":"statement","event":"created","silent":false,"priority":"high","parameters":{"direction":"in"}}]}"#,
    ),
    (
        Who::Customer,
        "PUT",
        "/rest/v1/subscriber/SUBSCRIBER",
        r#"{"type":"ios","recipient":{"identifier":"x"},"privacy_level":"high","events":[]}"#,
    ),
    (
        Who::Customer,
        "POST",
        "/rest/v1/generator/code",
        r#"{"link":"app://{code}","scopes":["convert_currency"],"action":"x","context":{"os":"x"}}"#,
    ),
    (Who::Customer, "POST", "/rest/v1/generator", r#"{"code":"GENERATOR_CODE"}"#),
    (Who::Customer, "POST", "/rest/v1/auth-token/token", "{}"),
    (Who::Customer, "POST", "/rest/v1/jwt/tokens", r#"{"scope":"a","system":"b"}"#),
    (
        Who::Nobody,
        "POST",
        "/sandbox/transactions",
        r#"{"location_id":9975,"price_decimal":"1","currency":"GEL","description":"x"}"#,
    ),
    (Who::Nobody, "POST", "/sandbox/review", r#"{"text":"PAYSERA%KEY"}"#),
    (Who::Nobody, "POST", "/sandbox/wallets/14471/money", r#"{"price":1,"currency":"EUR"}"#),
    (Who::Nobody, "POST", "/sandbox/wallets/14471/level", r#"{"level":"identified"}"#),
    (Who::Nobody, "POST", "/sandbox/spots", r#"{"location_id":LOCATION,"identifier":"x"}"#),
    (Who::Nobody, "POST", "/sandbox/projects/1234/callback", r#"{"callback_uri":false}"#),
    (Who::Till, "PUT", "/rest/v1/transaction/KEY/reserve/14471", r#"{"pin":"1234"}"#),
    (Who::Nobody, "POST", "/sandbox/transactions/KEY/accept", r#"{"wallet":14471}"#),
    (Who::Nobody, "POST", "/sandbox/transactions/KEY/decline", r#"{"wallet":14471}"#),
    (Who::Nobody, "POST", "/sandbox/transactions/RESERVED/confirm", "{}"),
    (Who::Nobody, "POST", "/sandbox/transactions/RESERVED/revoke", "{}"),
    (Who::Nobody, "POST", "/sandbox/wallets/14471/restriction", r#"{"restriction":"none"}"#),
    (Who::Nobody, "POST", "/sandbox/clock", r#"{"advance":60}"#),
    (Who::Nobody, "POST", "/sandbox/clock", r#"{"offset":0}"#),
    (
        Who::Nobody,
        "POST",
        "/sandbox/faults",
        r#"{"path":"/confirm","fault":"fail","status":503,"retry_after":1,"method":"PUT","times":1,"chance_per_mille":500}"#,
    ),
    (Who::Nobody, "POST", "/sandbox/faults", r#"{"path":"*","fault":"delay","milliseconds":1}"#),
    (Who::Nobody, "POST", "/sandbox/faults/seed", r#"{"seed":1}"#),
    (
        Who::Nobody,
        "POST",
        "/sandbox/counterparts",
        r#"{"does":"accept","wallet":14471,"after":60,"location_id":9975}"#,
    ),
    (Who::Nobody, "POST", "/sandbox/reset", SEED),
];

/// A second shop with everything that a seed can have.
const SEED: &str = include_str!("seed.json");

use super::*;
use crate::auth::{MemorySecretStore, SecretStoreError};

/// Of wallet-api section 8.4.
const SEED: [u8; 32] = [
    0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x10,
    0x21, 0x32, 0x43, 0x54, 0x65, 0x76, 0x87, 0x98, 0xa9, 0xba, 0xcb, 0xdc, 0xed, 0xfe, 0x0f,
];
const CODES: [&str; 3] =
    ["0112345678903305676022535991", "0112345678903810399676965438", "0112345678900501086365775506"];

fn generator() -> Arc<dyn ReservationCodeGenerator> {
    Arc::new(SandboxV1::new(1_234_567_890, SEED, SandboxV1Params::default()).unwrap())
}

fn shown(code: Result<ReservationCode, ApiError>) -> String {
    code.unwrap().expose().to_owned()
}

#[test]
fn rule_16_a_code_stays_until_the_next_one_is_asked_for() {
    let chain = CodeChain::new(generator(), Arc::new(MemorySecretStore::default()));
    assert_eq!(shown(chain.current()), CODES[0]);
    assert_eq!(shown(chain.current()), CODES[0]);
    assert_eq!(shown(chain.next()), CODES[1]);
    assert_eq!(shown(chain.next()), CODES[2]);
    assert_eq!(shown(chain.current()), CODES[2]);
}

#[test]
fn rule_16_a_restart_goes_on_where_the_chain_was() {
    let store = Arc::new(MemorySecretStore::default());
    let before = CodeChain::new(generator(), store.clone());
    assert_eq!(shown(before.next()), CODES[0]);
    assert_eq!(shown(before.next()), CODES[1]);
    assert_eq!(shown(CodeChain::new(generator(), store).current()), CODES[1]);
}

/// A store that is full.
#[derive(Debug)]
struct FullStore;

impl SecretStore for FullStore {
    fn get(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretStoreError> {
        Ok(None)
    }
    fn set(&self, _: &str, _: &[u8]) -> Result<(), SecretStoreError> {
        Err(SecretStoreError { reason: "full".to_owned() })
    }
    fn delete(&self, _: &str) -> Result<(), SecretStoreError> {
        Ok(())
    }
    fn delete_all(&self) -> Result<(), SecretStoreError> {
        Ok(())
    }
}

#[test]
fn rule_16_no_code_is_shown_whose_position_was_not_stored() {
    let chain = CodeChain::new(generator(), Arc::new(FullStore));
    assert_eq!(chain.current().unwrap_err().kind, ApiErrorKind::StorageFailed);
    assert_eq!(chain.next().unwrap_err().kind, ApiErrorKind::StorageFailed);
}

#[test]
fn debug_shows_no_seed() {
    let shown = format!("{:?}", generator());
    assert_eq!(shown, "SandboxV1 { identifier: 1234567890, .. }");
}

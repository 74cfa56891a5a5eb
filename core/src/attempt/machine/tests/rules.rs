//! The rules of money, each by its name; what the state graph can't show.

use super::people::Deed;
use super::wanted::{AMOUNT, code, customer, intent, merchant};
use super::world::{Fate, Status, World, failure};
use crate::attempt::event::{End, Event};
use crate::attempt::intent::Steps;
use crate::attempt::machine::{Failure, Heard, Machine, Plan, Send, Tap};
use crate::attempt::state::{AttemptState, CancelReason, WaitingFor};
use crate::clock::UnixSeconds;
use crate::error::ApiErrorKind;
use crate::journal::{AttemptId, StoredEntry};
use crate::money::{Currency, Money};
use crate::wallet_api::Delivery;

const NOW: UnixSeconds = UnixSeconds(1_760_000_000);

/// Goes on where there is no choice, and writes down what happened.
fn settle(world: &mut World) {
    loop {
        match world.plan() {
            Plan::Note(event) => world.apply(vec![event]),
            Plan::Pause(_) => world.hear(Heard::Rested),
            _ => return,
        }
    }
}

fn after(kind: &str, fates: &[Fate]) -> World {
    let mut world = World::new(kind);
    for fate in fates {
        settle(&mut world);
        match world.plan() {
            Plan::Send(send) => assert!(world.send(send, *fate)),
            Plan::Ask(ask) => world.ask(ask, *fate == Fate::Answered),
            plan => panic!("{plan:?} has no fate"),
        }
    }
    settle(&mut world);
    world
}

#[test]
fn rule_1_after_no_answer_the_server_is_read_before_anything_is_decided() {
    for fate in [Fate::AnswerLost, Fate::RequestLost, Fate::NotSent, Fate::Busy, Fate::Refused] {
        let mut world = after("cash_out", &[Fate::Answered]);
        assert_eq!(world.plan(), Plan::Send(Send::Reserve));
        world.send(Send::Reserve, fate);
        settle(&mut world);
        assert!(matches!(world.plan(), Plan::Ask(_)), "{fate:?}: {:?}", world.plan());
    }
}

#[test]
fn rule_1_after_three_rounds_a_person_is_told_that_it_is_not_known() {
    use Fate::{Answered, RequestLost};
    let round = [RequestLost, Answered];
    let world =
        |rounds| after("cash_out", &[[Answered, Answered].as_slice(), &round.repeat(rounds)].concat());
    assert_eq!(world(2).shown().name(), "settling");
    assert_eq!(world(3).shown().name(), "unknown");
}

/// A push message that comes while the server is overloaded is no reason to ask it.
#[test]
fn a_poke_ends_a_pause_but_not_what_the_server_asked_for() {
    use std::time::Duration;
    let mut world = after("cash_out", &[Fate::Answered]);
    let poke = |world: &mut World| {
        world.hear(Heard::Tapped(Tap::Poke));
        world.plan()
    };
    let fail = |world: &mut World, retry_after| {
        let failure = failure(Delivery::Unknown, ApiErrorKind::ServerBusy);
        world.hear(Heard::Read(Err(Box::new(Failure { retry_after, ..*failure }))));
    };
    world.send(Send::Reserve, Fate::AnswerLost);
    fail(&mut world, None);
    assert!(matches!(world.plan(), Plan::Pause(_)));
    assert!(matches!(poke(&mut world), Plan::Ask(_)));
    let asked = Duration::from_secs(30);
    fail(&mut world, Some(asked));
    assert_eq!(poke(&mut world), Plan::Pause(asked));
    world.pass(20);
    assert_eq!(poke(&mut world), Plan::Pause(Duration::from_secs(10)));
    world.pass(10);
    assert!(matches!(poke(&mut world), Plan::Ask(_)));
}

#[test]
fn rule_2_a_confirm_without_an_answer_is_followed_by_the_same_confirm_or_a_revoke() {
    use Fate::{Answered, Delayed};
    let mut world = after("cash_out", &[Answered, Answered, Delayed, Answered]);
    assert_eq!(world.plan(), Plan::Send(Send::Confirm));
    world.deed(Deed::Cancel);
    settle(&mut world);
    assert_eq!(world.plan(), Plan::Send(Send::Revoke));
    assert_eq!(world.shown(), AttemptState::Cancelling { why: CancelReason::Requested });
}

#[test]
fn rule_3_a_lost_create_is_made_again_only_after_the_list_did_not_show_it() {
    use Fate::{Answered, Refused, RequestLost};
    let found = after("collect", &[Fate::AnswerLost, Answered]);
    assert!(found.machine.key.is_some());
    assert!(!found.machine.may_have_lost_one());
    let again = after("collect", &[RequestLost, Answered]);
    assert_eq!(again.plan(), Plan::Send(Send::Create));
    let unread = after("collect", &[RequestLost, Refused]);
    assert!(matches!(unread.plan(), Plan::Ask(_)), "an unread list is read again");
    let made = after("collect", &[RequestLost, Answered, Answered]);
    assert!(made.machine.may_have_lost_one(), "the first one is to be swept");
    let given_up = after("collect", &[RequestLost, Answered].repeat(3));
    assert!(matches!(given_up.shown(), AttemptState::Failed { .. }));
    assert!(given_up.machine.projection().sweep);
}

#[test]
fn rule_5_cancelling_stays_until_the_server_has_the_last_word() {
    use Fate::{Answered, NotSent};
    let mut world = after("collect", &[Answered]);
    world.deed(Deed::Cancel);
    settle(&mut world);
    for _ in 0..5 {
        assert_eq!(world.plan(), Plan::Send(Send::Revoke));
        world.send(Send::Revoke, NotSent);
        settle(&mut world);
        let Plan::Ask(ask) = world.plan() else { panic!("{:?}", world.plan()) };
        world.ask(ask, false);
        settle(&mut world);
        assert_eq!(world.shown().name(), "cancelling");
        world.ask(ask, true);
        settle(&mut world);
    }
    world.deed(Deed::Restart);
    settle(&mut world);
    assert_eq!(world.shown().name(), "cancelling");
    let Plan::Ask(ask) = world.plan() else { panic!("{:?}", world.plan()) };
    world.ask(ask, true);
    settle(&mut world);
    world.send(Send::Revoke, Answered);
    settle(&mut world);
    assert_eq!(world.shown().name(), "cancelled");
}

#[test]
fn rule_6_every_transaction_says_for_how_long_money_is_held() {
    for kind in ["collect", "cash_out", "cash_in", "pay_wallet"] {
        let id = AttemptId::parse("00000000-0000-4000-8000-000000000001").unwrap();
        let made = serde_json::to_value(intent(kind).transaction(id).unwrap()).unwrap();
        assert_eq!(made["reserve"], serde_json::json!({"for": 900}), "{kind}");
        assert_eq!(made["auto_confirm"], false, "rule 8: {kind}");
        assert_eq!(made["callback_uri"], false, "{kind}");
        assert_eq!(made["payments"][0]["parameters"]["attempt"], id.to_string(), "{kind}");
    }
}

#[test]
fn rule_7_time_only_asks_to_take_back() {
    let mut world = after("collect", &[Fate::Answered]);
    world.due();
    assert_eq!(world.shown(), AttemptState::Cancelling { why: CancelReason::Expired });
    // The customer was quicker.
    world.transactions[0] = Status::Confirmed;
    world.send(Send::Revoke, Fate::Answered);
    settle(&mut world);
    let Plan::Ask(ask) = world.plan() else { panic!("{:?}", world.plan()) };
    world.ask(ask, true);
    settle(&mut world);
    assert_eq!(world.shown().name(), "settled");
}

/// The app was in the background, and the customer has left.
#[test]
fn rule_7_a_cash_out_whose_time_is_over_asks_for_no_money() {
    use Fate::Answered;
    for (fates, next) in [([Answered].as_slice(), Send::Reserve), (&[Answered, Answered], Send::Confirm)] {
        let mut world = after("cash_out", fates);
        let seconds = world.machine.intent.make().unwrap().reserve_seconds;
        world.pass(seconds - 1);
        assert_eq!(world.plan(), Plan::Send(next));
        world.pass(1);
        settle(&mut world);
        assert_eq!(world.plan(), Plan::Send(Send::Revoke));
        assert_eq!(world.shown(), AttemptState::Cancelling { why: CancelReason::Expired });
    }
}

#[test]
fn rule_8_what_settled_without_an_own_confirm_hands_out_no_cash() {
    use Fate::{Answered, NotSent};
    let mut world = after("cash_out", &[Answered, Answered, NotSent]);
    world.transactions[0] = Status::Confirmed;
    let Plan::Ask(ask) = world.plan() else { panic!("{:?}", world.plan()) };
    world.ask(ask, true);
    settle(&mut world);
    let AttemptState::Settled { receipt } = world.shown() else { panic!("{:?}", world.shown()) };
    assert!(receipt.elsewhere);
}

#[test]
fn rule_9_a_refused_code_asks_for_another_on_the_same_transaction() {
    use Fate::{Answered, Refused};
    let mut world = after("cash_out", &[Answered, Refused, Answered]);
    assert_eq!(world.shown(), AttemptState::Waiting { wanted: WaitingFor::AnotherCode });
    let key = world.machine.key.clone();
    world.hear(Heard::Tapped(Tap::AnotherCode(code())));
    assert_eq!(world.plan(), Plan::Send(Send::Reserve));
    world.send(Send::Reserve, Answered);
    assert_eq!(world.machine.key, key);
    assert_eq!(world.transactions.len(), 1);
}

#[test]
fn rule_10_after_a_death_the_till_asks_whether_cash_was_handed_out() {
    use Fate::Answered;
    let mut world = after("cash_out", &[Answered, Answered, Answered]);
    assert_eq!(world.shown(), AttemptState::HandOutCash { amount: AMOUNT });
    world.deed(Deed::MoveCash);
    world.deed(Deed::Restart);
    settle(&mut world);
    assert_eq!(world.shown().name(), "cash_question");
    world.tap();
    settle(&mut world);
    assert_eq!(world.shown().name(), "settled");
}

#[test]
fn rule_10_another_amount_than_was_asked_for_hands_out_no_cash() {
    let mut world = after("cash_out", &[Fate::Answered, Fate::Answered]);
    world.apply(vec![
        Event::ConfirmSent,
        Event::Confirmed { amount: Money::from_minor(1, Currency::GEL), at: NOW, payer: None },
    ]);
    settle(&mut world);
    let AttemptState::Failed { error } = world.shown() else { panic!("{:?}", world.shown()) };
    assert_eq!(error.kind, ApiErrorKind::AmountDiffers);
}

#[test]
fn rule_11_cash_that_was_taken_goes_back_where_it_did_not_settle() {
    use Fate::Answered;
    let mut world = after("cash_in", &[Answered, Answered]);
    world.deed(Deed::MoveCash);
    world.tap();
    world.deed(Deed::HoldEnds);
    world.send(Send::Confirm, Fate::AnswerLost);
    let Plan::Ask(ask) = world.plan() else { panic!("{:?}", world.plan()) };
    world.ask(ask, true);
    settle(&mut world);
    assert_eq!(world.shown(), AttemptState::ReturnCash { amount: AMOUNT });
    world.deed(Deed::MoveCash);
    world.tap();
    settle(&mut world);
    let AttemptState::Failed { error } = world.shown() else { panic!("{:?}", world.shown()) };
    assert_eq!(error.kind, ApiErrorKind::CashReturned);
    assert_eq!(world.machine.projection().cash_minor, 0);
}

#[test]
fn rule_11_not_received_takes_it_back_without_a_question() {
    let mut world = after("cash_in", &[Fate::Answered, Fate::Answered]);
    assert_eq!(world.shown().name(), "take_cash");
    world.hear(Heard::Tapped(Tap::CashNotMoved));
    assert_eq!(world.plan(), Plan::Send(Send::Revoke));
    world.send(Send::Revoke, Fate::Answered);
    settle(&mut world);
    assert_eq!(world.shown().name(), "cancelled");
}

#[test]
fn rule_12_a_payment_that_is_settled_for_good_is_not_given_back() {
    let mut world = World::new("refund");
    world.transactions[0] = Status::Done;
    let Plan::Ask(ask) = world.plan() else { panic!("{:?}", world.plan()) };
    world.ask(ask, true);
    settle(&mut world);
    assert_eq!(world.shown(), AttemptState::RefundWindowClosed);
}

#[test]
fn rule_12_what_another_gave_back_is_not_this_refund() {
    let mut world = World::new("refund");
    world.transactions[0] = Status::Canceled;
    let Plan::Ask(ask) = world.plan() else { panic!("{:?}", world.plan()) };
    world.ask(ask, true);
    settle(&mut world);
    assert_eq!(world.shown().name(), "failed");
    assert_eq!(world.machine.projection().settlement, None);
}

#[test]
fn rule_13_a_lowered_confirm_is_repeated_byte_for_byte() {
    let mut intent = intent("collect");
    if let Steps::Collect { hold, .. } = &mut intent.steps {
        *hold = true;
    }
    let mut world = World::new("collect");
    world.machine = Machine::begin(world.machine.id, intent, None, NOW);
    world.send(Send::Create, Fate::Answered);
    settle(&mut world);
    world.deed(Deed::Accept);
    world.watch(true);
    settle(&mut world);
    assert!(matches!(world.plan(), Plan::Person { .. }), "{:?}", world.plan());
    for wrong in [
        Money::from_minor(0, Currency::GEL),
        Money::from_minor(5001, Currency::GEL),
        Money::from_minor(100, Currency::EUR),
    ] {
        world.hear(Heard::Tapped(Tap::SettleAt(wrong)));
        assert!(matches!(world.plan(), Plan::Person { .. }), "{wrong}");
    }
    world.hear(Heard::Tapped(Tap::SettleAt(Money::from_minor(4000, Currency::GEL))));
    assert_eq!(world.machine.confirm_body(), Some(r#"{"1":{"price":4000,"currency":"GEL"}}"#));
    world.deed(Deed::Restart);
    assert_eq!(world.machine.confirm_body(), Some(r#"{"1":{"price":4000,"currency":"GEL"}}"#));
    // Settled at the whole price: not what was asked for.
    world.apply(vec![Event::ConfirmSent, Event::Confirmed { amount: AMOUNT, at: NOW, payer: None }]);
    let Plan::Ask(ask) = world.plan() else { panic!("{:?}", world.plan()) };
    world.ask(ask, true);
    settle(&mut world);
    assert_eq!(world.shown().name(), "failed");
}

#[test]
fn rule_13_a_customer_whose_merchant_took_less_has_paid_that() {
    for (minor, name) in [(AMOUNT.minor() - 1, "settled"), (AMOUNT.minor() + 1, "failed")] {
        let mut world = World::new("pay");
        let amount = Money::from_minor(minor, AMOUNT.currency());
        world.apply(vec![
            Event::ReserveSent,
            Event::Held { payer: customer() },
            Event::Confirmed { amount, at: NOW, payer: Some(customer()) },
        ]);
        settle(&mut world);
        assert_eq!(world.shown().name(), name, "{minor}");
        if let AttemptState::Settled { receipt } = world.shown() {
            assert_eq!(receipt.amount, amount);
        }
    }
}

#[test]
fn rule_15_what_was_begun_and_not_sent_is_not_begun_again_after_a_death() {
    for kind in ["collect", "cash_out", "cash_in", "pay", "pay_wallet", "refund"] {
        let mut world = World::new(kind);
        world.deed(Deed::Restart);
        let AttemptState::Failed { error } = world.shown() else { panic!("{:?}", world.shown()) };
        assert_eq!(error.kind, ApiErrorKind::Interrupted, "{kind}");
    }
}

#[test]
fn a_confirm_that_is_refused_three_times_is_taken_back() {
    use Fate::{Answered, Refused};
    let world = after("collect", &[Answered]);
    let mut world = world;
    world.deed(Deed::Accept);
    world.watch(true);
    settle(&mut world);
    for _ in 0..3 {
        assert_eq!(world.plan(), Plan::Send(Send::Confirm));
        world.send(Send::Confirm, Refused);
        settle(&mut world);
        let Plan::Ask(ask) = world.plan() else { panic!("{:?}", world.plan()) };
        world.ask(ask, true);
        settle(&mut world);
    }
    assert_eq!(world.plan(), Plan::Send(Send::Revoke));
    world.send(Send::Revoke, Answered);
    settle(&mut world);
    let AttemptState::Failed { error } = world.shown() else { panic!("{:?}", world.shown()) };
    assert_eq!(error.kind, ApiErrorKind::NotAllowed);
}

#[test]
fn a_payment_that_may_still_arrive_is_not_called_failed() {
    let mut world = World::new("pay");
    world.send(Send::Reserve, Fate::Delayed);
    settle(&mut world);
    let Plan::Ask(ask) = world.plan() else { panic!("{:?}", world.plan()) };
    world.ask(ask, true);
    settle(&mut world);
    world.hear(Heard::Wrote(Send::Reserve, Err(failure(Delivery::Refused, ApiErrorKind::InsufficientFunds))));
    world.ask(ask, true);
    settle(&mut world);
    assert!(matches!(world.plan(), Plan::Watch { deadline: Some(_) }), "{:?}", world.plan());
    world.due();
    world.ask(ask, true);
    settle(&mut world);
    let AttemptState::Failed { error } = world.shown() else { panic!("{:?}", world.shown()) };
    assert_eq!(error.kind, ApiErrorKind::InsufficientFunds);
}

#[test]
fn an_attempt_is_the_fold_of_its_events_and_every_event_can_be_kept() {
    let mut world = World::new("cash_in");
    let mut events = vec![(NOW, Event::Started { intent: Box::new(world.machine.intent.clone()) })];
    let key = crate::code::TransactionKey::parse("Transaction0000").unwrap();
    let step = crate::attempt::CashStep::Take;
    for event in [
        Event::CreateSent,
        Event::Created { key, payment: None },
        Event::ReserveSent,
        Event::Held { payer: merchant() },
        Event::CashAsked { step },
        Event::CashMoved { step },
        Event::ConfirmSent,
        Event::Confirmed { amount: AMOUNT, at: NOW, payer: Some(customer()) },
        Event::Ended { end: End::Settled },
    ] {
        let entry = event.to_entry().unwrap();
        let stored = StoredEntry { at: NOW, name: entry.name.to_owned(), data: entry.data };
        assert_eq!(Event::from_entry(&stored).unwrap(), event);
        world.apply(vec![event.clone()]);
        events.push((NOW, event));
        let folded = Machine::fold(world.machine.id, events.clone()).unwrap();
        assert_eq!(folded.projection(), world.machine.projection());
    }
    assert_eq!(world.machine.projection().cash_minor, AMOUNT.minor());
}

/// Also before the attempt that was read again hears that it goes on.
#[test]
fn rule_10_what_is_read_from_the_journal_asks_and_never_says_hand_out_again() {
    let events = [
        Event::Started { intent: Box::new(intent("cash_out")) },
        Event::ConfirmSent,
        Event::Confirmed { amount: AMOUNT, at: NOW, payer: Some(customer()) },
        Event::CashAsked { step: crate::attempt::state::CashStep::HandOut },
    ];
    let id = AttemptId::parse("00000000-0000-4000-8000-000000000001").unwrap();
    let machine = Machine::fold(id, events.into_iter().map(|event| (NOW, event))).unwrap();
    assert_eq!(machine.of_another_process().shown(NOW).name(), "cash_question");
}

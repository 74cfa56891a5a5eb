//! The one task that drives an attempt: it writes down what the machine says,
//! does what the machine plans, and tells the machine what came of it.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};

use super::event::{End, Event};
use super::handle::{Message, Shared};
use super::host::Host;
use super::machine::{Heard, Machine, Plan, Send, Tap};
use super::requests;
use super::state::{AttemptState, CashStep};
use crate::clock::UnixSeconds;
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::JournalError;

/// How long to wait before a write to the journal that failed is tried again.
const FIRST_STORAGE_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_STORAGE_PAUSE: Duration = Duration::from_secs(30);

/// What reaches the driver; it outlives a driver that panicked.
pub(super) type Inbox = Arc<Mutex<mpsc::UnboundedReceiver<Message>>>;

/// Drives one attempt.
#[derive(Debug)]
pub(super) struct Driver {
    machine: Machine,
    host: Arc<Host>,
    shared: Arc<Shared>,
    /// Whether the journal was closed since messages were last heard.
    stood_still: bool,
}

impl Driver {
    pub(super) const fn of(machine: Machine, host: Arc<Host>, shared: Arc<Shared>) -> Self {
        Self { machine, host, shared, stood_still: false }
    }

    /// Goes on until the end.
    pub(super) async fn run(mut self, inbox: Inbox) {
        let mut inbox = inbox.lock().await;
        loop {
            self.catch_up(&mut inbox).await;
            self.show();
            match self.machine.plan(self.now()) {
                Plan::Done => return,
                Plan::Note(event) => self.commit(vec![event]).await,
                Plan::Send(send) => self.send(send, &mut inbox).await,
                Plan::Ask(ask) => {
                    let answer = requests::ask(&self.host.api, &self.machine, ask);
                    self.perform(answer, &mut inbox).await;
                }
                Plan::Pause(pause) => {
                    let rest = self.host.clock.sleep(pause);
                    self.hear_until(rest, Heard::Rested, &mut inbox, |_| false).await;
                }
                Plan::Person { deadline } => self.wait(deadline, &mut inbox).await,
                Plan::Watch { deadline } => self.watch(deadline, &mut inbox).await,
            }
        }
    }

    fn now(&self) -> UnixSeconds {
        self.host.api.server_now()
    }

    /// Shows where the attempt stands, unless it is between two events of which
    /// the second follows at once.
    fn show(&self) {
        let now = self.now();
        match self.machine.plan(now) {
            Plan::Note(Event::CashAsked { step: CashStep::Take }) => {}
            Plan::Note(_) => return,
            _ => {}
        }
        self.shared.enter(self.machine.shown(now));
    }

    /// Writes down that a request goes out, then lets it go.
    async fn send(&mut self, send: Send, inbox: &mut mpsc::UnboundedReceiver<Message>) {
        if let Some(event) = send.event() {
            self.commit(vec![event]).await;
            if self.machine.is_over() {
                return;
            }
            // Much can have changed in the background, and nothing was sent yet.
            let stood_still = self.catch_up(inbox).await;
            if stood_still && self.machine.plan(self.now()) != Plan::Send(send) {
                return;
            }
            self.show();
        }
        let answer = requests::send(&self.host.api, &self.machine, send);
        self.perform(answer, inbox).await;
    }

    /// After the app was in the background: what was seen there is old by now and is
    /// looked at again; what was tapped counts. Whether it was there.
    async fn catch_up(&mut self, inbox: &mut mpsc::UnboundedReceiver<Message>) -> bool {
        let stood_still = self.stood_still;
        while std::mem::take(&mut self.stood_still) {
            let messages: Vec<_> = std::iter::from_fn(|| inbox.try_recv().ok()).collect();
            for message in messages {
                if matches!(message, Message::Tapped(_)) {
                    self.hear_message(message).await;
                }
            }
        }
        stood_still
    }

    /// Waits for an answer; taps are heard meanwhile.
    async fn perform(
        &mut self,
        answer: impl Future<Output = Heard>,
        inbox: &mut mpsc::UnboundedReceiver<Message>,
    ) {
        let mut answer = pin!(answer);
        loop {
            tokio::select! {
                heard = &mut answer => return self.hear(heard).await,
                Some(message) = inbox.recv() => self.hear_message(message).await,
            }
        }
    }

    /// Waits for a person until something is due.
    async fn wait(&mut self, deadline: Option<UnixSeconds>, inbox: &mut mpsc::UnboundedReceiver<Message>) {
        let due = self.due(deadline);
        self.hear_until(due, Heard::Due, inbox, |_| false).await;
    }

    /// Has the watcher look at the server until something follows from it, or
    /// something is due.
    async fn watch(&mut self, deadline: Option<UnixSeconds>, inbox: &mut mpsc::UnboundedReceiver<Message>) {
        let Some(key) = self.machine.key.clone() else { return };
        let due = self.due(deadline);
        let watch = self.host.watcher.watch(key, self.shared.inbox.clone());
        self.hear_until(due, Heard::Due, inbox, |tap| {
            if *tap == Tap::Poke {
                watch.poke();
            }
            *tap == Tap::Poke
        })
        .await;
    }

    /// Hears messages until the plan changes, or `end` is there. `handled` may
    /// take a tap.
    async fn hear_until(
        &mut self,
        end: impl Future<Output = ()>,
        at_the_end: Heard,
        inbox: &mut mpsc::UnboundedReceiver<Message>,
        handled: impl Fn(&Tap) -> bool,
    ) {
        let mut end = pin!(end);
        let plan = self.machine.plan(self.now());
        loop {
            tokio::select! {
                () = &mut end => return self.hear(at_the_end).await,
                message = inbox.recv() => match message {
                    Some(Message::Tapped(tap)) if handled(&tap) => {}
                    Some(message) => {
                        self.hear_message(message).await;
                        if self.machine.plan(self.now()) != plan {
                            return;
                        }
                    }
                    // This task holds a sender: the queue does not end before it.
                    None => return end.await,
                },
            }
        }
    }

    /// Completes when the server's clock shows `deadline`, looked at anew from
    /// time to time: timers stop while a phone sleeps.
    async fn due_at(host: Arc<Host>, deadline: UnixSeconds) {
        const LOOK: i64 = 30;
        loop {
            let left = deadline.since(host.api.server_now());
            match u64::try_from(left) {
                Ok(left @ 1..) => host.clock.sleep(Duration::from_secs(left.min(LOOK.unsigned_abs()))).await,
                _ => return,
            }
        }
    }

    fn due(&self, deadline: Option<UnixSeconds>) -> impl Future<Output = ()> + use<> {
        let host = Arc::clone(&self.host);
        async move {
            match deadline {
                Some(deadline) => Self::due_at(host, deadline).await,
                None => std::future::pending().await,
            }
        }
    }

    async fn hear_message(&mut self, message: Message) {
        let heard = match message {
            Message::Tapped(tap) => Heard::Tapped(tap),
            Message::Watched(seen) => Heard::Watched(seen),
        };
        self.hear(heard).await;
    }

    pub(super) async fn hear(&mut self, heard: Heard) {
        let events = self.machine.hear(heard, self.now());
        self.commit(events).await;
        self.show();
    }

    /// Writes events down, then takes note of them. While that fails nothing
    /// else happens: before anything was sent the attempt ends, later it is
    /// unknown until it can be written down. A journal that was closed for the
    /// background is waited for.
    async fn commit(&mut self, mut events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let mut at = self.now();
        let mut pause = FIRST_STORAGE_PAUSE;
        loop {
            let mut next = self.machine.clone();
            for event in &events {
                next.apply(event, at);
            }
            match self.host.write(&next, &events, at).await {
                Ok(()) => {
                    self.machine = next;
                    return;
                }
                // The app is in the background; this goes on when it is in front again.
                Err(JournalError::Suspended) => {
                    self.stood_still = true;
                    self.host.journal.opened().await;
                    // When a request goes out decides until when it can arrive. What was
                    // heard was heard before.
                    if events.iter().all(Event::is_of_a_request) {
                        at = self.now();
                    }
                }
                // It ends here and now, and in the journal as soon as that works again.
                Err(error) if !self.machine.was_sent() && !self.shared.state().is_final() => {
                    tracing::error!(attempt = %self.machine.id, %error, "the journal failed");
                    let error = Box::new(ApiError::local(ApiErrorKind::StorageFailed));
                    events = vec![Event::Ended { end: End::Failed { error } }];
                    let mut ended = self.machine.clone();
                    events.iter().for_each(|event| ended.apply(event, at));
                    self.shared.enter(ended.shown(at));
                }
                Err(error) => {
                    tracing::error!(attempt = %self.machine.id, %error, "the journal failed");
                    let next_check = at.plus(i64::try_from(pause.as_secs()).unwrap_or(i64::MAX));
                    self.shared.enter(AttemptState::Unknown { since: at, next_check });
                    self.host.clock.sleep(pause).await;
                    pause = pause.saturating_mul(2).min(LONGEST_STORAGE_PAUSE);
                }
            }
        }
    }
}

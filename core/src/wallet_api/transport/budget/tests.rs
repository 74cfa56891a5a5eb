use std::sync::Arc;

use super::*;

fn documented() -> Arc<RequestBudget> {
    Arc::new(RequestBudget::documented(NonZeroU32::MIN))
}

fn in_seconds(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

/// How many may go at once.
async fn spend(budget: &RequestBudget, priority: Priority) -> usize {
    let mut went = 0;
    while budget.enter(priority, Instant::now()).await.is_ok() {
        went += 1;
    }
    went
}

#[tokio::test(start_paused = true)]
async fn polls_leave_room_for_reads_and_reads_for_writes() {
    let budget = documented();
    assert_eq!(spend(&budget, Priority::Watch).await, 45);
    assert_eq!(spend(&budget, Priority::Read).await, 9);
    assert_eq!(spend(&budget, Priority::Write).await, 6);
    tokio::time::advance(MINUTE).await;
    assert_eq!(spend(&budget, Priority::Write).await, 60);
}

#[tokio::test(start_paused = true)]
async fn polls_are_spread_before_they_would_have_to_stop() {
    let budget = documented();
    assert_eq!(budget.spread(), 16);
    let mut spreads = Vec::new();
    // Of the 45 that polls may take in a minute.
    for _ in 0..45 {
        budget.enter(Priority::Watch, Instant::now()).await.unwrap();
        spreads.push(budget.spread());
    }
    assert_eq!((spreads[32], spreads[33], spreads[38], spreads[43]), (16, 17, 32, 192));
    tokio::time::advance(MINUTE).await;
    assert_eq!(budget.spread(), 16);
    assert_eq!(RequestBudget::unlimited().spread(), 16);
}

#[tokio::test(start_paused = true)]
async fn an_hour_has_its_own_limit_shared_by_the_tills() {
    for (tills, hourly) in [(1, 1000), (4, 250), (5000, 1)] {
        let budget = RequestBudget::documented(NonZeroU32::new(tills).unwrap());
        let mut went = 0;
        for _ in 0..59 {
            went += spend(&budget, Priority::Write).await;
            tokio::time::advance(MINUTE).await;
        }
        assert_eq!(went, hourly);
        assert!(budget.state().made.len() <= hourly);
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_has_to_wait_goes_as_soon_as_there_is_room_and_the_urgent_first() {
    let budget = documented();
    spend(&budget, Priority::Write).await;
    let began = Instant::now();
    let went = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = tokio::task::JoinSet::new();
    for priority in [Priority::Watch, Priority::Read, Priority::Write] {
        let (budget, went) = (Arc::clone(&budget), Arc::clone(&went));
        tasks.spawn(async move {
            budget.enter(priority, in_seconds(600)).await.unwrap();
            went.lock().unwrap().push((priority, began.elapsed()));
        });
        tokio::task::yield_now().await;
    }
    tasks.join_all().await;
    let went = went.lock().unwrap();
    let order: Vec<_> = went.iter().map(|(priority, _)| *priority).collect();
    assert_eq!(order, [Priority::Write, Priority::Read, Priority::Watch]);
    assert!(
        went.iter().all(|(_, after)| (MINUTE..MINUTE + Duration::from_secs(1)).contains(after)),
        "{went:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn who_can_not_go_before_the_deadline_is_told_when() {
    let budget = documented();
    spend(&budget, Priority::Write).await;
    tokio::time::advance(Duration::from_secs(10)).await;
    match budget.enter(Priority::Write, in_seconds(20)).await {
        Err(WalletApiError::BudgetSpent { retry_after }) => assert_eq!(retry_after.as_secs(), 50),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_dropped_holds_up_nobody() {
    let budget = documented();
    spend(&budget, Priority::Write).await;
    let forgotten =
        tokio::time::timeout(Duration::from_secs(1), budget.enter(Priority::Write, in_seconds(600)));
    assert!(forgotten.await.is_err());
    assert!(budget.state().queue.is_empty());
    budget.enter(Priority::Watch, in_seconds(90)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn while_the_server_wants_no_requests_reads_wait_and_writes_are_told() {
    for budget in [documented(), Arc::new(RequestBudget::unlimited())] {
        let captcha = Captcha { site_key: "k".to_owned(), unlock_url: "u".to_owned() };
        budget.pause(Some(Duration::from_secs(30)), Some(captcha.clone()));
        match budget.enter(Priority::Write, in_seconds(600)).await {
            Err(error @ WalletApiError::Paused { .. }) => {
                assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
                assert_eq!(error.captcha(), Some(&captcha));
            }
            other => panic!("{other:?}"),
        }
        let began = Instant::now();
        let early = budget.enter(Priority::Read, in_seconds(10)).await;
        assert!(matches!(early, Err(WalletApiError::Paused { .. })), "{early:?}");
        assert_eq!(began.elapsed().as_secs(), 10);
        budget.enter(Priority::Read, in_seconds(600)).await.unwrap();
        assert_eq!(began.elapsed().as_secs(), 30);
    }
}

#[tokio::test(start_paused = true)]
async fn resuming_lets_waiting_reads_go_at_once() {
    let budget = documented();
    budget.pause(Some(Duration::from_secs(30)), None);
    let began = Instant::now();
    let read = tokio::spawn({
        let budget = Arc::clone(&budget);
        async move { budget.enter(Priority::Read, in_seconds(600)).await }
    });
    tokio::time::advance(Duration::from_secs(5)).await;
    budget.resume();
    read.await.unwrap().unwrap();
    assert_eq!(began.elapsed().as_secs(), 5);
}

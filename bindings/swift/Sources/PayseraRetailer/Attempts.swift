/// A listener that feeds a stream.
private final class Feed: AttemptListener {
    private let continuation: AsyncStream<AttemptState>.Continuation

    init(_ continuation: AsyncStream<AttemptState>.Continuation) {
        self.continuation = continuation
    }

    func onState(state: AttemptState) {
        continuation.yield(state)
    }

    func onEnd() {
        continuation.finish()
    }
}

extension Attempt {
    /// The states of the attempt: the current one first, then each later one, in order; it
    /// ends after the final one. Reading it is only watching: a task that is cancelled
    /// stops nothing, and the payment goes on.
    public var states: AsyncStream<AttemptState> {
        // A state is never dropped: a slow reader gets them all.
        AsyncStream(bufferingPolicy: .unbounded) { continuation in
            let subscription = subscribe(listener: Feed(continuation))
            continuation.onTermination = { _ in subscription.cancel() }
        }
    }
}

extension OwnCashWatch {
    /// What becomes of the code on the customer's screen, until the reading task is
    /// cancelled. It ends with the error of a look that failed; reading again goes on.
    public var events: AsyncThrowingStream<OwnCash, any Error> {
        // One at a time: what nobody reads stays with the watch.
        AsyncThrowingStream {
            do {
                return try await self.next()
            } catch is CancellationError {
                return nil
            }
        }
    }
}

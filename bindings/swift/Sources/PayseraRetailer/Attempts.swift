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

    /// Waits for the end, or until the task is cancelled, which stops nothing.
    ///
    /// - Returns: The final state.
    /// - Throws: `CancellationError` when the task is cancelled; ``ApiError/ShutDown``.
    public func end() async throws -> AttemptState {
        for await state in states where state.isFinal() {
            return state
        }
        try Task.checkCancellation()
        throw ApiError.ShutDown
    }
}

extension OwnCashWatch {
    /// What becomes of the code on the customer's screen, until the reading task is
    /// cancelled. It ends with the error of a look that failed.
    public var events: AsyncThrowingStream<OwnCash, any Error> {
        AsyncThrowingStream { continuation in
            let reading = Task {
                do {
                    while let seen = try await next() {
                        continuation.yield(seen)
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in
                // A cancelled task alone does not reach the library.
                self.stop()
                reading.cancel()
            }
        }
    }
}

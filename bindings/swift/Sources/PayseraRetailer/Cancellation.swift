import Foundation

/// Tells a future of the library that its task was cancelled. The task may be so at any
/// time and on any thread, the future only while it is there.
final class RustFutureCancellation: @unchecked Sendable {
    private let lock = NSLock()
    private let cancelling: @Sendable (UInt64) -> Void
    /// Guarded by the lock.
    private var future: UInt64?

    init(_ future: UInt64, _ cancelling: @escaping @Sendable (UInt64) -> Void) {
        self.future = future
        self.cancelling = cancelling
    }

    func cancel() {
        lock.withLock { future.map(cancelling) }
    }

    /// The future is about to be freed.
    func end() {
        lock.withLock { future = nil }
    }
}

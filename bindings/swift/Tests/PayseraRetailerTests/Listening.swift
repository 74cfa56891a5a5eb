import Foundation
import PayseraRetailer

/// A listener made of a closure.
final class Listening: AttemptListener {
    private let told: @Sendable (AttemptState) throws -> Void

    init(_ told: @escaping @Sendable (AttemptState) throws -> Void = { _ in }) {
        self.told = told
    }

    func onState(state: AttemptState) throws {
        try told(state)
    }

    func onEnd() throws {}
}

/// A secret store that is not as it should be.
final class BrokenStore: SecretStore {
    private let thrown: any Error

    init(_ thrown: any Error) { self.thrown = thrown }

    func get(name: String) throws -> Data? { throw thrown }
    func set(name: String, secret: Data) throws {}
    func delete(name: String) throws {}
    func deleteAll() throws {}
}

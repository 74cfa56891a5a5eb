import Foundation
import PayseraRetailer

/// An attempt that is listened to.
final class Ear {
    let attempt: Attempt
    private var states: AsyncStream<AttemptState>.Iterator
    private var names: [String] = []

    /// The state that was waited for last: one that is told but once can be waited for again.
    private var current: AttemptState?

    /// The code that was presented last.
    private(set) var code: Code?

    init(_ attempt: Attempt) {
        self.attempt = attempt
        states = attempt.states.makeAsyncIterator()
    }

    /// Waits until the attempt is in the state of this name.
    func wait(for name: String) async throws -> Shown {
        let impatient = impatient("\(name) of \(attempt.kind())")
        defer { impatient.cancel() }
        while true {
            if let current {
                let shown = Shown(current)
                if shown.state == name { return shown }
                if current.isFinal() { throw Failure("\(name) does not come: \(names)") }
            }
            guard let state = await states.next() else {
                throw Failure("\(name) does not come: \(names)")
            }
            if case let .presenting(code, _, _) = state { self.code = code }
            names.append(Shown(state).state)
            current = state
        }
    }
}

/// Ends the tests if it is not cancelled before: longer than any step should take, by far.
func impatient(_ what: String) -> Task<Void, any Error> {
    Task {
        try await Task.sleep(nanoseconds: 30_000_000_000)
        fatalError("\(what) does not come")
    }
}

/// What a scenario says of a state.
struct Shown {
    let state: String
    var amount: Money?
    var said: [String: String] = [:]

    init(_ state: AttemptState) {
        func lower(_ value: Any) -> String {
            "\(value)".reduce(into: "") { name, letter in
                if letter.isUppercase { name.append("_") }
                name.append(letter.lowercased())
            }
        }
        switch state {
        case .preparing: self.state = "preparing"
        case .presenting: self.state = "presenting"
        case let .waiting(wanted): (self.state, said["wanted"]) = ("waiting", lower(wanted))
        case .reserved: self.state = "reserved"
        case .checkIdentity: self.state = "check_identity"
        case let .takeCash(amount): (self.state, self.amount) = ("take_cash", amount)
        case .settling: self.state = "settling"
        case let .handOutCash(amount): (self.state, self.amount) = ("hand_out_cash", amount)
        case let .returnCash(amount): (self.state, self.amount) = ("return_cash", amount)
        case let .cashQuestion(step, amount):
            (self.state, self.amount, said["step"]) = ("cash_question", amount, lower(step))
        case .refunding: self.state = "refunding"
        case let .cancelling(why): (self.state, said["why"]) = ("cancelling", lower(why))
        case .unknown: self.state = "unknown"
        case let .settled(receipt): (self.state, amount) = ("settled", receipt.amount)
        case let .cancelled(by): (self.state, said["by"]) = ("cancelled", lower(by))
        case .expired: self.state = "expired"
        case let .declined(by): (self.state, said["by"]) = ("declined", lower(by))
        case let .refunded(receipt): (self.state, amount) = ("refunded", receipt.amount)
        case .refundWindowClosed: self.state = "refund_window_closed"
        case let .failed(error): (self.state, said["error"]) = ("failed", error.code)
        }
    }
}

import Foundation
import PayseraRetailer
import XCTest

/// A till and a phone, beside a sandbox.
final class Stage {
    private enum Who: String { case till, phone }

    private let cast: Cast
    private let story: Story
    private let folder: URL
    private let customer: Cast.Customer
    private let stores = (till: memorySecretStore(), phone: memorySecretStore())
    private let beginning: [Who: Int64]
    private var ears: [String: (Who, Ear)] = [:]
    private var session: Session?
    private var review: Review?
    private var watch: OwnCashWatch?
    private var till: MerchantClient
    private var phone: CustomerClient

    init(_ cast: Cast, _ story: Story, _ folder: URL) async throws {
        try await Sandbox.shared.reset()
        (self.cast, self.story, self.folder) = (cast, story, folder)
        customer = cast.customers[story.customer]!
        beginning = try await [
            .till: Sandbox.shared.atDisposal(cast.merchant.wallet),
            .phone: Sandbox.shared.atDisposal(customer.wallet),
        ]
        till = try await Self.openTill(cast, story, folder, stores.till)
        phone = try await Self.openPhone(cast, story, folder.appendingPathComponent("phone"), stores.phone, nil)
    }

    func play(_ step: Step) async throws {
        switch step.name {
        case "collect":
            try await keep(.till, step) {
                try await till.collect(
                    request: CollectRequest(
                        requestId: step.text("request"), amount: gel(step.text("amount")),
                        description: "Two coffees", bill: step.optional("bill"),
                        onceMore: step.flag("once_more"), hold: step.flag("hold")))
            }
        case "cash_out":
            try await keep(.till, step) {
                let (request, amount) = try (step.text("request"), gel(step.text("amount")))
                let code = try await code(step.text("code"))
                return try await till.cashOut(
                    request: CashOutRequest(
                        requestId: request, amount: amount, description: "Cash withdrawal", code: code))
            }
        case "cash_in":
            try await keep(.till, step) {
                let (request, amount) = try (step.text("request"), gel(step.text("amount")))
                let code = try await code(step.text("code"))
                return try await till.cashIn(
                    request: CashInRequest(
                        requestId: request, amount: amount, description: "Cash deposit", code: code))
            }
        case "refund":
            try await keep(.till, step) {
                try await till.refund(
                    request: RefundRequest(
                        requestId: step.text("request"), attemptId: ear(step.text("of")).attempt.id(),
                        amount: step.optional("amount").map(gel)))
            }
        case "review": try await look(step)
        case "pay": try await keep(.phone, step) { try await phone.pay(review: reviewed()) }
        case "decline": try await phone.decline(review: reviewed())
        case "await": try await wait(step)
        case "same":
            XCTAssertEqual(try ear(step.text("attempt")).attempt.id(), try ear(step.text("other")).attempt.id())
        case "tap": try tap(ear(step.text("attempt")).attempt, step.text("what"))
        case "settle": try ear(step.text("attempt")).attempt.settle(amount: gel(step.text("amount")))
        case "use_code":
            let code = try await code(step.text("code"))
            try ear(step.text("attempt")).attempt.useCode(code: code)
        case "watch": watch = try await phone.watchOwnCash(code: ownCode(step.text("code")))
        case "seen":
            let (amount, expected) = try (await seen(step.text("what")), gel(step.text("amount")))
            guard amount == expected else { throw Failure("the amount is \(amount)") }
        case "restart": try await restart()
        case "sign_in": try await signIn()
        case "sign_out":
            guard let session else { throw Failure("nobody signed in") }
            try await session.signOut()
        case "open":
            let open = try await who(step) == .till ? till.openAttempts() : phone.openAttempts()
            XCTAssertEqual(open.count, try step.number("count"))
        case "balance":
            let who = try who(step)
            let wallet = who == .till ? cast.merchant.wallet : customer.wallet
            let changed = try await Sandbox.shared.atDisposal(wallet) - beginning[who]!
            let expected = try gel(step.text("changed")).minor
            guard changed == expected else { throw Failure("it changed by \(changed)") }
        case "sandbox":
            try await Sandbox.shared.call(step.text("method"), step.text("path"), step.json("body"))
        default: throw Failure("there is no step \(step.name)")
        }
        try step.allRead()
    }

    func end() async throws {
        let ledger = try await Sandbox.shared.call("GET", "/sandbox/ledger")
        XCTAssertEqual(ledger["balanced"] as? Bool, true, "the ledger does not balance")
        try shutdown()
    }

    /// The code that a text of the scenario names.
    private func code(_ text: String) async throws -> Code {
        switch text {
        case "reservation": try await phone.cashOutCode()
        case "next_reservation": try await phone.nextCashOutCode()
        case "wallet": try await phone.cashInCode()
        default: try parseCode(text: text)
        }
    }

    private func look(_ step: Step) async throws {
        let (of, text) = try (step.optional("of"), step.optional("code"))
        let looked = try await refusable(step) {
            let code = if let of { try ear(of).code } else { try await code(text ?? "") }
            guard let code else { throw Failure("nothing is presented") }
            return try await phone.review(code: code)
        }
        let amount = try step.optional("amount").map(gel)
        guard let looked else { return }
        if let amount { XCTAssertEqual(looked.details().amount, amount) }
        review = looked
    }

    private func wait(_ step: Step) async throws {
        let shown = try await ear(step.text("attempt")).wait(for: step.text("state"))
        if let amount = try step.optional("amount").map(gel), amount != shown.amount {
            throw Failure("the amount is \(String(describing: shown.amount))")
        }
        for key in ["by", "why", "wanted", "error", "step"] {
            if let expected = try step.optional(key), expected != shown.said[key] {
                throw Failure("\(key) is \(shown.said[key] ?? "nothing")")
            }
        }
    }

    private func ownCode(_ text: String) throws -> OwnCode {
        switch text {
        case "cash_out": .cashOut
        case "cash_in": .cashIn
        default: throw Failure("no code is called \(text)")
        }
    }

    /// How much what becomes of the code is about; read anew each time.
    private func seen(_ what: String) async throws -> Money {
        guard let watch else { throw Failure("the phone does not look at its code") }
        let impatient = impatient(what)
        defer { impatient.cancel() }
        for try await seen in watch.events {
            let (name, amount) =
                switch seen {
                case let .held(amount): ("held", amount)
                case let .released(amount): ("released", amount)
                case let .settled(amount, _): ("settled", amount)
                case let .unclear(amount, _): ("unclear", amount)
                }
            if name == what { return amount }
            guard name == "held" else { throw Failure("\(name) is seen") }
        }
        throw Failure("nothing is seen any more")
    }

    private func tap(_ attempt: Attempt, _ what: String) throws {
        switch what {
        case "cancel": attempt.cancel()
        case "cash_received": attempt.cashReceived()
        case "cash_handed_out": attempt.cashHandedOut()
        case "cash_returned": attempt.cashReturned()
        case "cash_not_moved": attempt.cashNotMoved()
        default: throw Failure("there is no tap \(what)")
        }
    }

    /// Nothing where it was refused as it should be.
    private func refusable<T>(_ step: Step, _ work: () async throws -> T) async throws -> T? {
        let refused = try step.optional("refused")
        let outcome: T
        do {
            outcome = try await work()
        } catch let error as ApiError {
            guard let refused else { throw error }
            guard error.code == refused else { throw Failure("refused with \(error.code): \(error)") }
            return nil
        }
        if let refused { throw Failure("it should be refused with \(refused)") }
        return outcome
    }

    private func keep(_ who: Who, _ step: Step, _ start: () async throws -> Attempt) async throws {
        let name = try step.text("as")
        if let attempt = try await refusable(step, start) { ears[name] = (who, Ear(attempt)) }
    }

    private func ear(_ name: String) throws -> Ear {
        guard let (_, ear) = ears[name] else { throw Failure("no attempt is called \(name)") }
        return ear
    }

    private func reviewed() throws -> Review {
        guard let review else { throw Failure("nothing was looked at") }
        return review
    }

    private func who(_ step: Step) throws -> Who {
        guard let who = try Who(rawValue: step.text("who")) else { throw Failure("nobody is called so") }
        return who
    }

    private func restart() async throws {
        let known = ears.map { name, ear in (name, ear.0, ear.1.attempt.id()) }
        ears = [:]
        try shutdown()
        till = try await Self.openTill(cast, story, folder, stores.till)
        phone = try await openPhone("phone")
        for (name, who, id) in known {
            let found = try await who == .till ? till.attempt(id: id) : phone.attempt(id: id)
            guard let found else { throw Failure("\(name) is not known any more") }
            ears[name] = (who, Ear(found))
        }
    }

    private func signIn() async throws {
        let names = [
            "balance", "statements", "outgoing_payments", "initiate_transfers", "wallet_list",
            "identification_level",
        ]
        let signIn = try SignIn(
            environment: Sandbox.shared.environment,
            client: .ofClient(id: cast.app.client_id, macKey: cast.app.mac_key), store: stores.phone)
        session = try await signIn.withPassword(
            username: customer.username, password: customer.password,
            scopes: names.map { ScopeRequest(name: $0) })
        // One journal is open once.
        phone = try await openPhone("signed-in")
    }

    private func openPhone(_ journal: String) async throws -> CustomerClient {
        let folder = folder.appendingPathComponent(journal)
        return try await Self.openPhone(cast, story, folder, stores.phone, session?.credentials())
    }

    private static func openTill(
        _ cast: Cast, _ story: Story, _ folder: URL, _ store: SecretStore
    ) async throws -> MerchantClient {
        let journal = folder.appendingPathComponent("till")
        try FileManager.default.createDirectory(at: journal, withIntermediateDirectories: true)
        return try await cast.till(journal: journal, store: store, location: story.location)
    }

    private static func openPhone(
        _ cast: Cast, _ story: Story, _ journal: URL, _ store: SecretStore, _ credentials: Credentials?
    ) async throws -> CustomerClient {
        try FileManager.default.createDirectory(at: journal, withIntermediateDirectories: true)
        return try await cast.phone(
            journal: journal, store: store, customer: story.customer, credentials: credentials)
    }
}

import Foundation
import PayseraRetailer
import XCTest

/// What the scenarios do not show: tasks, callbacks, errors.
final class ClientTests: XCTestCase {
    private var cast: Cast!

    override func setUp() async throws {
        cast = try Cast.read()
        try await Sandbox.shared.reset()
    }

    override func tearDown() async throws {
        try shutdown()
    }

    private func collecting(_ id: String) throws -> CollectRequest {
        try CollectRequest(requestId: id, amount: gel("12.50"), description: "Two coffees")
    }

    private func presented(_ payment: Attempt) async throws -> Code {
        for await state in payment.states {
            if case let .presenting(code, _, _) = state { return code }
        }
        throw Failure("it was never presented")
    }

    private func pay(_ payment: Attempt) async throws {
        let phone = try await cast.phone()
        let review = try await phone.review(code: presented(payment))
        _ = try await phone.pay(review: review).ended()
    }

    private func isSettled(_ payment: Attempt) async throws -> Bool {
        if case .settled = try await payment.ended() { true } else { false }
    }

    func testATaskThatIsCancelledStopsWatchingAndNotThePayment() async throws {
        let till = try await cast.till()
        let payment = try await till.collect(request: collecting("r"))
        let watching = Task { for await _ in payment.states {} }
        let waiting = Task { try await payment.ended() }
        _ = try await presented(payment)
        watching.cancel()
        waiting.cancel()
        // Both return at once: the cancellation has reached the library.
        await watching.value
        do {
            _ = try await waiting.value
            XCTFail("it was not cancelled")
        } catch is CancellationError {}
        try await pay(payment)
        let settled = try await isSettled(payment)
        XCTAssertTrue(settled)
        let latest = try await till.latestAttempts(limit: 1)
        XCTAssertEqual(latest.map(\.state), ["settled"])
    }

    /// Has the sandbox keep an answer, and has a task wait for it in vain.
    private func cancelled<T: Sendable>(
        _ method: String, _ path: String, _ call: @escaping @Sendable () async throws -> T
    ) async throws {
        try await Sandbox.shared.call(
            "POST", "/sandbox/faults",
            ["fault": "delay", "milliseconds": 600_000, "method": method, "path": path])
        let waiting = Task { try await call() }
        try await Sandbox.shared.holds(1)
        waiting.cancel()
        do {
            _ = try await waiting.value
            XCTFail("it was not cancelled")
        } catch is CancellationError {}
    }

    func testATaskThatIsCancelledDoesNotWaitForTheServer() async throws {
        let till = try await cast.till()
        try await cancelled("GET", "client/locations") { try await till.location() }
        try await Sandbox.shared.call("POST", "/sandbox/faults/release", [:])
        let services = try await till.location().services
        XCTAssertTrue(services.contains(.pay))
    }

    func testATaskThatIsCancelledWhileAPaymentStartsDoesNotLoseIt() async throws {
        let till = try await cast.till()
        let request = try collecting("r")
        // A till that begins asks for its location first.
        try await cancelled("GET", "client/locations") { try await till.collect(request: request) }
        try await Sandbox.shared.call("POST", "/sandbox/faults/release", ["held": 1])
        let again = try await till.collect(request: request)
        try await pay(again)
        let settled = try await isSettled(again)
        XCTAssertTrue(settled)
        let latest = try await till.latestAttempts(limit: 10)
        XCTAssertEqual(latest.map(\.state), ["settled"])
    }

    func testAWatchOfOnesOwnCashEndsWithItsTask() async throws {
        let phone = try await cast.phone()
        let watch = try await phone.watchOwnCash(code: .cashOut)
        for _ in 1...2 {
            let watching = Task { for try await _ in watch.events {} }
            watching.cancel()
            try await watching.value
        }
    }

    func testTheStatesComeInOrderAndTheStreamEnds() async throws {
        let payment = try await cast.till().collect(request: collecting("r"))
        let states = Task {
            await payment.states.reduce(into: [String]()) { $0.append(Shown($1).state) }
        }
        try await pay(payment)
        let names = await states.value
        let order = ["preparing", "presenting", "reserved", "settling", "settled"]
        XCTAssertEqual(names, order.filter(names.contains), "in order, and no other")
        XCTAssertTrue(names.count >= 3 && names.last == "settled", "\(names)")
        // Who comes late is told the last one.
        let late = await payment.states.reduce(into: [String]()) { $0.append(Shown($1).state) }
        XCTAssertEqual(late, ["settled"])
    }

    func testAListenerThatThrowsStopsNothing() async throws {
        let payment = try await cast.till().collect(request: collecting("r"))
        let told = expectation(description: "it is told the later states all the same")
        told.expectedFulfillmentCount = 3
        told.assertForOverFulfill = false
        let subscription = payment.subscribe(
            listener: Listening { _ in
                told.fulfill()
                throw Failure("k3y")
            })
        try await pay(payment)
        let settled = try await isSettled(payment)
        XCTAssertTrue(settled)
        await fulfillment(of: [told], timeout: 30)
        subscription.cancel()
    }

    func testAPanicIsAnErrorAndTheProcessLives() async throws {
        let told = expectation(description: "the listener is called first")
        told.expectedFulfillmentCount = 2
        let listener = Listening { _ in told.fulfill() }
        XCTAssertThrowsError(try panicAfterCalling(listener: listener)) { error in
            XCTAssertEqual((error as? ApiError)?.code, "panicked")
        }
        do {
            try await panicInATask(listener: listener)
            XCTFail("it did not panic")
        } catch let error as ApiError {
            XCTAssertEqual(error.code, "panicked")
        }
        await fulfillment(of: [told], timeout: 30)
        let location = try await cast.till().location()
        XCTAssertTrue(location.services.contains(.pay))
    }

    func testWhatASecretStoreThrowsComesBackWithoutItsWords() async throws {
        do {
            _ = try await cast.till(store: BrokenStore(Failure("k3y")))
            XCTFail("it was opened")
        } catch let error as ApiError {
            XCTAssertEqual(error.code, "storage_failed")
            XCTAssertFalse(error.localizedDescription.contains("k3y"), error.localizedDescription)
        }
        do {
            _ = try await cast.till(store: BrokenStore(SecretStoreError.Failed(reason: "the device is locked")))
            XCTFail("it was opened")
        } catch let error as ApiError {
            XCTAssertTrue(error.localizedDescription.contains("the device is locked"), error.localizedDescription)
        }
    }

    func testAnErrorHasADescriptionThatCanBeRead() async throws {
        do {
            let nothing = try CollectRequest(requestId: "r", amount: gel("0.00"), description: "Nothing")
            _ = try await cast.till().collect(request: nothing)
            XCTFail("it was started")
        } catch let error as ApiError {
            XCTAssertEqual(
                error.localizedDescription,
                "rejected_input; amount: the amount must be more than zero, not 0.00 GEL")
            XCTAssertEqual(error.retry, .never)
            guard case let .rejectedInput(fields) = error.kind else { return XCTFail("\(error)") }
            XCTAssertEqual(fields.map(\.field), ["amount"])
        }
    }

    func testDecimalsAreExact() throws {
        XCTAssertEqual(try Money(Decimal(string: "12.5")!, currency: "GEL"), try gel("12.50"))
        XCTAssertEqual(try gel("-0.01").decimal(), Decimal(string: "-0.01"))
        XCTAssertThrowsError(try Money(Decimal(string: "12.345")!, currency: "GEL"))
        XCTAssertThrowsError(try Money(1, currency: "JPY"))
    }

    func testFiveHundredCallsAtOnce() async throws {
        let till = try await cast.till()
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 1...500 {
                let request = try collecting("r\(number)")
                group.addTask { try await till.collect(request: request).id() }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        XCTAssertEqual(ids.count, 500)
        let open = try await till.openAttempts()
        XCTAssertEqual(open.count, 500)
    }

    func testAfterAShutdownOldObjectsSaySoAndNewOnesWork() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = memorySecretStore()
        let till = try await cast.till(journal: folder, store: store)
        let payment = try await till.collect(request: collecting("r"))
        _ = try await presented(payment)
        let watching = Task { for await _ in payment.states {} }
        try shutdown()
        await watching.value
        do {
            _ = try await payment.ended()
            XCTFail("it ended")
        } catch ApiError.ShutDown {}
        do {
            _ = try await till.location()
            XCTFail("it still works")
        } catch ApiError.ShutDown {}
        let resumed = try await cast.till(journal: folder, store: store).openAttempts()
        XCTAssertEqual(resumed.map { $0.id() }, [payment.id()])
        resumed[0].cancel()
        guard case .cancelled = try await resumed[0].ended() else { return XCTFail("it did not end") }
    }

    func testInTheBackgroundTheJournalIsClosedAndAfterwardsAllGoesOn() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let till = try await cast.till(journal: folder)
        let payment = try await till.collect(request: collecting("r"))
        _ = try await presented(payment)
        try suspend()
        do {
            _ = try await till.latestAttempts(limit: 1)
            XCTFail("it is open")
        } catch let error as ApiError {
            XCTAssertEqual(error.code, "storage_failed")
        }
        try resume()
        try await pay(payment)
        let settled = try await isSettled(payment)
        XCTAssertTrue(settled)
    }
}

import Foundation
import PayseraRetailer
import XCTest

/// The quick start of the bindings' README, as it stands there.
final class QuickStartTests: XCTestCase {
    private func quickStart(
        _ address: String, _ folder: String, _ show: (Code) async throws -> Void
    ) async throws -> Decimal? {
        var paid: Decimal?
        // quick start
        let till = try await MerchantClient.open(
            config: MerchantConfig(
                environment: .sandbox(baseUrl: address, trust: ServerTrust()),
                credentials: .ofClient(id: "sbx_retailer", macKey: "k3yRetailerSandboxOnly000000000A"),
                store: memorySecretStore(),  // in an app: a SecretStore over the Keychain
                journalFolder: folder,  // in an app: left out of backups
                projectId: 1234,
                locationId: 9975,
                walletId: 2112,
                settings: TillSettings(timeZone: "Asia/Tbilisi")))
        let amount = try Money(Decimal(string: "12.50")!, currency: "GEL")
        // A new identifier for each sale: the same one again is the same payment.
        let payment = try await till.collect(
            request: CollectRequest(
                requestId: UUID().uuidString, amount: amount, description: "Two coffees"))
        for await state in payment.states {
            switch state {
            case let .presenting(code, _, _): try await show(code)  // renderCode(code: code, picture: .qrSvg)
            case let .settled(receipt): paid = try receipt.amount.decimal()
            case let .failed(error): print(error.localizedDescription)
            default: break
            }
        }
        // end
        return paid
    }

    func testAPaymentIsTakenAsTheReadmeSays() async throws {
        try await Sandbox.shared.reset()
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var accepted = Set<String>()
        let paid = try await quickStart(Sandbox.shared.base, folder.path) { code in
            guard let key = code.transactionKey(), accepted.insert(key).inserted else { return }
            try await Sandbox.shared.call("POST", "/sandbox/transactions/\(key)/accept", ["wallet": 14471])
        }
        XCTAssertEqual(paid, Decimal(string: "12.50"))
        try shutdown()
    }
}

import Foundation
import PayseraRetailer

/// Who is there, and what they open.
struct Cast: Decodable, Sendable {
    struct Merchant: Decodable, Sendable {
        let client_id: String
        let mac_key: String
        let project: UInt64
        let wallet: UInt64
    }

    struct Client: Decodable, Sendable {
        let client_id: String
        let mac_key: String
    }

    struct Customer: Decodable, Sendable {
        let wallet: UInt64
        let token: String
        let mac_key: String
        let username: String
        let password: String
        let generator: UInt64
        let generator_seed: String

        var credentials: Credentials { .ofUser(accessToken: token, macKey: mac_key) }

        func reservationCodes() throws -> ReservationGenerator {
            let digits = Array(generator_seed)
            let seed = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0..<($0 + 2)]), radix: 16)
            }
            return try .sandboxV1(identifier: generator, seed: Data(seed))
        }
    }

    let merchant: Merchant
    let locations: [String: UInt64]
    let app: Client
    let customers: [String: Customer]

    static let scenarios = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent()
        .appendingPathComponent("../../../../tests/scenarios").standardized

    static func read() throws -> Cast {
        let file = try Data(contentsOf: scenarios.appendingPathComponent("cast.json"))
        return try JSONDecoder().decode(Cast.self, from: file)
    }

    private static let pace = Pace(firstMillis: 50, quickMillis: 50, growthPercent: 0, slowestMillis: 50)

    func till(
        journal: URL? = nil, store: SecretStore = memorySecretStore(), location: String = "all_services"
    ) async throws -> MerchantClient {
        try await .open(
            config: MerchantConfig(
                environment: Sandbox.shared.environment,
                credentials: .ofClient(id: merchant.client_id, macKey: merchant.mac_key),
                store: store,
                journalFolder: journal?.path,
                projectId: merchant.project,
                locationId: locations[location]!,
                walletId: merchant.wallet,
                device: "till-1",
                settings: TillSettings(timeZone: "Asia/Tbilisi", dayStartsAtHour: 4, pace: Self.pace),
                requestLimits: .unlimited))
    }

    func phone(
        journal: URL? = nil, store: SecretStore = memorySecretStore(), customer: String = "customer",
        credentials: Credentials? = nil
    ) async throws -> CustomerClient {
        let customer = customers[customer]!
        return try await .open(
            config: CustomerConfig(
                environment: Sandbox.shared.environment,
                credentials: credentials ?? customer.credentials,
                store: store,
                journalFolder: journal?.path,
                walletId: customer.wallet,
                device: "phone-1",
                reservationCodes: customer.reservationCodes(),
                pace: Self.pace,
                requestLimits: .unlimited))
    }
}

/// A folder of a test's own, for journals.
func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

import Foundation
import PayseraRetailer
import XCTest

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A sandbox of this process: the program that `PAYSERA_SANDBOX` names.
final class Sandbox: Sendable {
    let base: String
    let environment: PayseraEnvironment
    /// Closed when this process ends, however it does: the sandbox stops with it.
    private let leash: Pipe

    static let shared: Sandbox = {
        do { return try Sandbox() } catch { fatalError("the sandbox did not start: \(error)") }
    }()

    private init() throws {
        guard let program = ProcessInfo.processInfo.environment["PAYSERA_SANDBOX"] else {
            throw Failure("PAYSERA_SANDBOX names no program: run `cargo xtask swift`")
        }
        let process = Process()
        let output = Pipe()
        leash = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["serve", "--listen", "127.0.0.1:0", "--stop-with-stdin"]
        process.standardInput = leash
        process.standardOutput = output
        try process.run()
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let read = output.fileHandleForReading.availableData
            if read.isEmpty { throw Failure("it ended at once") }
            line.append(read)
        }
        let text = String(decoding: line, as: UTF8.self).split(separator: "\n")[0]
        guard let address = text.range(of: "http") else { throw Failure("it said \(text)") }
        base = String(text[address.lowerBound...])
        environment = try .sandbox(baseUrl: base, trust: ServerTrust())
    }

    /// A call of the control API.
    @discardableResult
    func call(_ method: String, _ path: String, _ body: [String: Any]? = nil) async throws -> [String: Any] {
        var request = URLRequest(url: URL(string: base)!.appendingPathComponent(path))
        request.httpMethod = method
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        if let body { request.httpBody = try JSONSerialization.data(withJSONObject: body) }
        let (data, answer) = try await URLSession.shared.data(for: request)
        let status = (answer as? HTTPURLResponse)?.statusCode ?? 0
        guard (200..<300).contains(status) else {
            throw Failure("\(method) \(path): \(status) \(String(decoding: data, as: UTF8.self))")
        }
        return try data.isEmpty ? [:] : JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    func reset() async throws {
        try await call("POST", "/sandbox/reset", [:])
    }

    /// Returns once the faults keep so many requests waiting.
    func holds(_ requests: Int) async throws {
        for _ in 0..<20_000 {
            if try await call("GET", "/sandbox/faults")["held"] as? Int == requests { return }
        }
        throw Failure("the request that is to be held did not come")
    }

    /// What a wallet can spend now, in minor units of lari.
    func atDisposal(_ wallet: UInt64) async throws -> Int64 {
        let wallets = try await call("GET", "/sandbox/state")["wallets"] as? [[String: Any]] ?? []
        let found = wallets.first { ($0["wallet"] as? NSNumber)?.uint64Value == wallet }
        let balances = found?["balances"] as? [[String: Any]] ?? []
        let lari = balances.first { $0["currency"] as? String == "GEL" }
        return (lari?["at_disposal"] as? NSNumber)?.int64Value ?? 0
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

func gel(_ amount: String) throws -> Money {
    try moneyFromDecimal(text: amount, currencyCode: "GEL")
}

import Foundation
import PayseraRetailer
import XCTest

final class LeakTests: XCTestCase {
    /// Resident memory in kB.
    private func resident() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? ""
        return Int(line.filter(\.isNumber)) ?? 0
    }

    /// Each begins, is watched, is taken back, ends and is dropped.
    func testTenThousandAttemptsLeaveNothingBehind() async throws {
        try await Sandbox.shared.reset()
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        // On disk: a journal in memory grows with every attempt, as it should.
        let till = try await Cast.read().till(journal: folder)
        var early = 0
        for number in 1...10_000 {
            let request = try CollectRequest(requestId: "r\(number)", amount: gel("1.00"), description: "Coffee")
            let attempt = try await till.collect(request: request)
            let subscription = attempt.subscribe(listener: Listening())
            attempt.cancel()
            _ = try await attempt.ended()
            subscription.cancel()
            if number == 2_000 { early = try resident() }
        }
        let late = try resident()
        print("resident at 2,000: \(early) kB, at 10,000: \(late) kB")
        XCTAssertLessThan(late, early * 105 / 100)
        try shutdown()
    }
}

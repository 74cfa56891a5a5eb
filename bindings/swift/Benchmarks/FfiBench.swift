import Foundation
import PayseraRetailer

/// What calls cost from Swift; `cargo xtask bench ffi` starts it with the frame's file.
@main
struct FfiBench {
    static func main() async throws {
        let frame = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
        let environment = try PayseraEnvironment.sandbox(
            baseUrl: "http://127.0.0.1:1/", trust: ServerTrust())
        let till = try await MerchantClient.open(
            config: MerchantConfig(
                environment: environment, credentials: .ofClient(id: "a", macKey: "b"),
                store: memorySecretStore(), projectId: 1, locationId: 1, walletId: 1, settings: TillSettings()))
        let shape = FrameShape(width: 1280, height: 720, rowStride: 1280, rotationDegrees: 0)
        let scanner = FrameScanner.forPictures()

        let call = measure { _ = environment.isProduction() }
        let journal = try await measure { @Sendable in _ = try await till.latestAttempts(limit: 1) }
        let scan = try measure {
            let report = try frame.withUnsafeBytes { try scanner.scan($0, shape: shape) }
            precondition(report.detections.count == 1)
        }
        print("{\"call\":\(call),\"async\":\(journal),\"scan\":\(scan)}")
    }

    private static let batches = 9
    private static let batchNanos: UInt64 = 300_000_000

    /// Nanoseconds of one call: the median of several batches, after one to warm up.
    private static func measure(_ call: () throws -> Void) rethrows -> UInt64 {
        var times: [UInt64] = []
        for _ in 0...batches {
            let start = now()
            var calls: UInt64 = 0
            while now() - start < batchNanos {
                for _ in 0..<10 { try call() }
                calls += 10
            }
            times.append((now() - start) / calls)
        }
        return median(times)
    }

    private static func measure(_ call: @Sendable () async throws -> Void) async rethrows -> UInt64 {
        var times: [UInt64] = []
        for _ in 0...batches {
            let start = now()
            var calls: UInt64 = 0
            while now() - start < batchNanos {
                for _ in 0..<10 { try await call() }
                calls += 10
            }
            times.append((now() - start) / calls)
        }
        return median(times)
    }

    private static func median(_ times: [UInt64]) -> UInt64 {
        times.dropFirst().sorted()[batches / 2]
    }

    private static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds }
}

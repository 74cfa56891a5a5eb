import Foundation
import PayseraRetailer
import XCTest

/// Plays the scenarios of `tests/scenarios`.
final class ScenariosTests: XCTestCase {
    func testEveryScenarioEndsAsItSays() async throws {
        let cast = try Cast.read()
        let files = try FileManager.default
            .contentsOfDirectory(at: Cast.scenarios, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" && $0.lastPathComponent != "cast.json" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        XCTAssertGreaterThanOrEqual(files.count, 10, "the scenarios are not there")
        for file in files {
            print(file.lastPathComponent)
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let story = try Story(file: file)
            let stage = try await Stage(cast, story, folder)
            for (number, step) in story.steps.enumerated() {
                do {
                    try await stage.play(step)
                } catch {
                    throw Failure("\(file.lastPathComponent), step \(number), \(step): \(error)")
                }
            }
            try await stage.end()
        }
    }
}

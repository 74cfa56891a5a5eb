import Foundation
import PayseraRetailer
import XCTest

/// Plays the scenarios of `tests/scenarios`.
final class ScenariosTests: XCTestCase {
    func testEveryScenarioEndsAsItSays() async throws {
        let cast = try Cast.read()
        let list = Cast.scenarios.appendingPathComponent("all.json")
        let all = try JSONDecoder().decode([String].self, from: Data(contentsOf: list))
        let there = try FileManager.default.contentsOfDirectory(atPath: Cast.scenarios.path)
            .filter { $0.hasSuffix(".json") && $0 != "all.json" && $0 != "cast.json" }
        XCTAssertEqual(all, there.sorted(), "all.json names the files of the folder")
        var played: [String] = []
        for name in all {
            print(name)
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let story: Story
            do {
                story = try Story(file: Cast.scenarios.appendingPathComponent(name))
            } catch {
                throw Failure("\(name): \(error)")
            }
            let stage = try await Stage(cast, story, folder)
            for (number, step) in story.steps.enumerated() {
                do {
                    try await stage.play(step)
                } catch {
                    throw Failure("\(name), step \(number), \(step): \(error)")
                }
            }
            try await stage.end()
            played.append(name)
        }
        XCTAssertEqual(played, all, "every scenario is played")
    }
}

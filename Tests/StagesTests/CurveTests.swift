import Figures
import Foundation
import TestSupport
import Testing

@testable import DataStages
@testable import ModelStages
@testable import TaskStages

@Suite struct CurveTests {
  private static let fall = Curve(
    title: "loss, nats per token", abscissa: "step",
    points: (1...200).map { Curve.Point(x: Double(10 * $0), y: 1.2 + 1.6 / Double($0).squareRoot()) })

  /// Falls from the top left to the bottom right, with round numbers at both axes.
  @Test func `a curve in a terminal is the recorded one`() throws {
    let file = Repository.root.appendingPathComponent("Tests/StagesTests/Goldens/curve.txt")
    let text = Self.fall.text(width: 60, height: 6) + "\n"
    if DeclarationTests.isRecording {
      try Data(text.utf8).write(to: file)
      Issue.record("recorded curve.txt")
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 60 })
  }

  @Test(arguments: [1, 2, 5000]) func `a curve of any number of points is drawn`(count: Int) {
    let flat = Curve(title: "a < b", abscissa: "step", points: (0..<count).map { Curve.Point(x: Double($0), y: 3) })
    #expect(flat.text(width: 80).split(separator: "\n").count == 16)
    let svg = flat.svg()
    #expect(svg.contains("a &lt; b") && svg.hasSuffix("</svg>\n") && !svg.contains("nan"))
    #expect(svg.utf8.count < 30_000)
  }
}

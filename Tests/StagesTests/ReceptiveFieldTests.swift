import Artifacts
import Foundation
import Inputs
import Spaces
import Stages
import Testing

@testable import DataStages
@testable import Figures
@testable import UseStages

/// Effective receptive fields as numbers, and how they are shown.
@Suite struct ReceptiveFieldTests {
  private func field(_ text: String, causal: Bool = false, _ squares: [Double], asked: Int) throws -> ReceptiveField {
    ReceptiveField(try Architecture(parsing: text), isCausal: causal, pieces: 1, squares: squares, asked: asked)
  }

  private func view(_ field: ReceptiveField) throws -> ArtifactView {
    try .receptiveField(MemoryArtifact(.receptiveField, ["": try JSONArtifact.encode(field)]))
  }

  /// The fewest tokens count, on whichever side they are, and never more than there are.
  @Test func `widths are the fewest tokens that hold a share`() throws {
    let even = try field("c8(kernel=3)", [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], asked: 5)
    #expect(even.widths.map(\.tokens) == [5, 9, 10])
    let oneSided = try field("c8(kernel=3)", causal: true, [0, 0, 1, 8, 90, 0, 0, 0], asked: 4)
    #expect(oneSided.widths.map(\.tokens) == [1, 1, 3] && oneSided.sees == 3)
    #expect(oneSided.strengths[4] == 1 && oneSided.strengths[5] == 0)
    let holes = try field("c8(kernel=3,dilation=2)", [1, 0, 1, 0, 1], asked: 2)
    #expect(holes.widths.map(\.tokens) == [2, 3, 3])
    let nothing = try field("c8", [0, 0, 0], asked: 1)
    #expect(nothing.strengths == [0, 0, 0])
    #expect(try !view(nothing).pictures[0].svg().contains("nan"))
  }

  /// Marks are those of the layers, on one side where tokens see the past alone; nothing is drawn across holes.
  @Test func `a field has marks where shapes end`() throws {
    let squares = (0..<21).map { abs($0 - 10) % 4 == 0 ? 1.0 : 0 }
    let plot = try #require(view(field("e8(stem=9)-c8(kernel=3,dilation=4)", squares, asked: 10)).pictures[0] as? Plot)
    #expect(plot.marks.map(\.x) == [-4, 4])
    #expect(plot.svg().components(separatedBy: "<circle").count - 1 == 5)
    let causal = try field("c8(kernel=3,dilation=4)", causal: true, squares, asked: 10)
    #expect(try #require(view(causal).pictures[0] as? Plot).marks.map(\.x) == [-8])
    let lines = try view(field("e8(stem=9)-c8(kernel=3)", squares, asked: 10)).lines
    #expect(lines.contains("by its shapes a token sees 11 tokens"), "\(lines)")
    let all = try field("t8", squares, asked: 10)
    #expect(try #require(view(all).pictures[0] as? Plot).marks.isEmpty && all.sees == nil)
  }
}

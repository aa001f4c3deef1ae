import Figures
import Foundation
import JSON
import Tables
import TestSupport
import Testing

@testable import PageWriting
@testable import Pages

/// One page in its three forms.
@Suite struct PageTests {
  private static let page = Page(
    title: "small, run 7", state: "done",
    sections: [
      Section(
        "one", "One",
        [
          .headline("k=6", "the first of 12 candidates"), .facts([("parameters", "14,818"), ("time", "3 min 05 s")]),
          .table("Baselines", Table(["name", "score"], numeric: [1], rows: [["linear", "0.925"], ["-", "-0.5"]])),
          .rows(
            RowTable(
              "rows", "All 120 rows",
              [
                RowTable.Column("name", (0..<120).map { "c\($0)" }),
                RowTable.Column("score", (0..<120).map { Double($0) / 7 }, digits: 3),
              ])),
          .figure(
            Drawing(
              "Loss", "It falls from 2.5 to 1.25.",
              Plot("loss", title: "loss", abscissa: "step", points: [.init(x: 10, y: 2.5), .init(x: 20, y: 1.25)]))),
          .text("Text", "steps: 200"),
        ])
    ])

  /// All texts of a document.
  private static func texts(_ json: JSON) -> [String] {
    if let text = json.string { return [text] }
    return (json.array ?? []).flatMap(texts) + (json.members ?? []).flatMap { texts($0.value) }
  }

  private static func numbers(_ text: String) -> [String] {
    text.matches(of: #/-?\d[\d,]*(?:\.\d+)?/#).map { String($0.output) }
  }

  @Test func `every number of the page is in its JSON`() throws {
    let html = PageHTML(Self.page).text
    let body = try #require(html.range(of: "<body>")).upperBound
    let end = try #require(html.range(of: "<script type=")).lowerBound
    let shown = html[body..<end].replacing(#/<[^>]*>/#, with: " ")
    let known = Set(Self.texts(Self.page.json).flatMap(Self.numbers))
    // The number of rows that stand in the page is its own.
    let own: Set = ["50", "120"]
    let found = Self.numbers(String(shown)).filter { !known.contains($0) && !own.contains($0) }
    #expect(found == [])
    #expect(known.contains("0.925") && known.contains("14,818") && known.contains("-0.5") && known.contains("17.000"))
  }

  @Test func `the figure of a page has the bytes of the picture alone`() {
    guard case .figure(let drawing) = Self.page.sections[0].blocks[4] else { return }
    #expect(PageHTML(Self.page).text.contains(drawing.picture.svg()))
  }

  @Test func `a page says how many rows it cuts`() {
    let html = PageHTML(Self.page).text
    #expect(html.contains("The first 50 of 120 rows") && html.contains(">c49<") && !html.contains(">c50<"))
  }

  @Test func `without a plan the names of axes tell which are replicates`() {
    #expect(LearningSection.replicates(["architecture", "seed", "fold"], nil) == [1, 2])
    #expect(LearningSection.replicates(["k"], nil) == [])
  }

  @Test func `equal pages have equal bytes, and the summary is text`() {
    #expect(PageHTML(Self.page).text == PageHTML(Self.page).text)
    let text = PageText.summary(Self.page)
    #expect(text.contains("k=6: the first of 12 candidates") && !text.contains("<"))
  }
}

import Testing

@testable import Figures

/// Logos and tracks as pictures.
@Suite struct LogoTests {
  private func count(_ svg: String, _ part: String) -> Int {
    svg.split(separator: part, omittingEmptySubsequences: false).count - 1
  }

  @Test func `a logo has a letter for each height, those below 0 upside down`() {
    let logo = Logo(
      "logo", title: "a < b", unit: "bits",
      panels: [
        .init("one", [[.init("A", 1.5), .init("C", -0.5)], [.init("G", 0), .init("T", 2)]], labels: ["-1", "+1"]),
        .init("none", []),
      ])
    let svg = logo.svg()
    // Three letters are drawn: a height of 0 has none.
    #expect(count(svg, "fill-rule=\"evenodd\"") == 3 && count(svg, "0 0 -") == 1)
    #expect(svg.contains("a &lt; b") && svg.contains(">+1<") && !svg.contains("nan") && !svg.contains("inf"))
    #expect(svg == logo.svg())
  }

  /// The largest letter stands furthest from the axis, and all are as high as their numbers.
  @Test func `letters are stacked by their heights`() {
    let logo = Logo("l", title: "t", unit: "bits", panels: [.init("p", [[.init("A", 1), .init("C", 0.5)]], top: 2)])
    let lines = logo.svg().split(separator: "\n").filter { $0.contains("matrix(") }
    let numbers = lines.map { line in
      line.split(separator: "matrix(")[1].split(separator: ")")[0].split(separator: " ").compactMap { Double($0) }
    }
    #expect(numbers.count == 2 && abs(numbers[1][3] / numbers[0][3] - 2) < 1e-2)
    // C, the smaller, ends where A begins.
    #expect(abs(numbers[1][5] + 100 * numbers[1][3] - numbers[0][5]) < 0.1)
  }

  @Test func `every amino acid has an outline of its own`() {
    let paths = "ACDEFGHIKLMNPQRSTVWYUBJOXZ".map(LetterShape.path)
    #expect(Set(paths).count == paths.count && paths.allSatisfy { $0.hasPrefix("M") && $0.hasSuffix("Z") })
    #expect(LetterShape.path("?") == LetterShape.path("*"))
  }

  @Test func `tracks have a lane each, and boxes`() {
    let lane = { (name: String) in
      Tracks.Lane(
        name, values: [0, 1, 2], low: [0, 0.5, 1], high: [0, 1.5, 3], null: [0...0, -1...1, 0...0])
    }
    let tracks = Tracks(
      "tracks", title: "t", axis: "letter", places: ["-1", "+1", "+2"], lanes: [lane("x"), lane("y")],
      boxes: [("TATA", 0..<2)], caption: "c")
    let svg = tracks.svg()
    #expect(count(svg, "#1f77b4") == 2 && count(svg, "#a6c8e4") == 2 && count(svg, "#cccccc") == 2)
    #expect(count(svg, "#fdeeda") == 1 && svg.contains(">TATA<") && svg.contains(">x<") && !svg.contains("nan"))
    let flat = Tracks("f", title: "t", axis: "", places: [], lanes: [], boxes: [], caption: "")
    #expect(!flat.svg().contains("nan"))
  }
}

import Artifacts
import Foundation
import Stages
import TestSupport
import Testing

@testable import DataStages
@testable import Figures
@testable import ModelStages
@testable import TaskStages

@Suite struct FigureTests {
  private static let fall = Plot(
    "loss", title: "loss, nats per token", abscissa: "step",
    points: (1...200).map { Plot.Point(x: Double(10 * $0), y: 1.2 + 1.6 / Double($0).squareRoot()) })

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
    let flat = Plot(
      "flat", title: "a < b", abscissa: "step", points: (0..<count).map { Plot.Point(x: Double($0), y: 3) })
    #expect(flat.text(width: 80, height: 12).split(separator: "\n").count == 16)
    let svg = flat.svg()
    #expect(svg.contains("a &lt; b") && svg.hasSuffix("</svg>\n") && !svg.contains("nan"))
    #expect(svg.utf8.count < 30_000)
  }

  /// Lines that end beyond a logarithmic axis, names that have signs of XML, a line without points.
  @Test func `lines have a legend in the order in which they end`() {
    let line = { (name: String, values: [Double]) in
      Plot.Line(name, values.enumerated().map { Plot.Point(x: Double(1 << $0.offset), y: $0.element) })
    }
    let plot = Plot(
      "growth", title: "time", x: .init("tokens", .logarithmic, ticks: [1, 4]), y: .init("", .logarithmic),
      lines: [line("low", [1, 2, 3]), line("a<b", [1, 20, 300]), line("none", []), line("zero", [0, 5, 6])])
    let svg = plot.svg()
    #expect(!svg.contains("nan") && !svg.contains("inf") && !svg.contains(">none<"))
    let names = ["a&lt;b", "zero", "low"].map { svg.range(of: ">\($0)<")?.lowerBound }
    #expect(names.allSatisfy { $0 != nil } && names[0]! < names[1]! && names[1]! < names[2]!)
    // A value of 0 has no place on the axis: that line has two points.
    #expect(svg.components(separatedBy: "<circle").count - 1 == 3 + 3 + 2)
    #expect(plot.text(width: 80) == nil)
    #expect(Plot.svg([plot, plot]).contains("viewBox=\"0 0 780 800\""))
  }

  @Test func `a heat map has a cell for each value, and is darker where it is better`() {
    let map = HeatMap(
      "heat-map", title: "mcc", rows: ("blocks", ["2", "4"]), columns: ("base", ["1", "2", "4"]),
      measures: [
        .init([.init("a", [[0.1, 0.2, 0.3], [0.4, nil, 0.6]], chosen: (1, 0))]),
        .init([.init("b", [[9, 8, 7], [6, 5, 4]], chosen: (1, 0))], higherIsBetter: false),
      ], framed: "the first")
    let svg = map.svg()
    #expect(svg.components(separatedBy: "stroke=\"#d95f02\"").count - 1 == 2)
    #expect(svg.components(separatedBy: "<rect").count - 1 == 1 + 12)
    // The frame stands before the number of its cell.
    let framed = svg.components(separatedBy: "stroke=\"#d95f02\"").dropFirst().map { part in
      part.components(separatedBy: "#fff\">")[1].prefix(5)
    }
    #expect(framed == ["0.400", "6.000"] && svg.contains("the first is framed"))
    for (best, worst) in [("0.600", "0.100"), ("4.000", "9.000")] {
      let colour = { (value: String) in
        svg.components(separatedBy: ">\(value)<")[0].components(separatedBy: "fill=\"rgb(").last!.prefix(8)
      }
      #expect(colour(best) == "8,48,107" && colour(worst) == "247,251,", "\(colour(best)) \(colour(worst))")
    }
    #expect(svg.contains(">0.600<") && svg.contains(">9.000<") && svg.contains(">-<") && svg.contains("#eee"))
  }

  /// The pictures of a ranking whose candidates have two axes, whose tasks are numbers and whose paths see differently.
  @Test func `a ranking is a heat map, lines over numbers, and points over receptive fields`() throws {
    let items = BaselineTests.items(
      [
        (["3", "1"], "c8(kernel=3)"), (["3", "2"], "c8(dilation=2,kernel=3)"), (["5", "1"], "c8(kernel=5)"),
        (["5", "2"], "t8"),
      ].flatMap { ids, text in
        [("100", 0.5), ("1000", 0.25)].map { task, value in
          (ids, task, Optional(BaselineTests.metrics(value + Double(ids[0])! / 100, architecture: text)))
        }
      })
    let run = MemoryRun()
    try run.run(RankStage.self, items: ["scores": items])
    let view = { (axes: [String: [String]]) in try ArtifactView(run.output("ranking", .ranking), axes: axes) }
    let pictures = try view(["candidate": ["kernel", "dilation"], "task": ["distance"]]).pictures
    #expect(pictures.map(\.name) == ["heat-map", "tasks", "fields"])
    let map = try #require(pictures[0] as? HeatMap)
    #expect(map.rows == ("kernel", ["3", "5"]) && map.columns == ("dilation", ["1", "2"]))
    #expect(map.measures.map { $0.panels.map(\.title) } == [["100"], ["1000"]])
    #expect(map.measures[1].panels[0].values == [[0.28, 0.28], [0.3, 0.3]])
    let lines = try #require(pictures[1] as? Plot)
    #expect(lines.lines.count == 4 && lines.lines.allSatisfy { $0.points.map(\.x) == [100, 1000] })
    let fields = try #require(pictures[2] as? Plot)
    #expect(fields.lines.map(\.name) == ["100", "1000"] && fields.lines[0].points.map(\.x) == [3, 5, 5])
    #expect(fields.title.contains("see all tokens, not drawn: 1"))
    // Without names of axes, as of another pipeline, there is no grid.
    #expect(try view([:]).pictures.map(\.name) == ["tasks", "fields"])
  }

  /// Names that are numbers without a place on an axis, and values that none has.
  @Test func `pictures of odd numbers are none, or empty`() throws {
    let items = BaselineTests.items(
      ["inf", "nan"].flatMap { task in
        [(["nan", "1"], "c8(kernel=3)"), (["2", "2"], "c8(kernel=5)")].map { ids, text in
          (ids, task, Optional(BaselineTests.metrics(0.5, architecture: text)))
        }
      })
    let run = MemoryRun()
    try run.run(RankStage.self, items: ["scores": items])
    let axes = ["candidate": ["a", "b"], "task": ["t"]]
    let pictures = try ArtifactView(run.output("ranking", .ranking), axes: axes).pictures
    #expect(pictures.map(\.name) == ["heat-map", "fields"])
    for picture in pictures { #expect(!picture.svg().contains("\"nan\"")) }
    for scale in [Plot.Scale.linear, .logarithmic] {
      let empty = Plot("a", title: "none", x: .init("x", scale), y: .init("", scale), lines: [.init("", [])])
      #expect(empty.svg().hasSuffix("</svg>\n") && empty.text(width: 40) != "")
    }
    let decay = Plot(
      "a", title: "decay", x: .init("x"), y: .init("", .logarithmic),
      lines: [.init("", [.init(x: 0, y: 1), .init(x: 1, y: 1e-44), .init(x: 2, y: 0), .init(x: 3, y: 1)])])
    // At most nine numbers along the axis; the last point stands alone behind one that has no place.
    #expect(decay.svg().components(separatedBy: "text-anchor=\"end\"").count - 1 <= 10)
    #expect(decay.svg().components(separatedBy: "stroke-width=\"1.5\"").count - 1 == 1)
  }
}

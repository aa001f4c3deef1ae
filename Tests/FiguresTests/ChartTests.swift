import Foundation
import TestSupport
import Testing
import Web

@testable import Figures

/// The pictures of a report.
@Suite struct ChartTests {
  private static func bars(_ count: Int, seed: UInt64, kinds: Int = 3) -> [TimelineChart.Bar] {
    var random = RandomNumbers(seed: seed)
    return (0..<count).map { number in
      let start = Double.random(in: 0..<1000, using: &random).rounded()
      let seconds = Double.random(in: 0..<30, using: &random).rounded()
      return TimelineChart.Bar("s\(number)", start: start, end: start + seconds, kind: number % kinds)
    }
  }

  /// All pictures, of numbers that are usual.
  private static var pictures: [any Picture] {
    var random = RandomNumbers(seed: 5)
    let points = (0..<60).map { number -> ParetoChart.Point in
      let (cost, noise) = (pow(10, Double.random(in: 3..<7, using: &random)), random.normal() / 30)
      let score = 0.5 + 0.06 * log10(cost) + noise - 0.1
      return ParetoChart.Point("c\(number)", cost: cost, score: score, interval: score - 0.03...score + 0.03)
    }
    let curves = (0..<4).map { kind -> BandChart.Curve in
      let x = (1...40).map { Double(10 * $0) }
      let mean = x.map { 1 + Double(kind) / 5 + 3 / $0.squareRoot() }
      return BandChart.Curve(
        ["cnn", "transformer", "mamba", "hyena"][kind], x: x, mean: mean,
        band: zip(x, mean).map { x, y in kind == 3 ? nil : y - 1 / x.squareRoot()...y + 1 / x.squareRoot() },
        replicates: kind == 3 ? 1 : 3)
    }
    let rate = { (power: Double) in (0...100).map { Plot.Point(x: Double($0) / 100, y: pow(Double($0) / 100, power)) } }
    let fall = (0...100).map { Plot.Point(x: Double($0) / 100, y: 1 - 0.7 * pow(Double($0) / 100, 3)) }
    let moments = (0..<400).map { Double($0) * 2.5 }
    return [
      TimelineChart(
        "timeline", title: "steps", bars: bars(300, seed: 3), kinds: ["train", "evaluate", "tokenize"], seconds: 1040,
        caption: "each bar is one attempt"),
      ConcurrencyChart(
        "concurrency", title: "concurrency", times: moments,
        running: moments.map { $0 > 900 ? 1 : 2 + Int($0 / 90) % 3 },
        waiting: moments.map { max(0, 40 - Int($0 / 20)) },
        limit: ("4 cores", 4), seconds: 1000),
      ParetoChart(
        "pareto", title: "MCC against parameters", cost: .init("parameters", .logarithmic), score: .init("MCC"),
        points: points, higherIsBetter: true, caption: "bars: 95 % bootstrap intervals"),
      BandChart(
        "curves", title: "validation loss", x: .init("step", .logarithmic), y: .init("nats per token"), curves: curves,
        caption: "mean over replicates, in brackets their number; band: 95 % t interval of the mean"),
      RateChart(
        "roc", title: "ROC", kind: .receiver,
        curves: [
          .init("cnn 0.83", points: rate(0.2), baseRate: 0.3), .init("k-mers 0.67", points: rate(0.5), baseRate: 0.3),
        ]),
      RateChart(
        "pr", title: "precision and recall", kind: .precisionRecall, curves: [.init("cnn", points: fall, baseRate: 0.3)]
      ),
      ReliabilityChart(
        "reliability", title: "calibration",
        bins: (0..<10).map { bin in
          let forecast = (Double(bin) + 0.5) / 10
          let observed = pow(forecast, 1.4)
          return .init(
            forecast: forecast, observed: observed, interval: max(0, observed - 0.06)...min(1, observed + 0.06),
            count: 40 + 9 * bin * bin)
        }, caption: "10 bins of equal mass, with 95 % Wilson intervals; ECE 0.071, Brier 0.182"),
      ConfusionMatrix(
        "confusion", title: "confusion", classes: ["promoter", "enhancer", "neither"],
        counts: [[812, 91, 40], [120, 640, 77], [3, 18, 1204]]),
    ]
  }

  /// Well-formed, told to those who do not see it, and the same each time.
  @Test func `pictures are well-formed, described and deterministic`() throws {
    for picture in Self.pictures {
      let svg = picture.svg()
      let document = try XMLElement(parsing: bytes(svg))
      #expect(document.name == "svg" && svg.contains("role=\"img\""), "\(picture.name)")
      #expect(document.children.prefix(2).map(\.name) == ["title", "desc"], "\(picture.name)")
      #expect(document.children.prefix(2).allSatisfy { !$0.text.isEmpty }, "\(picture.name)")
      #expect(svg == picture.svg() && !svg.contains("nan") && !svg.contains("inf"), "\(picture.name)")
    }
  }

  @Test func `bars have the lowest free lane, and as many lanes as there are at once`() {
    for trial in 0..<UInt64(Trials.count(30)) {
      let bars = Self.bars(80, seed: seed &+ trial)
      let lanes = TimelineChart.lanes(bars)
      let told = "seed \(seed &+ trial)"
      for (a, b) in zip(bars.indices, lanes) {
        for (c, d) in zip(bars.indices, lanes) where a < c && b == d {
          #expect(bars[a].end <= bars[c].start || bars[c].end <= bars[a].start, "\(told): \(a) and \(c)")
        }
      }
      let most = bars.map { bar in
        bars.count { $0.start <= bar.start && (bar.start < $0.end || $0.start == bar.start && $0.end == bar.start) }
      }.max()
      #expect((lanes.max() ?? -1) + 1 <= most ?? 0, "\(told)")
    }
    #expect(TimelineChart.lanes([]) == [])
    let still = TimelineChart.Bar("", start: 3, end: 3, kind: 0)
    #expect(TimelineChart.lanes([still, .init("", start: 1, end: 3, kind: 0), still]) == [0, 0, 0])
  }

  /// Each bar up to 2,000 is an element with its name; more are one path for each kind, of bounded size.
  @Test func `a timeline of very many bars is small`() {
    let chart = { (count: Int) in
      TimelineChart("t", title: "t", bars: Self.bars(count, seed: 9), kinds: ["a", "b", "c"], seconds: 1030)
    }
    #expect(chart(2_000).svg().components(separatedBy: "</title></rect>").count - 1 == 2_000)
    let many = chart(100_000).svg()
    #expect(many.components(separatedBy: "<path").count - 1 < 40 && !many.contains("</title></rect>"))
    #expect(many.contains("nearer than a pixel are joined"))
    let sizes = [20_000, 100_000].map { chart($0).svg().utf8.count }
    #expect(sizes.allSatisfy { $0 < 400_000 }, "\(sizes)")
    print("timeline of 20,000 and 100,000 bars: \(sizes) bytes")
  }

  @Test func `the front is what no other is better than at no higher cost`() {
    for trial in 0..<UInt64(Trials.count(40)) {
      var random = RandomNumbers(seed: seed &+ trial)
      let costs = (0..<25).map { _ in Double(Int.random(in: 0..<9, using: &random)) }
      let scores = (0..<25).map { _ in Double(Int.random(in: 0..<9, using: &random)) }
      for higher in [true, false] {
        let better = { (a: Int, b: Int) in
          let (gain, saving) = ((higher ? 1 : -1) * (scores[a] - scores[b]), costs[b] - costs[a])
          return gain >= 0 && saving >= 0 && gain + saving > 0
        }
        let front = costs.indices.filter { place in !costs.indices.contains { better($0, place) } }
        let found = ParetoFront.places(costs: costs, scores: scores, higherIsBetter: higher)
        #expect(found.sorted() == front, "seed \(seed &+ trial)")
        #expect(zip(found, found.dropFirst()).allSatisfy { costs[$0] <= costs[$1] }, "seed \(seed &+ trial)")
      }
    }
    #expect(ParetoFront.places(costs: [1, .nan, 2], scores: [.infinity, 1, 1], higherIsBetter: true) == [2])
  }

  /// Names may hold anything; a `<` with an accent is one letter for Swift and a tag for a parser.
  @Test func `names cannot leave their place`() throws {
    let evil = "</title></text><script>x</script>\u{1}\"'&<\u{338}"
    let pictures: [any Picture] = [
      TimelineChart("t", title: evil, bars: [.init(evil, start: 0, end: 1, kind: 0)], kinds: [evil], seconds: 1),
      ConcurrencyChart("c", title: evil, times: [0], running: [1], waiting: nil, limit: (evil, 2), seconds: 1),
      ParetoChart(
        "p", title: evil, cost: .init(evil), score: .init(evil), points: [.init(evil, cost: 1, score: 1)],
        higherIsBetter: true, caption: evil),
      BandChart(
        "b", title: evil, x: .init(evil), y: .init(evil),
        curves: [.init(evil, x: [1], mean: [1], band: [nil], replicates: 1)], caption: evil),
      RateChart("r", title: evil, kind: .receiver, curves: [.init(evil, points: [], baseRate: 0)]),
      ReliabilityChart("e", title: evil, bins: [], caption: evil),
      ConfusionMatrix("m", title: evil, classes: [evil, "b"], counts: [[1, 0], [0, 0]], caption: evil),
    ]
    let allowed: Set = ["svg", "title", "desc", "rect", "path", "text", "circle"]
    for picture in pictures {
      let document = try XMLElement(parsing: bytes(picture.svg()))
      #expect(document.children.allSatisfy { allowed.contains($0.name) }, "\(picture.name)")
      #expect(document.children.contains { $0.text.contains("<script>x</script>") }, "\(picture.name)")
    }
  }

  @Test func `two values are two points and no interval`() {
    let row = IntervalChart.Row("a", 2, nil, points: [1, 3])
    let chart = IntervalChart("i", title: "t", axis: "x", groups: [.init("", [row])], caption: "").svg()
    #expect(chart.components(separatedBy: "l6 6m0 -6l-6 6").count - 1 == 2)
    #expect(chart.components(separatedBy: "<circle").count - 1 == 1)
    let curve = BandChart.Curve(
      "a", x: [1, 2], mean: [1, 2], band: [nil, nil], replicates: 2, members: [[0, 1], [2, 3]])
    let band = BandChart("b", title: "t", x: .init("x"), y: .init("y"), curves: [curve], caption: "").svg()
    #expect(band.components(separatedBy: "stroke-width=\"0.7\"").count - 1 == 2 && !band.contains("opacity"))
  }

  @Test func `the envelope of curves reaches from the lowest to the highest at each place`() throws {
    let envelope = try #require(
      BandChart.Envelope([
        [(x: 1, y: 5), (x: 2, y: 3), (x: 4, y: .nan)], [(x: 1, y: 4), (x: 3, y: -1)],
        [(x: 2, y: 9), (x: .infinity, y: 0)],
      ]))
    #expect(envelope.x == [1, 2, 3] && envelope.bounds == [4...5, 3...9, -1 ... -1])
    #expect(BandChart.Envelope([[(x: 1, y: .nan)], []]) == nil)
    let curve = BandChart.Curve("a", x: [1, 2], mean: [4, 5], band: [nil, nil], replicates: 1)
    func svg(_ envelope: BandChart.Envelope?) -> String {
      BandChart("b", title: "t", x: .init("x"), y: .init("y"), curves: [curve], envelope: envelope, caption: "").svg()
    }
    // Three places there and back, in grey behind the curve.
    let area = try #require(svg(envelope).split(separator: "<path").first { $0.contains("fill=\"#888\"") })
    #expect(area.count { $0 == "L" } == 5 && !svg(nil).contains("fill=\"#888\""))
  }

  @Test func `pictures of nothing, of one and of odd numbers are drawn`() throws {
    let odd = [Double.nan, .infinity, 0, -1]
    let pictures: [any Picture] = [
      TimelineChart("t", title: "", bars: [], kinds: [], seconds: 0),
      ConcurrencyChart("c", title: "", times: [], running: [], waiting: [], seconds: 0),
      ParetoChart(
        "p", title: "", cost: .init("", .logarithmic), score: .init(""),
        points: odd.map { .init("", cost: $0, score: 1) } + odd.map { .init("", cost: 1, score: $0) },
        higherIsBetter: false),
      ParetoChart("p", title: "", cost: .init(""), score: .init(""), points: [], higherIsBetter: true),
      BandChart(
        "b", title: "", x: .init("", .logarithmic), y: .init("", .logarithmic),
        curves: [
          .init("", x: odd, mean: odd, band: odd.map { _ in nil }, replicates: 2),
          .init("", x: [1, 2], mean: [1, 2], band: [-1...3, 1...4], replicates: 2),
        ], caption: ""),
      RateChart("r", title: "", kind: .precisionRecall, curves: []),
      ReliabilityChart("e", title: "", bins: [.init(forecast: 1, observed: 0, interval: nil, count: 0)], caption: ""),
      ConfusionMatrix("m", title: "", classes: [], counts: []),
      ConfusionMatrix(
        "m", title: "", classes: (0..<64).map { "class \($0)" },
        counts: (0..<64).map { row in (0..<64).map { row == $0 ? 0 : row } }),
    ]
    for picture in pictures {
      let svg = picture.svg()
      #expect(try XMLElement(parsing: bytes(svg)).name == "svg")
      #expect(!svg.contains("nan") && !svg.contains("inf"), "\(svg.prefix(3000))")
    }
  }

  /// Each pixel of very many changes has its largest number.
  @Test func `concurrency of very many changes keeps its peaks`() {
    let times = (0..<50_000).map(Double.init)
    let running = times.map { $0 == 33_333 ? 500 : 1 }
    let chart = ConcurrencyChart("c", title: "", times: times, running: running, waiting: nil, seconds: 50_000)
    let svg = chart.svg()
    #expect(svg.utf8.count < 20_000 && svg.contains("of each pixel, the largest number"))
    // The top of the panel, at the pixels in which the peak lies: it ends in the one after that of its beginning.
    #expect(svg.contains("H489.0V44.0H491.0V163.8"), "\(svg)")
  }
}
